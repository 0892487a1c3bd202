use greenhouse_core::scorecard::{
    MixedOverall, NoteContext, Recommendation, Score, Scorecard, Thresholds, TraitScore,
};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::{
    form_fields::{of_section, pairs, problems_at, set, unescape},
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
async fn form(stage: &Stage) -> Vec<(String, String)> {
    of_section(&stage.get("/push").await.body, "scorecard")
}

fn add_trait(form: &mut Vec<(String, String)>, name: &str, field: &str) {
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
async fn invalid_bounds_are_refused_at_their_fields() {
    let stage = Stage::set_up().await;
    let before = stored(&stage).await;
    for (name, value, id, problem) in [
        (
            "thresholds.yes",
            "abc",
            "gh-thresholds-yes",
            "Expected a number, got a string.",
        ),
        (
            "thresholds.no",
            "",
            "gh-thresholds-no",
            "Expected a number, got a string.",
        ),
        (
            "thresholds.strong_yes",
            "100.5",
            "gh-thresholds-strong_yes",
            "The bound for Strong Yes must be above 0 and at most 100, got 100.5.",
        ),
        (
            "thresholds.mixed",
            "60",
            "gh-thresholds-yes",
            "The bound for Yes (60) must be above the bound for Mixed (60).",
        ),
        (
            "mixed_overall",
            "perhaps",
            "gh-mixed_overall",
            "Expected one of",
        ),
    ] {
        let mut form = form(&stage).await;
        set(&mut form, name, value);
        set(&mut form, "tags", "still <here>");
        for path in ["/push/scorecard", "/push/scorecard/preview?page=1"] {
            let refused = stage.post(path, &pairs(&form)).await;
            assert_eq!(refused.status, 422, "{path} {name} {value}");
            let shown = problems_at(&refused.body, id).unwrap();
            assert!(shown.contains(problem), "{path} {name} {value}: {shown}");
            assert!(shown.contains("href=\"/mounted/help#bad_body\""));
            let kept = of_section(&refused.body, "scorecard");
            for name in [name, "tags"] {
                let find = |form: &[(String, String)]| {
                    form.iter().find(|(own, _)| own == name).unwrap().1.clone()
                };
                assert_eq!(find(&kept), find(&form), "{path} {name}");
            }
            assert!(refused.body.contains("Nothing was saved."));
        }
        let fragment = stage.post("/push/scorecard/preview", &pairs(&form)).await;
        assert!(fragment.body.contains(problem), "{}", fragment.body);
        assert!(!fragment.body.contains("<table"));
    }
    assert_eq!(stored(&stage).await, before);
}

#[tokio::test]
async fn the_preview_agrees_with_a_push() {
    let stage = Stage::set_up().await;
    let mut form = form(&stage).await;
    set(&mut form, "thresholds.strong_yes", "90");
    set(&mut form, "mixed_overall", "no");
    let thresholds = Thresholds::new(90.0, 60.0, 40.0, 20.0).unwrap();
    for score in [100.0, 90.0, 89.9, 60.0, 59.9, 45.0, 20.0, 19.9, 0.0] {
        set(&mut form, "score", &score.to_string());
        let shown = stage.post("/push/scorecard/preview", &pairs(&form)).await;
        assert_eq!(shown.status, 200);
        assert!(!shown.body.contains("<html"), "a fragment");
        let score = Score::new(score).unwrap();
        let recommendation = thresholds.recommend(score);
        let sentence = format!("A score of {score} is {recommendation}.");
        assert!(shown.body.contains(&sentence), "{}", shown.body);
        for sent in [
            recommendation.overall(MixedOverall::No),
            recommendation.attribute_rating(),
        ] {
            let code = format!("<dd><code>{sent}</code></dd>");
            assert!(shown.body.contains(&code), "{score} {sent}: {}", shown.body);
        }
        let row = &shown.body[shown.body.find("class=\"gh-current\"").unwrap()..];
        let row = &row[..row.find("</tr>").unwrap()];
        assert!(
            row.contains(recommendation.label()) && row.contains("this score"),
            "{row}"
        );
        assert_eq!(shown.body.matches("aria-current").count(), 1);
        assert_eq!(note_of(&shown.body), example_note(score, &thresholds));
    }
    for range in ["90 to 100", "60 to below 90", "40 to below 60", "below 20"] {
        let shown = stage.post("/push/scorecard/preview", &pairs(&form)).await;
        assert!(shown.body.contains(range), "{range}");
    }
    set(&mut form, "scorecard", "note");
    let shown = stage.post("/push/scorecard/preview", &pairs(&form)).await;
    assert!(shown.body.contains("always written as a note") && !shown.body.contains("<dd>"));
    assert_eq!(stage.get("/push/scorecard/preview").await.status, 404);
}

fn note_of(body: &str) -> String {
    let note = &body[body.find("<pre class=\"gh-note\">").unwrap() + 21..];
    unescape(&note[..note.find("</pre>").unwrap()])
}

fn example_note(score: Score, thresholds: &Thresholds) -> String {
    let second = Score::new((score.value() - 25.0).max(0.0)).unwrap();
    let traits = vec![
        TraitScore::new("Discovery", score).with_note("Asked about the goals before the product."),
        TraitScore::new("Objection handling", second)
            .with_note("Stayed calm, but conceded the price early."),
    ];
    let summary = Some("A clear and friendly conversation.".to_owned());
    let context = NoteContext::new("Discovery call", "example");
    let context = context.with_report_link("https://example.com/report");
    Scorecard::new(score, traits, summary, thresholds).render_note(&context)
}

#[tokio::test]
async fn the_preview_works_without_the_script() {
    let stage = Stage::set_up().await;
    let before = stored(&stage).await;
    let page = stage.get("/push").await;
    assert!(
        page.body.contains("A score of 72.5 is Yes."),
        "shown from the beginning"
    );
    let button = "formaction=\"/mounted/push/scorecard/preview?page=1#scorecard\"";
    assert!(page.body.contains(button));

    let mut form = of_section(&page.body, "scorecard");
    set(&mut form, "score", "15");
    set(&mut form, "thresholds.no", "10");
    set(&mut form, "note_visibility", "public");
    add_trait(&mut form, "Grit", "");
    let shown = stage
        .post("/push/scorecard/preview?page=1", &pairs(&form))
        .await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("<html") && shown.body.contains("A score of 15 is No."));
    let kept = of_section(&shown.body, "scorecard");
    for (name, value) in [
        ("score", "15"),
        ("thresholds.no", "10"),
        ("note_visibility", "public"),
        ("trait.name", "Grit"),
    ] {
        assert!(
            kept.contains(&(name.to_owned(), value.to_owned())),
            "{name}"
        );
    }
    assert_eq!(stored(&stage).await, before);

    for (score, problem) in [
        ("", "Score is empty; expected a number from 0 to 100."),
        ("seventy", "Score is not a number"),
        ("101", "Expected a score from 0 to 100, got 101."),
    ] {
        set(&mut form, "score", score);
        let shown = stage
            .post("/push/scorecard/preview?page=1", &pairs(&form))
            .await;
        assert_eq!(shown.status, 422);
        let found = problems_at(&shown.body, "gh-score").unwrap();
        assert!(found.contains(problem), "{found}");
    }
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
async fn each_refusal_is_shown_at_its_field() {
    let stage = Stage::set_up().await;
    let greenhouse = &stage.greenhouse;
    greenhouse
        .seed_custom_field("application", "Points", "number", &[])
        .unwrap();
    greenhouse
        .seed_custom_field("candidate", "Verdict", "single_select", &["Yes", "No"])
        .unwrap();
    let before = stored(&stage).await;
    for (name, value, id, code) in [
        (
            "fields.score",
            "application:gone",
            "gh-fields-score",
            "field_unknown",
        ),
        (
            "fields.report_link",
            "application:points",
            "gh-fields-report_link",
            "field_unsuitable",
        ),
        (
            "fields.recommendation",
            "candidate:verdict",
            "gh-fields-recommendation",
            "field_options",
        ),
        ("tags", "One\none", "gh-tags", "tag_twice"),
        ("source", "424242", "gh-source", "source_unknown"),
        ("source", "a word", "gh-source", "bad_body"),
        (
            "note_visibility",
            "nobody",
            "gh-note_visibility",
            "bad_body",
        ),
        ("from_stage", "nowhere", "gh-from_stage", "bad_body"),
    ] {
        let mut form = form(&stage).await;
        set(&mut form, name, value);
        let refused = stage.post("/push/scorecard", &pairs(&form)).await;
        assert_eq!(refused.status, 422, "{name} {value}");
        let shown = problems_at(&refused.body, id).unwrap();
        assert!(shown.contains(&format!("data-code=\"{code}\"")), "{shown}");
        assert!(
            !refused.body.contains("id=\"gh-other-problems\""),
            "{name} {value}"
        );
        let kept = of_section(&refused.body, "scorecard");
        assert!(
            kept.contains(&(name.to_owned(), value.to_owned())),
            "{name} {value}"
        );
    }
    for (rows, row, code) in [
        (vec![("Grit", "application:gone")], 0, "field_unknown"),
        (vec![("Grit", "")], 0, "field_key_blank"),
        (vec![("", "application:points")], 0, "trait_blank"),
        (
            vec![("Calm", ""), ("a.b", "application:gone")],
            1,
            "field_unknown",
        ),
        (
            vec![
                ("Grit", "application:points"),
                ("Grit", "candidate:verdict"),
            ],
            1,
            "field_twice",
        ),
    ] {
        let mut form = form(&stage).await;
        form.retain(|(name, _)| !name.starts_with("trait."));
        for (name, field) in rows {
            add_trait(&mut form, name, field);
        }
        let refused = stage.post("/push/scorecard", &pairs(&form)).await;
        assert_eq!(refused.status, 422, "{code}");
        let shown = problems_at(&refused.body, &format!("gh-trait-{row}"));
        let shown = shown.unwrap_or_else(|| panic!("{code}: {}", refused.body));
        assert!(shown.contains(&format!("data-code=\"{code}\"")), "{shown}");
    }
    assert_eq!(stored(&stage).await, before);
}

#[tokio::test]
async fn the_bar_shows_what_is_typed() {
    let stage = Stage::set_up().await;
    let page = stage.get("/push").await;
    for (name, value) in [
        ("strong_yes", "80"),
        ("yes", "60"),
        ("mixed", "40"),
        ("no", "20"),
    ] {
        let handle = handle(&page.body, name);
        assert!(
            handle.contains("role=\"slider\" tabindex=\"0\""),
            "{handle}"
        );
        assert!(
            handle.contains("aria-valuemin=\"0\" aria-valuemax=\"100\""),
            "{handle}"
        );
        assert!(
            handle.contains(&format!("aria-valuenow=\"{value}\"")),
            "{handle}"
        );
        assert!(handle.contains(&format!("<svg x=\"{value}%\"")), "{handle}");
        assert!(handle.contains(&format!(" from {value}\"")), "{handle}");
    }
    for recommendation in Recommendation::ALL {
        let range = format!("data-range=\"{}\"", recommendation.as_str());
        assert!(page.body.contains(&range), "{range}");
    }
    let mut form = of_section(&page.body, "scorecard");
    set(&mut form, "thresholds.yes", "66.6");
    let shown = stage
        .post("/push/scorecard/preview?page=1", &pairs(&form))
        .await;
    assert!(handle(&shown.body, "yes").contains("<svg x=\"66.6%\""));
    assert!(shown.body.contains("x=\"66.6%\" y=\"8\" width=\"13.4%\""));
    // Bounds in the wrong order cannot be drawn.
    set(&mut form, "thresholds.yes", "10");
    let shown = stage
        .post("/push/scorecard/preview?page=1", &pairs(&form))
        .await;
    assert!(handle(&shown.body, "yes").contains("<svg x=\"60%\""));
}

fn handle<'a>(body: &'a str, name: &str) -> &'a str {
    let end = body
        .find(&format!("data-handle=\"thresholds.{name}\""))
        .unwrap();
    let start = body[..end].rfind("<g ").unwrap();
    let handle = &body[start..];
    &handle[..handle.find("</g>").unwrap()]
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
