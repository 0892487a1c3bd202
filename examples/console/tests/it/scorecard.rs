use http::{Method, Request};
use serde_json::{Value, json};

use crate::{
    form_fields::{of_section, pairs, set},
    stage::Stage,
};

/// The settings of the push, as the endpoint returns them.
pub(crate) async fn stored(stage: &Stage) -> Value {
    let request = Request::builder()
        .method(Method::GET)
        .uri("/api/integrations/greenhouse/settings/push")
        .body(bytes::Bytes::new())
        .unwrap();
    let response = stage.integration.operator(&stage.account, request).await;
    serde_json::from_slice(response.body()).unwrap()
}

/// The section's form as the page shows it.
pub(crate) async fn form(stage: &Stage) -> Vec<(String, String)> {
    of_section(&stage.get("/push").await.body, "scorecard")
}

pub(crate) fn add_trait(form: &mut Vec<(String, String)>, name: &str, field: &str) {
    form.push(("trait.name".to_owned(), name.to_owned()));
    form.push(("trait.field".to_owned(), field.to_owned()));
}

#[tokio::test]
async fn every_member_of_the_mapping_is_saved_and_no_other() {
    let stage = Stage::set_up().await;
    let greenhouse = &stage.greenhouse;
    for (owner, name, kind) in [
        ("application", "Assessment score", "number"),
        ("application", "Result", "short_text"),
        ("candidate", "Report", "url"),
        ("candidate", "Grit", "number"),
    ] {
        greenhouse
            .seed_custom_field(owner, name, kind, &[])
            .unwrap();
    }
    let before = stored(&stage).await;
    let source = greenhouse.source().to_string();
    let mut form = form(&stage).await;
    for (name, value) in [
        ("thresholds.strong_yes", "90"),
        ("thresholds.yes", "72.5"),
        ("thresholds.mixed", "50"),
        ("thresholds.no", "0.5"),
        ("mixed_overall", "yes"),
        ("scorecard", "note"),
        ("note_visibility", "admin_only"),
        ("report_visibility", "public"),
        ("report_attachment", "take_home_test"),
        ("fields.score", "application:assessment_score"),
        ("fields.recommendation", "application:result"),
        ("fields.report_link", "candidate:report"),
        ("tags", "  assessed\r\n\r\nReviewed by us\r\n"),
        ("source", &source),
        ("move_existing", "true"),
        ("from_stage", "application_stage"),
    ] {
        set(&mut form, name, value);
    }
    add_trait(&mut form, "Grit", "candidate:grit");
    let saved = stage.post("/push/scorecard", &pairs(&form)).await;
    let address = "/mounted/push?saved=scorecard#scorecard";
    assert_eq!(
        (saved.status, saved.location.as_deref()),
        (303, Some(address)),
        "{}",
        saved.body
    );

    let mut expected = before["settings"].clone();
    for (name, value) in [
        (
            "thresholds",
            json!({"strong_yes": 90, "yes": 72.5, "mixed": 50, "no": 0.5}),
        ),
        ("mixed_overall", json!("yes")),
        ("scorecard", json!("note")),
        ("note_visibility", json!("admin_only")),
        ("report_visibility", json!("public")),
        ("report_attachment", json!("take_home_test")),
        (
            "fields",
            json!({
                "score": {"on": "application", "key": "assessment_score"},
                "recommendation": {"on": "application", "key": "result"},
                "report_link": {"on": "candidate", "key": "report"},
                "traits": {"Grit": {"on": "candidate", "key": "grit"}},
            }),
        ),
        ("tags", json!(["assessed", "Reviewed by us"])),
        ("source", json!(greenhouse.source())),
        ("move_existing", json!(true)),
        ("from_stage", json!("application_stage")),
    ] {
        assert_ne!(expected[name], value, "{name} was the same before");
        expected[name] = value;
    }
    assert_eq!(stored(&stage).await["settings"], expected);

    // The form as the page shows it now changes nothing, and a removed row is gone.
    let mut form = self::form(&stage).await;
    let again = stage.post("/push/scorecard", &pairs(&form)).await;
    assert_eq!(again.status, 303, "{}", again.body);
    assert_eq!(stored(&stage).await["settings"], expected);
    form = self::form(&stage).await;
    form.push(("trait.remove".to_owned(), "0".to_owned()));
    stage.post("/push/scorecard", &pairs(&form)).await;
    assert_eq!(
        stored(&stage).await["settings"]["fields"]["traits"],
        json!({})
    );
}

