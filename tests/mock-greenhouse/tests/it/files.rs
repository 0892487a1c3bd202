use mock_greenhouse::AttachmentVisibility;
use serde_json::{Value, json};

use crate::support::{Caller, Scene};

#[tokio::test]
async fn an_attachment_belongs_to_an_application_and_is_returned_as_its_row() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let body = json!({ "application_id": application, "filename": "report-3f9c.pdf", "type": "other", "content": "JVBERg==", "visibility": "private" });
    let reply = scene.harvest.post("/v3/attachments", body).await;
    assert_eq!(reply.status, 201);
    let stored = scene.greenhouse.attachments()[0].clone();
    let at = "2026-06-02T12:00:00.118Z";
    let row = json!({
        "id": stored.id, "application_id": application, "candidate_id": stored.candidate_id, "type": "other",
        "filename": "report-3f9c.pdf", "url": stored.url, "created_at": at, "updated_at": at,
    });
    assert_eq!(reply.json(), row);
    assert_eq!(stored.content.as_deref(), Some(&b"%PDF"[..]));
    let found = scene
        .harvest
        .get(&format!(
            "/v3/attachments?application_ids={application}&type=other"
        ))
        .await
        .json();
    assert_eq!(found, json!([row]));
}

#[tokio::test]
async fn a_visibility_applies_as_sent_or_follows_from_the_type_and_no_list_shows_it() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let by_type = AttachmentVisibility::ByType;
    for (switch, kind, sent, expected) in [
        (by_type, "other", None, "public"),
        (by_type, "take_home_test", None, "public"),
        (by_type, "offer_letter", None, "private"),
        (by_type, "other", Some("private"), "private"),
        (by_type, "offer_letter", Some("public"), "public"),
        (by_type, "other", Some("admin_only"), "admin_only"),
        (AttachmentVisibility::Public, "offer_letter", None, "public"),
        (AttachmentVisibility::Private, "other", None, "private"),
    ] {
        scene
            .greenhouse
            .switch(|switches| switches.attachment_visibility = switch);
        let mut body = json!({ "application_id": application, "filename": "a.pdf", "type": kind, "content": "YQ==" });
        if let Some(sent) = sent {
            body["visibility"] = json!(sent);
        }
        let id = scene.harvest.post("/v3/attachments", body).await.json()["id"].clone();
        let files = scene.greenhouse.attachments();
        let file = files.iter().find(|file| file.id == id).unwrap();
        assert_eq!(file.effective_visibility, expected, "{kind} {sent:?}");
        assert_eq!(file.is_visible_to_interviewers(), expected == "public");
        let state = Caller::stranger(&scene.greenhouse)
            .get("/_mock/state")
            .await
            .json();
        let shown = state["attachments"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        assert_eq!(
            (&shown["visibility"], &shown["effective_visibility"]),
            (&json!(sent), &json!(expected))
        );
    }
    for row in scene
        .harvest
        .get("/v3/attachments")
        .await
        .json()
        .as_array()
        .unwrap()
    {
        assert_eq!(row.get("visibility"), None);
    }
}

#[tokio::test]
async fn an_attachment_takes_exactly_one_of_content_and_url() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let with = |extra: Value| {
        let mut body =
            json!({ "application_id": application, "filename": "a.pdf", "type": "other" });
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        body
    };
    for (body, status) in [
        (with(json!({})), 422),
        (
            with(json!({ "content": "JVBERg==", "url": "https://files.example.org/a" })),
            422,
        ),
        (with(json!({ "content": "%%%" })), 422),
        (
            with(json!({ "content": "JVBERg==", "content_type": "application/pdf" })),
            422,
        ),
        (
            with(json!({ "content": "JVBERg==", "type": "portfolio" })),
            422,
        ),
        (
            with(json!({ "content": "JVBERg==", "application_id": 7 })),
            404,
        ),
        (with(json!({ "url": "https://files.example.org/a" })), 201),
    ] {
        assert_eq!(
            scene
                .harvest
                .post("/v3/attachments", body.clone())
                .await
                .status,
            status,
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_second_resume_turns_the_first_into_other() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    for name in ["one.pdf", "two.pdf"] {
        let body = json!({ "application_id": application, "filename": name, "type": "resume", "content": "JVBERg==" });
        assert_eq!(
            scene.harvest.post("/v3/attachments", body).await.status,
            201
        );
    }
    let kinds: Vec<_> = scene
        .greenhouse
        .attachments()
        .into_iter()
        .map(|file| file.kind)
        .collect();
    assert_eq!(kinds, ["other", "resume"]);
}

#[tokio::test]
async fn a_note_has_different_spellings_in_writes_and_reads() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let candidate = scene
        .greenhouse
        .application(application)
        .unwrap()
        .candidate_id;
    let body = json!({
        "candidate_id": candidate, "application_id": application, "note_type": "NOTE", "visibility": "private",
        "body": "Assessment: Yes (72)\n[ref 3f9c]",
    });
    let reply = scene.harvest.post("/v3/notes", body).await;
    assert_eq!(reply.status, 201);
    let at = "2026-06-02T12:00:00.118Z";
    let row = json!({
        "id": scene.greenhouse.notes()[0].id, "candidate_id": candidate, "application_id": application,
        "user_id": scene.greenhouse.site_admin(), "type": "NOTE", "visibility": "privately_visible",
        "body": "Assessment: Yes (72)\n[ref 3f9c]", "body_with_tags": null, "subject": null, "email_from": null,
        "email_to": null, "email_cc": null, "email_attachment_file_names": null, "import_hash": null,
        "created_at": at, "updated_at": at,
    });
    assert_eq!(reply.json(), row);
    assert_eq!(
        scene
            .harvest
            .get(&format!("/v3/notes?candidate_ids={candidate}&type=NOTE"))
            .await
            .json(),
        json!([row])
    );
}

#[tokio::test]
async fn note_types_are_upper_case_and_email_members_are_for_email() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let stranger = scene.greenhouse.seed_candidate("A", "B", "a@example.org");
    let with = |extra: Value| {
        let mut body =
            json!({ "candidate_id": 7, "note_type": "NOTE", "visibility": "public", "body": "x" });
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        body
    };
    let email = json!({ "note_type": "EMAIL", "subject": "s", "email_from": ["a@example.org"], "email_to": ["b@example.org"], "email_cc": [] });
    for (body, status) in [
        (with(json!({ "note_type": "note" })), 422),
        (with(json!({ "visibility": "privately_visible" })), 422),
        (with(json!({ "email_to": ["a@example.org"] })), 422),
        (with(json!({ "note_type": "EMAIL", "subject": "s" })), 422),
        (with(json!({ "title": "t" })), 422),
        (with(json!({ "application_id": 7 })), 404),
        (
            with(json!({ "application_id": application, "candidate_id": stranger })),
            422,
        ),
        (with(email), 201),
        // The candidate need not exist.
        (with(json!({})), 201),
    ] {
        assert_eq!(
            scene.harvest.post("/v3/notes", body.clone()).await.status,
            status,
            "{body}"
        );
    }
    let lower = scene
        .harvest
        .post("/v3/notes", with(json!({ "note_type": "note" })))
        .await
        .json();
    assert_eq!(
        lower["errors"],
        json!([{ "note_type": "`note` is not one of: email, activity, note" }])
    );
}
