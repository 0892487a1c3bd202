use mock_greenhouse::{CustomFieldsUpdate, SeededField};
use serde_json::{Value, json};

use crate::support::Scene;

fn level(scene: &Scene, field_type: &str) -> SeededField {
    scene
        .greenhouse
        .seed_custom_field(
            field_type,
            "Assessment Level",
            "single_select",
            &["Yes", "No"],
        )
        .unwrap()
}

async fn patch(scene: &Scene, application: i64, fields: Value) -> (u16, Value) {
    let reply = scene
        .harvest
        .patch(
            &format!("/v3/applications/{application}"),
            json!({ "custom_fields": fields }),
        )
        .await;
    (reply.status.as_u16(), reply.json())
}

#[tokio::test]
async fn custom_fields_are_listed_with_the_documented_row_and_filters() {
    let scene = Scene::new().await;
    let field = level(&scene, "application");
    let rows = scene
        .harvest
        .get("/v3/custom_fields?field_type=application&active=true&name_key=assessment_level")
        .await
        .json();
    let at = "2026-06-02T12:00:00.118Z";
    assert_eq!(
        rows,
        json!([{
            "id": field.field_id, "name": "Assessment Level", "name_key": "assessment_level", "field_type": "application",
            "value_type": "single_select", "sort_order": 0, "private": false, "required": false, "require_approval": false,
            "trigger_new_version": false, "active": true, "updated_by_id": null, "internal_type": null,
            "expose_in_job_board_api": false, "placeholder": null, "description": null, "application_type": null,
            "api_only": false, "use_for_job_approvals": null, "use_for_offer_approvals": null, "template_token_string": null,
            "default_value": null, "created_at": at, "updated_at": at,
        }])
    );
    assert!(
        scene
            .harvest
            .get("/v3/custom_fields?field_type=candidate")
            .await
            .ids()
            .is_empty()
    );
    let options = scene
        .harvest
        .get("/v3/custom_field_options?custom_field_key=assessment_level&active=true")
        .await;
    assert_eq!(options.ids(), [field.option_ids[1], field.option_ids[0]]);
    assert_eq!(options.json()[0]["external_id"], json!(null));
}

#[tokio::test]
async fn a_field_without_a_value_reads_as_null() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    level(&scene, "application");
    let row = scene.greenhouse.application(application).unwrap();
    assert_eq!(
        Value::Object(row.custom_fields),
        json!({ "assessment_level": { "name": "Assessment Level", "type": "single_select", "value": null } })
    );
}

#[tokio::test]
async fn a_single_select_takes_an_option_by_id_or_name_and_reads_as_its_name() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let field = level(&scene, "application");
    for (name, value, read) in [
        (
            json!({ "name_key": "assessment_level" }),
            json!("Yes"),
            json!("Yes"),
        ),
        (
            json!({ "custom_field_id": field.field_id }),
            json!(field.option_ids[1]),
            json!("No"),
        ),
        (
            json!({ "name_key": "assessment_level" }),
            json!(null),
            json!(null),
        ),
    ] {
        let mut item = name;
        item["value"] = value;
        let (status, row) = patch(&scene, application, json!([item])).await;
        assert_eq!(status, 200);
        assert_eq!(row["custom_fields"]["assessment_level"]["value"], read);
    }
}

