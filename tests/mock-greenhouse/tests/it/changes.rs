//! Changes that an administrator makes in Greenhouse itself.

use serde_json::json;

use crate::support::{Caller, Scene};

#[tokio::test]
async fn changes_show_in_lists() {
    let scene = Scene::new().await;
    let (greenhouse, job) = (&scene.greenhouse, scene.job.job_id);
    let stage = scene.stage("Offer");
    let field = greenhouse
        .seed_custom_field("application", "Level", "number", &[])
        .unwrap();
    let lee = greenhouse.seed_user("Lee", "Brandt", "lee@example.org", false);
    let active = format!("/v3/job_interview_stages?active=true&ids={stage}");
    for wanted in [false, true] {
        let status = if wanted { "open" } else { "draft" };
        greenhouse.set_job_status(job, status).unwrap();
        greenhouse.set_stage_active(stage, wanted).unwrap();
        greenhouse.set_deactivated(lee, !wanted).unwrap();
        greenhouse.set_site_admin(lee, wanted).unwrap();
        greenhouse
            .set_record("custom_fields", field.field_id, "active", wanted)
            .unwrap();

        let jobs = scene.harvest.get("/v3/jobs?status=open").await.ids();
        assert_eq!(jobs.is_empty(), !wanted);
        assert_eq!(scene.harvest.get(&active).await.ids().is_empty(), !wanted);
        let user = scene.harvest.get(&format!("/v3/users?ids={lee}")).await;
        let user = user.json()[0].clone();
        assert_eq!(user["deactivated"], json!(!wanted));
        assert_eq!(user["site_admin"], json!(wanted));
        let fields = scene.harvest.get("/v3/custom_fields?active=true").await;
        assert_eq!(fields.ids().is_empty(), !wanted);
    }
    greenhouse.set_job_status(job, "closed").unwrap();
    let closed = scene.harvest.get("/v3/jobs?status=closed").await.json();
    assert!(closed[0]["closed_at"].is_string(), "{closed}");
    scene.greenhouse.stop().await;
}

#[tokio::test]
async fn new_tokens_omit_a_withheld_scope() {
    let scene = Scene::new().await;
    for withheld in [true, false] {
        scene
            .greenhouse
            .withhold_scope("harvest:jobs:list", withheld);
        let caller = Caller::authenticated(&scene.greenhouse, None).await;
        let jobs = caller.get("/v3/jobs").await;
        assert_eq!(jobs.status, if withheld { 403 } else { 200 });
        assert_eq!(
            scene.harvest.get("/v3/jobs").await.status,
            200,
            "an old token"
        );
    }
    scene.greenhouse.stop().await;
}

#[tokio::test]
async fn unknown_rows_cannot_be_changed() {
    let scene = Scene::new().await;
    let greenhouse = &scene.greenhouse;
    assert!(greenhouse.set_job_status(1, "open").is_err());
    assert!(greenhouse.set_job_status(scene.job.job_id, "ajar").is_err());
    assert!(greenhouse.set_stage_active(1, true).is_err());
    assert!(greenhouse.set_deactivated(1, true).is_err());
    assert!(greenhouse.set_site_admin(1, true).is_err());
    assert!(greenhouse.set_record("sources", 1, "name", "n").is_err());
    let source = greenhouse.source();
    assert!(
        greenhouse
            .set_record("sources", source, "nome", "n")
            .is_err()
    );
    scene.greenhouse.stop().await;
}
