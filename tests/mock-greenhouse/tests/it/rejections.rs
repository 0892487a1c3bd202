use serde_json::json;

use crate::support::Scene;

#[tokio::test]
async fn rejection_reasons_are_listed_and_can_be_read_by_id() {
    let scene = Scene::new().await;
    let reason = scene.greenhouse.rejection_reason();
    let at = "2026-06-02T12:00:00.118Z";
    let row = json!({
        "id": reason, "name": "Lacking skills or qualifications",
        "type": { "id": 1, "key": "WE_REJECTED_THEM", "name": "We rejected them" }, "created_at": at, "updated_at": at,
    });
    let list = scene.harvest.get("/v3/rejection_reasons").await;
    assert_eq!(list.json(), json!([row]));
    let all = scene
        .harvest
        .get("/v3/rejection_reasons?include_defaults=true")
        .await;
    assert_eq!(all.ids().len(), 2);
    let one = scene
        .harvest
        .get(&format!("/v3/rejection_reasons/{reason}"))
        .await;
    assert_eq!((one.status.as_u16(), one.json()), (200, row));
    assert_eq!(
        scene.harvest.get("/v3/rejection_reasons/7").await.status,
        404
    );
}

#[tokio::test]
async fn a_rejection_creates_its_details() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    scene
        .greenhouse
        .seed_custom_field("rejection_question", "Range", "number_range", &[])
        .unwrap();
    let range = json!({ "min_value": 1, "max_value": 2 });
    let body = json!({
        "rejection_reason_id": scene.greenhouse.rejection_reason(), "notes": "Not now",
        "custom_fields": [{ "name_key": "range", "value": range }],
    });
    let path = format!("/v3/applications/{application}/reject");
    assert_eq!(scene.harvest.post(&path, body).await.status, 204);
    let details = format!("/v3/rejection_details?application_ids={application}");
    let row = scene.harvest.get(&details).await.json()[0].clone();
    let note = &scene.greenhouse.notes()[0];
    assert_eq!(
        (&row["rejected_by_id"], &row["rejection_note_id"]),
        (&json!(scene.greenhouse.site_admin()), &json!(note.id))
    );
    assert_eq!(row["question_custom_fields"]["range"]["value"], range);

    let other = scene
        .greenhouse
        .seed_rejection_reason("Other offer", "THEY_REJECTED_US")
        .unwrap();
    let path = format!("/v3/rejection_details/{}", row["id"]);
    let changed = scene
        .harvest
        .patch(&path, json!({ "rejection_reason_id": other }))
        .await;
    assert_eq!(changed.json()["rejection_reason_id"], other);
    let unreject = format!("/v3/applications/{application}/unreject");
    assert_eq!(scene.harvest.post(&unreject, json!({})).await.status, 204);
    assert!(scene.harvest.get(&details).await.ids().is_empty());
}

#[tokio::test]
async fn users_have_emails_and_there_are_roles_and_a_source() {
    let scene = Scene::new().await;
    let user = scene.greenhouse.job_admin();
    let emails = format!(
        "/v3/user_emails?user_ids={user}&verified=true&email=a@b.c,job.admin@greenhouse.example"
    );
    let found = scene.harvest.get(&emails).await.json();
    assert_eq!(found[0]["user_id"], user);
    assert_eq!(scene.harvest.get("/v3/user_roles").await.ids().len(), 2);
    assert_eq!(
        scene.harvest.get("/v3/sources").await.ids(),
        [scene.greenhouse.source()]
    );
}