#[tokio::test]
async fn a_value_must_suit_its_field() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let user = scene.greenhouse.site_admin();
    for (kind, good, bad) in [
        ("short_text", json!("a"), json!(1)),
        ("yes_no", json!(true), json!("true")),
        ("number", json!(85.5), json!("85.5")),
        ("date", json!("2026-06-02"), json!("02.06.2026")),
        ("multi_select", json!(["One", "Two"]), json!(["Three"])),
        ("user", json!(user), json!(1)),
        (
            "currency",
            json!({ "amount": 1, "currency_code": "EUR" }),
            json!({ "amount": 1 }),
        ),
        ("attachment", json!(null), json!("a")),
    ] {
        scene
            .greenhouse
            .seed_custom_field("application", kind, kind, &["One", "Two"])
            .unwrap();
        let item = |value: &Value| json!([{ "name_key": kind, "value": value }]);
        let (status, row) = patch(&scene, application, item(&good)).await;
        assert_eq!((status, &row["custom_fields"][kind]["value"]), (200, &good));
        assert_eq!(
            patch(&scene, application, item(&bad)).await.0,
            422,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn an_item_names_its_field_once_and_is_closed() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let field = level(&scene, "application");
    level(&scene, "candidate");
    for item in [
        json!({ "value": "Yes" }),
        json!({ "name_key": "assessment_level", "custom_field_id": field.field_id, "value": "Yes" }),
        json!({ "name_key": "unknown", "value": "Yes" }),
        json!({ "name_key": "a".repeat(256), "value": "Yes" }),
        json!({ "name_key": "assessment_level", "value": "Yes", "name": "Assessment Level" }),
        json!({ "name_key": "assessment_level", "value": { "min_value": 1, "max_value": 2 } }),
        json!("Yes"),
    ] {
        assert_eq!(
            patch(&scene, application, json!([item])).await.0,
            422,
            "{item}"
        );
    }
}

#[tokio::test]
async fn custom_fields_can_be_set_with_a_new_candidate_and_its_application() {
    let scene = Scene::new().await;
    level(&scene, "candidate");
    level(&scene, "application");
    let fields = |value: &str| json!([{ "name_key": "assessment_level", "value": value }]);
    let body = json!({
        "first_name": "A", "last_name": "B", "custom_fields": fields("Yes"),
        "application": { "job_id": scene.job.job_id, "custom_fields": fields("No") },
    });
    let reply = scene.harvest.post("/v3/candidates", body).await;
    assert_eq!(reply.status, 201);
    let value = |of: &str| reply.json()[of]["custom_fields"]["assessment_level"]["value"].clone();
    assert_eq!(
        (value("candidate"), value("application")),
        (json!("Yes"), json!("No"))
    );
}

#[tokio::test]
async fn an_update_replaces_custom_fields_by_default() {
    let scene = Scene::new().await;
    let candidate = scene.greenhouse.seed_candidate("A", "B", "a@example.org");
    for name in ["one", "two"] {
        scene
            .greenhouse
            .seed_custom_field("candidate", name, "short_text", &[])
            .unwrap();
    }
    let path = format!("/v3/candidates/{candidate}");
    let item = |key: &str| json!({ "custom_fields": [{ "name_key": key, "value": "x" }] });
    scene.harvest.patch(&path, item("one")).await;
    let row = scene.harvest.patch(&path, item("two")).await.json();
    assert_eq!(row["custom_fields"]["one"]["value"], json!(null));
    assert_eq!(row["custom_fields"]["two"]["value"], json!("x"));
    let row = scene
        .harvest
        .patch(&path, json!({ "title": "T" }))
        .await
        .json();
    assert_eq!(row["custom_fields"]["two"]["value"], json!("x"));
}

#[tokio::test]
async fn rows_are_filtered_by_selected_option() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let field = level(&scene, "application");
    let item = json!([{ "name_key": "assessment_level", "value": "Yes" }]);
    patch(&scene, application, item).await;
    let found = |option: i64| format!("/v3/applications?custom_field_option_id={option}");
    let get = async |option| scene.harvest.get(&found(option)).await.ids();
    assert_eq!(get(field.option_ids[0]).await, [application]);
    assert!(get(field.option_ids[1]).await.is_empty());
}

#[tokio::test]
async fn an_update_merges_custom_fields_if_the_resources_switch_requires_it() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    for name in ["one", "two"] {
        scene
            .greenhouse
            .seed_custom_field("application", name, "short_text", &[])
            .unwrap();
    }
    scene.greenhouse.switch(|switches| {
        switches.application_custom_fields = CustomFieldsUpdate::Merge;
    });
    let item = |key: &str| json!([{ "name_key": key, "value": "x" }]);
    patch(&scene, application, item("one")).await;
    let (_, row) = patch(&scene, application, item("two")).await;
    assert_eq!(row["custom_fields"]["one"]["value"], json!("x"));
}
