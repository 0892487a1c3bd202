//! Candidate Push: mappings with older problems, and the names of interview kits.

use mock_greenhouse::{Fault, FaultKind};
use serde_json::json;

use crate::{push_jobs::add_product_job, stage::Stage};

/// While the push is switched on, an older problem does not refuse a change that mends another.
#[tokio::test]
async fn two_closed_jobs_are_mended_one_by_one() {
    let stage = Stage::set_up().await;
    add_product_job(&stage, "ops", "Operations");
    let other = stage.greenhouse.seed_job("Operations Lead", &["Screen"]);
    let open = stage.greenhouse.seed_job("Account Manager", &["Screen"]);
    let id = other.job_id.to_string();
    stage
        .submit("/push/jobs/ops", &[("jobs.ops.job", &id)])
        .await
        .is(303);
    for job in [stage.job.job_id, other.job_id] {
        stage.greenhouse.set_job_status(job, "closed").unwrap();
    }
    // A closed job is still refused, because this mapping changes.
    let form = [("jobs.sales.job", id.as_str())];
    let refused = stage.submit("/push/jobs/sales", &form).await;
    refused.is(422).has("job_closed");
    let open = open.job_id.to_string();
    let form = [("jobs.sales.job", open.as_str())];
    stage.submit("/push/jobs/sales", &form).await.is(303);
    stage
        .submit("/push/jobs/ops", &[("remove", "true")])
        .await
        .is(303);
    let settings = stage.push_settings().await;
    assert_eq!(settings["enabled"], true);
    assert_eq!(settings["jobs"]["sales"]["job"].to_string(), open);
    assert_eq!(settings["jobs"]["ops"], json!(null));
}

#[tokio::test]
async fn the_interview_kit_is_named() {
    let stage = Stage::set_up().await;
    let job = stage.job.job_id;
    let at = stage.job.stage("Take Home Test");
    let interview = json!({
        "job_id": job, "job_interview_stage_id": at, "name": "Case <interview>", "active": true,
    });
    let interview = stage.greenhouse.seed_record("job_interviews", interview);
    let kit = json!({"job_id": job, "job_interview_id": interview.unwrap()});
    let kit = stage.greenhouse.seed_record("interview_kits", kit).unwrap();
    stage
        .change_push(|settings| settings["jobs"]["sales"]["interview_kit"] = json!(kit))
        .await;
    let page = stage.get("/push").await;
    let sales = page.between("data-job=\"sales\"", "</tr>");
    assert!(
        sales.contains("<bdi>Case &lt;interview&gt;</bdi>"),
        "{sales}"
    );

    stage
        .change_push(|settings| settings["jobs"]["sales"]["interview_kit"] = json!(kit + 1))
        .await;
    let page = stage.get("/push").await;
    let sales = page.between("data-job=\"sales\"", "</tr>");
    let lost = format!("Kit {}", kit + 1);
    assert!(
        sales.contains(&lost) && sales.contains("No longer in Greenhouse"),
        "{sales}"
    );

    let (status, applied) = (403, false);
    let refused = FaultKind::Status { status, applied };
    let refused = Fault::new("GET", "/v3/interview_kits", refused).every();
    stage.greenhouse.add_fault(refused);
    let page = stage.get("/push?refresh=1").await;
    let sales = page.between("data-job=\"sales\"", "</tr>");
    assert!(
        sales.contains(&lost) && !sales.contains("No longer"),
        "{sales}"
    );
}
