use mock_greenhouse::{
    AttachmentExtraMembers, CreatedCandidate, CustomFieldsUpdate, DateHeader, ForbiddenBody,
    FromStageId, LastPageLink, ListForNonAdmin, NumberForm, Presence, SecondApplication,
    StageAfterRejection, Switches, TokenExpiry, UserRole,
};
use serde_json::json;

use crate::support::{Caller, Scene, config};

#[tokio::test]
async fn expiry_is_a_time_or_seconds_or_both() {
    let scene = Scene::new().await;
    let members = async || {
        let reply = scene
            .harvest
            .token_form(&scene.greenhouse, "grant_type=client_credentials")
            .await;
        let body = reply.json();
        (body["expires_at"].clone(), body["expires_in"].clone())
    };
    let (at, seconds) = (json!("2026-06-02T13:00:00Z"), json!(3600));
    assert_eq!(members().await, (at.clone(), json!(null)));
    scene
        .greenhouse
        .switch(|switches| switches.token_expiry = TokenExpiry::ExpiresIn);
    assert_eq!(members().await, (json!(null), seconds.clone()));
    scene
        .greenhouse
        .switch(|switches| switches.token_expiry = TokenExpiry::Both);
    assert_eq!(members().await, (at, seconds));
}

#[tokio::test]
async fn a_created_candidate_is_wrapped_or_flat() {
    let scene = Scene::new().await;
    scene
        .greenhouse
        .switch(|switches| switches.created_candidate = CreatedCandidate::Flat);
    let body = json!({ "first_name": "Mira", "last_name": "Okafor" });
    let reply = scene.harvest.post("/v3/candidates", body).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.json()["id"], scene.greenhouse.candidates()[0].id);
}