#[tokio::test]
async fn a_stale_form_is_kept_and_saves_nothing() {
    let stage = Stage::set_up().await;
    let mut form = form(&stage).await;
    set(&mut form, "thresholds.yes", "65");
    let mut other = form.clone();
    set(&mut other, "tags", "from another tab");
    assert_eq!(
        stage.post("/push/scorecard", &pairs(&other)).await.status,
        303
    );
    let now = stored(&stage).await;
    for path in ["/push/scorecard", "/push/scorecard/preview?page=1"] {
        let stale = stage.post(path, &pairs(&form)).await;
        assert_eq!(stale.status, 409, "{path}");
        assert!(stale.body.contains("href=\"/mounted/push#scorecard\""));
        let kept = of_section(&stale.body, "scorecard");
        assert!(kept.contains(&("thresholds.yes".to_owned(), "65".to_owned())));
        assert_eq!(stored(&stage).await, now);
    }
}

#[tokio::test]
async fn only_fields_whose_type_fits_are_offered() {
    let stage = Stage::set_up().await;
    let greenhouse = &stage.greenhouse;
    let hostile = "<img src=x onerror=alert(1)> \u{202e}gnp";
    for (owner, name, kind) in [
        ("application", "Points", "number"),
        ("candidate", "Link", "url"),
        ("candidate", hostile, "long_text"),
        ("application", "Start", "date"),
    ] {
        greenhouse
            .seed_custom_field(owner, name, kind, &[])
            .unwrap();
    }
    let page = stage.get("/push").await;
    let offered = |name: &str| {
        let select = &page.body[page.body.find(&format!("name=\"{name}\"")).unwrap()..];
        let select = &select[..select.find("</select>").unwrap()];
        let values = select.split("<option value=\"").skip(1);
        let values = values.map(|option| option.split('"').next().unwrap());
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    let text = "candidate:_img_src_x_onerror_alert_1____gnp";
    for (name, values) in [
        ("fields.score", vec!["", text, "application:points"]),
        ("fields.recommendation", vec!["", text]),
        ("fields.report_link", vec!["", text, "candidate:link"]),
        ("trait.field", vec!["", text, "application:points"]),
    ] {
        assert_eq!(offered(name), values, "{name}");
    }
    assert!(page.body.contains("&lt;img src=x"));
    assert!(!page.body.contains("<img"));
    assert!(page.body.contains("\u{2068}Points\u{2069} (application)"));
}

#[tokio::test]
async fn keys_and_ids_are_typed_if_the_lists_fail() {
    let stage = Stage::set_up().await;
    let greenhouse = &stage.greenhouse;
    greenhouse
        .seed_custom_field("application", "Points", "number", &[])
        .unwrap();
    for scope in ["harvest:custom_fields:list", "harvest:sources:list"] {
        greenhouse.withhold_scope(scope, true);
    }
    let page = stage.get("/push").await;
    assert_eq!(page.status, 200);
    for text in [
        "The custom fields could not be loaded, so enter their keys.",
        "The sources could not be loaded, so enter the id of the source.",
        "harvest:custom_fields:list",
        "harvest:sources:list",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    let mut form = of_section(&page.body, "scorecard");
    for scope in ["harvest:custom_fields:list", "harvest:sources:list"] {
        greenhouse.withhold_scope(scope, false);
    }
    for (name, id) in [("fields.score", "gh-fields-score"), ("source", "gh-source")] {
        assert!(
            page.body
                .contains(&format!("<input class=\"gh-input\" id=\"{id}\"")),
            "{name}"
        );
    }
    let source = greenhouse.source().to_string();
    set(&mut form, "fields.score", "points");
    set(&mut form, "source", &source);
    let saved = stage.post("/push/scorecard", &pairs(&form)).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let settings = stored(&stage).await["settings"].clone();
    let field = json!({"on": "application", "key": "points"});
    assert_eq!(settings["fields"]["score"], field);
    assert_eq!(settings["source"], json!(greenhouse.source()));
}

#[tokio::test]
async fn hostile_texts_are_texts() {
    let stage = Stage::set_up().await;
    let mut form = form(&stage).await;
    let hostile = "\"><script>alert(1)</script>";
    set(&mut form, "tags", "</textarea><script>alert(2)</script>");
    set(&mut form, "score", hostile);
    set(&mut form, "source", hostile);
    set(&mut form, "thresholds.yes", hostile);
    set(&mut form, "fields.score", hostile);
    add_trait(&mut form, hostile, hostile);
    for path in [
        "/push/scorecard",
        "/push/scorecard/preview",
        "/push/scorecard/preview?page=1",
    ] {
        let shown = stage.post(path, &pairs(&form)).await;
        assert!(!shown.body.contains("<script>"), "{path}");
        let credential = stage.greenhouse.credential();
        assert!(
            !shown.body.contains(credential.client_secret.as_str()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_mapping_is_locked_without_a_credential() {
    let stage = Stage::empty().await;
    let page = stage.get("/push").await;
    assert_eq!(page.status, 200);
    assert!(of_section(&page.body, "scorecard").is_empty());
    let refused = stage.post("/push/scorecard", &[("version", "1")]).await;
    assert_ne!(refused.status, 303);
    assert_eq!(stored(&stage).await["settings"], Value::Null);
}