#[tokio::test]
async fn from_stage_id_is_a_job_stage_or_a_row_or_either() {
    for (switch, takes_stage, takes_row) in [
        (FromStageId::Either, 204, 204),
        (FromStageId::JobStage, 204, 422),
        (FromStageId::StageRow, 422, 204),
    ] {
        let scene = Scene::new().await;
        scene
            .greenhouse
            .switch(|switches| switches.from_stage_id = switch);
        for (by_row, expected) in [(false, takes_stage), (true, takes_row)] {
            let application = scene.new_application();
            let row = scene.greenhouse.application(application).unwrap();
            let from = if by_row {
                row.stage_id
            } else {
                row.job_interview_stage_id
            };
            let path = format!("/v3/applications/{application}/move");
            let reply = scene
                .harvest
                .post(&path, json!({ "from_stage_id": from }))
                .await;
            assert_eq!(reply.status, expected, "{switch:?} by row: {by_row}");
            let offer = scene.stage("Offer");
            scene.greenhouse.move_to(application, offer).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_second_application_is_422_or_a_new_row() {
    let scene = Scene::new().await;
    let first = scene.new_application();
    let candidate = scene.greenhouse.application(first).unwrap().candidate_id;
    let body = json!({ "candidate_id": candidate, "job_id": scene.job.job_id });
    let again = async || {
        scene
            .harvest
            .post("/v3/applications", body.clone())
            .await
            .status
    };
    assert_eq!(again().await, 422);
    scene
        .greenhouse
        .switch(|switches| switches.second_application = SecondApplication::NewRow);
    assert_eq!(again().await, 201);
    assert_eq!(scene.greenhouse.applications().len(), 2);
}

#[tokio::test]
async fn the_stage_is_kept_or_null_after_a_rejection() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    scene.greenhouse.reject(application).await.unwrap();
    let row = async || scene.harvest.get("/v3/applications").await.json()[0].clone();
    let kept = row().await;
    assert!(kept["stage_id"].is_i64() && kept["stage_name"].is_string());
    scene
        .greenhouse
        .switch(|switches| switches.stage_after_rejection = StageAfterRejection::Null);
    let null = row().await;
    for member in ["stage_id", "stage_name", "job_interview_stage_id"] {
        assert_eq!(null.get(member), Some(&json!(null)));
    }
}

#[tokio::test]
async fn job_interview_stage_id_is_present_or_absent_in_every_row_of_an_application() {
    let scene = Scene::new().await;
    scene
        .greenhouse
        .switch(|switches| switches.job_interview_stage_id = Presence::Absent);
    let body = json!({ "first_name": "Mira", "last_name": "Okafor", "application": { "job_id": scene.job.job_id } });
    let created = scene.harvest.post("/v3/candidates", body).await.json();
    assert!(created["application"]["stage_id"].is_i64());
    assert_eq!(created["application"].get("job_interview_stage_id"), None);
    let listed = scene.harvest.get("/v3/applications").await;
    assert_eq!(listed.json()[0].get("job_interview_stage_id"), None);
    assert!(listed.body.ends_with(b"\n"));
    let stages = scene.harvest.get("/v3/application_stages").await.json();
    assert!(stages[0]["job_interview_stage_id"].is_i64());
}

#[tokio::test]
async fn the_link_of_the_last_page_is_empty_or_missing() {
    let scene = Scene::new().await;
    let link = async || {
        let reply = scene.harvest.get("/v3/jobs").await;
        reply.header("link").map(str::to_owned)
    };
    assert_eq!(link().await.as_deref(), Some(""));
    scene
        .greenhouse
        .switch(|switches| switches.last_page_link = LastPageLink::Missing);
    assert_eq!(link().await, None);
    scene.greenhouse.seed_job("Engineer", &[]);
    let first = scene.harvest.get("/v3/jobs?per_page=1").await;
    assert!(first.header("link").unwrap().ends_with("rel=\"next\""));
}

#[tokio::test]
async fn a_list_is_empty_or_403_for_a_user_who_is_not_a_site_admin_and_a_403_has_one_of_three_bodies()
 {
    let scene = Scene::new().await;
    let job_admin =
        Caller::authenticated(&scene.greenhouse, Some(scene.greenhouse.job_admin())).await;
    assert_eq!(job_admin.get("/v3/jobs").await.json(), json!([]));
    scene
        .greenhouse
        .switch(|switches| switches.list_for_non_admin = ListForNonAdmin::Forbidden);
    for (form, body) in [
        (ForbiddenBody::Message, "{\"message\":\"Forbidden\"}"),
        (ForbiddenBody::EmptyObject, "{}"),
        (ForbiddenBody::Empty, ""),
    ] {
        scene
            .greenhouse
            .switch(|switches| switches.forbidden_body = form);
        let reply = job_admin.get("/v3/jobs").await;
        assert_eq!(
            (reply.status.as_u16(), &reply.body[..]),
            (403, body.as_bytes())
        );
        assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
    }
}

#[tokio::test]
async fn introspection_spells_a_site_admin_in_one_of_two_ways() {
    let scene = Scene::new().await;
    let credential = scene.greenhouse.credential();
    let role = async || {
        let form = format!("token={}", scene.harvest.token.as_deref().unwrap());
        let (id, secret) = (&credential.client_id, &credential.client_secret);
        let reply = scene.harvest.form("/introspect", id, secret, &form).await;
        reply.json()["https://auth.greenhouse.io/claims"]["user_role"].clone()
    };
    assert_eq!(role().await, "site_admin");
    scene
        .greenhouse
        .switch(|switches| switches.user_role = UserRole::Words);
    assert_eq!(role().await, "Site Admin");
}

#[tokio::test]
async fn the_response_to_a_new_attachment_can_have_two_additional_members() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let body = json!({
        "application_id": application, "filename": "a.pdf", "type": "other", "content": "JVBERg==", "visibility": "admin_only",
    });
    let create = async || {
        let reply = scene.harvest.post("/v3/attachments", body.clone()).await;
        assert_eq!(reply.status, 201);
        reply.json()
    };
    let plain = create().await;
    assert!(plain.get("content_type").is_none() && plain.get("visibility").is_none());
    scene
        .greenhouse
        .switch(|switches| switches.attachment_extra_members = AttachmentExtraMembers::Present);
    let extended = create().await;
    assert_eq!(extended["content_type"], "application/pdf");
    assert_eq!(extended["visibility"], "admin_only");
    assert!(extended["id"].is_i64());
}

#[tokio::test]
async fn switches_are_set_at_the_start_too_and_spelled_in_snake_case() {
    let switches: Switches = serde_json::from_value(
        json!({ "created_candidate": "flat", "list_for_non_admin": "forbidden" }),
    )
    .unwrap();
    let scene = Scene::with(config().with_switches(switches)).await;
    assert_eq!(
        scene.greenhouse.switches().created_candidate,
        CreatedCandidate::Flat
    );
    assert_eq!(
        scene.greenhouse.switches().list_for_non_admin,
        ListForNonAdmin::Forbidden
    );
    assert!(serde_json::from_value::<Switches>(json!({ "no_such_switch": 1 })).is_err());
}

#[tokio::test]
async fn the_date_header_is_present_or_absent() {
    let scene = Scene::new().await;
    assert!(scene.harvest.get("/v3/jobs").await.header("date").is_some());
    scene
        .greenhouse
        .switch(|switches| switches.date_header = DateHeader::Absent);
    assert_eq!(scene.harvest.get("/v3/jobs").await.header("date"), None);
}

#[tokio::test]
async fn number_custom_fields_read_as_numbers_or_as_text() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    scene
        .greenhouse
        .seed_custom_field("application", "Score", "number", &[])
        .unwrap();
    let body = json!({ "custom_fields": [{ "name_key": "score", "value": 85 }] });
    let path = format!("/v3/applications/{application}");
    assert_eq!(scene.harvest.patch(&path, body).await.status, 200);
    let value = async || {
        let rows = scene.harvest.get("/v3/applications").await.json();
        rows[0]["custom_fields"]["score"]["value"].clone()
    };
    assert_eq!(value().await.as_f64(), Some(85.0));
    scene
        .greenhouse
        .switch(|switches| switches.number_custom_fields = NumberForm::Text);
    assert_eq!(value().await, "85.0");
}

#[tokio::test]
async fn an_update_of_a_candidate_replaces_or_merges_custom_fields() {
    for (switch, kept) in [
        (CustomFieldsUpdate::Replace, json!(null)),
        (CustomFieldsUpdate::Merge, json!("x")),
    ] {
        let scene = Scene::new().await;
        scene
            .greenhouse
            .switch(|switches| switches.candidate_custom_fields = switch);
        let candidate = scene
            .greenhouse
            .seed_candidate("Mira", "Okafor", "m@example.org");
        let mut row = json!(null);
        for name in ["one", "two"] {
            scene
                .greenhouse
                .seed_custom_field("candidate", name, "short_text", &[])
                .unwrap();
            let body = json!({ "custom_fields": [{ "name_key": name, "value": "x" }] });
            let path = format!("/v3/candidates/{candidate}");
            row = scene.harvest.patch(&path, body).await.json();
        }
        assert_eq!(row["custom_fields"]["one"]["value"], kept);
        assert_eq!(row["custom_fields"]["two"]["value"], "x");
    }
}
