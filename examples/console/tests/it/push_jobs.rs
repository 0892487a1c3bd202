//! Candidate Push: the job mapping.

use greenhouse_core::{ProductJobId, platform::ProductJob};
use mock_greenhouse::{Fault, FaultKind};
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn the_table_shows_mapped_and_unmapped_jobs() {
    let stage = Stage::set_up().await;
    add_product_job(&stage, "ops", "Operations");
    let job = stage.job.job_id;
    stage
        .change_push(|settings| settings["jobs"]["left"] = json!({"job": job}))
        .await;
    let page = stage.get("/push").await;
    let sales = page.between("data-job=\"sales\"", "</tr>");
    for part in [
        "<bdi>Sales</bdi>",
        "<bdi>Account Executive</bdi>",
        "<bdi>Take Home Test</bdi>",
        "Automatic",
        "href=\"/mounted/push/jobs/sales\" data-drawer",
        "Change",
    ] {
        assert!(sales.contains(part), "{part} in {sales}");
    }
    assert!(!sales.contains("Not open"), "{sales}");
    let ops = page.between("data-job=\"ops\"", "</tr>");
    assert!(ops.contains("Not mapped") && ops.contains("Map"), "{ops}");
    let left = page.between("data-job=\"left\"", "</tr>");
    assert!(left.contains("No longer exists in the product"), "{left}");
    assert!(left.contains("First stage"), "{left}");

    stage.greenhouse.set_job_status(job, "closed").unwrap();
    let page = stage.get("/push?refresh=1").await;
    let sales = page.between("data-job=\"sales\"", "</tr>");
    assert!(sales.contains("Not open in Greenhouse"), "{sales}");
    assert!(sales.contains(&format!("Job {job}")), "{sales}");
}

#[tokio::test]
async fn the_table_is_searched_without_the_script() {
    let stage = Stage::set_up().await;
    add_product_job(&stage, "ops", "Operations");
    let page = stage.get("/push?jobs_q=OPERAT").await;
    page.has("data-job=\"ops\"").lacks("data-job=\"sales\"");
    page.has("name=\"jobs_q\" value=\"OPERAT\"");
    let page = stage.get("/push?jobs_q=executive").await;
    page.has("data-job=\"sales\"").lacks("data-job=\"ops\"");
    let page = stage.get("/push?jobs_q=%3Cb%3E").await;
    page.has("No job matches “&lt;b&gt;”.").lacks("<b>");
}

#[tokio::test]
async fn a_job_is_mapped_in_two_steps() {
    let stage = Stage::set_up().await;
    add_product_job(&stage, "ops", "Operations");
    let other = stage
        .greenhouse
        .seed_job("Operations Lead", &["Screen", "Talk"]);
    let page = stage.get("/push/jobs/ops").await;
    page.is(200)
        .has("Map Operations")
        .has("Operations Lead")
        .has("Show stages");
    page.lacks("name=\"jobs.ops.stage\"");

    let address = format!("/push/jobs/ops?job={}", other.job_id);
    let page = stage.get(&address).await;
    let talk = other.stage("Talk").unwrap().to_string();
    page.has(&format!("<option value=\"{talk}\">Talk"))
        .has("First stage");
    page.has(&format!("name=\"jobs.ops.job\" value=\"{}\"", other.job_id));
    let id = other.job_id.to_string();
    let form = [
        ("jobs.ops.job", id.as_str()),
        ("jobs.ops.stage", &talk),
        ("jobs.ops.interview_kit", ""),
        ("jobs.ops.advance_to", &talk),
    ];
    let saved = stage.submit("/push/jobs/ops", &form).await;
    let location = saved.is(303).location.as_deref();
    assert_eq!(location, Some("/mounted/push?saved=jobs#jobs"));
    let settings = stage.push_settings().await;
    let expected = json!({
        "job": other.job_id, "stage": other.stage("Talk").unwrap(), "interview_kit": null,
        "advance_to": other.stage("Talk").unwrap(),
    });
    assert_eq!(settings["jobs"]["ops"], expected);
    assert_eq!(settings["enabled"], true);
    assert!(settings["jobs"]["sales"].is_object());
    let page = stage.get("/push/jobs/ops").await;
    page.has(&format!("<option value=\"{talk}\" selected>Talk"));

    // Another job has other stages.
    let address = format!("/push/jobs/ops?job={}", stage.job.job_id);
    let page = stage.get(&address).await;
    page.lacks("Talk")
        .has("<option value=\"\" selected>First stage");

    let removed = stage.submit("/push/jobs/ops", &[("remove", "true")]).await;
    removed.is(303);
    assert_eq!(stage.push_settings().await["jobs"]["ops"], json!(null));
}

#[tokio::test]
async fn a_refused_mapping_is_shown_at_its_fields() {
    let stage = Stage::set_up().await;
    let other = stage.greenhouse.seed_job("Operations Lead", &["Screen"]);
    let (job, foreign) = (
        stage.job.job_id.to_string(),
        other.stage("Screen").unwrap().to_string(),
    );
    let form = [
        ("jobs.sales.job", job.as_str()),
        ("jobs.sales.stage", &foreign),
    ];
    let refused = stage.submit("/push/jobs/sales", &form).await;
    let problems = refused
        .is(422)
        .between("id=\"gh-jobs-sales-stage-problems\"", "</ul>");
    assert!(problems.contains("stage_of_another_job"), "{problems}");
    refused.has(&format!("<option value=\"{foreign}\" selected>"));
    refused.has("name=\"save_off\"");

    stage
        .greenhouse
        .set_job_status(other.job_id, "closed")
        .unwrap();
    let id = other.job_id.to_string();
    let refused = stage
        .submit("/push/jobs/sales", &[("jobs.sales.job", &id)])
        .await;
    let problems = refused
        .is(422)
        .between("id=\"gh-map-job-problems\"", "</ul>");
    assert!(problems.contains("job_closed"), "{problems}");

    let form = [("jobs.sales.job", job.as_str()), ("jobs.sales.stage", "x")];
    let refused = stage.submit("/push/jobs/sales", &form).await;
    refused.is(422).has("id=\"gh-jobs-sales-stage-problems\"");

    let form = [("jobs.sales.job", job.as_str()), ("version", "0")];
    let stale = stage.post("/push/jobs/sales", &form).await;
    stale.is(409).has("Load the current settings");
    let settings = stage.push_settings().await;
    let stage_id = stage.job.stage("Take Home Test").unwrap();
    assert_eq!(settings["jobs"]["sales"]["stage"], json!(stage_id));

    // While the push is switched off, the mapping is checked all the same.
    stage
        .submit("/push/switch", &[("enabled", "false")])
        .await
        .is(303);
    let form = [
        ("jobs.sales.job", job.as_str()),
        ("jobs.sales.stage", &foreign),
    ];
    stage
        .submit("/push/jobs/sales", &form)
        .await
        .is(422)
        .has("stage_of_another_job");
    let form = [form[0], form[1], ("save_off", "true")];
    stage.submit("/push/jobs/sales", &form).await.is(303);
}

#[tokio::test]
async fn a_refused_removal_can_be_saved_switched_off() {
    let stage = Stage::set_up().await;
    stage.get("/push/jobs/sales").await.is(200);
    stage.product.set_down(true);
    let refused = stage
        .submit("/push/jobs/sales", &[("remove", "true")])
        .await;
    let removal = refused
        .is(422)
        .between("<details class=\"gh-confirm\" open>", "</details>");
    assert!(
        removal.contains("product_unavailable") && removal.contains("save_off"),
        "{removal}"
    );
    // The mapping itself is shown as it is stored.
    let kept = stage.job.stage("Take Home Test").unwrap();
    refused.has(&format!("<option value=\"{kept}\" selected>"));
    let form = [("remove", "true"), ("save_off", "true")];
    stage.submit("/push/jobs/sales", &form).await.is(303);
    let settings = stage.push_settings().await;
    assert_eq!(
        (&settings["jobs"]["sales"], &settings["enabled"]),
        (&json!(null), &json!(false))
    );
}

#[tokio::test]
async fn lost_stages_are_marked_after_the_page_has_loaded() {
    let stage = Stage::set_up().await;
    stage
        .get("/push")
        .await
        .has("data-load=\"/mounted/push/job-checks\"");
    let fine = stage.get("/push/job-checks").await;
    fine.is(200)
        .lacks("<html")
        .has("are usable")
        .has("Take Home Test");
    let lost = stage.job.stage("Take Home Test").unwrap();
    stage.greenhouse.set_stage_active(lost, false).unwrap();
    let page = stage.get("/push?refresh=1").await;
    let sales = page.between("data-job=\"sales\"", "</tr>");
    assert!(sales.contains("No longer in the job"), "{sales}");
    // Also without the script, and while the push is switched off.
    stage
        .submit("/push/switch", &[("enabled", "false")])
        .await
        .is(303);
    for path in ["/push/job-checks", "/push?check=1"] {
        let marked = stage.get(path).await;
        marked.has("1 mapped job cannot be used");
        let row = marked.between("data-check=\"mapped_job:sales\"", "</li>");
        assert!(row.contains("no longer active"), "{row}");
        assert!(row.contains("href=\"/mounted/push/jobs/sales\""), "{row}");
    }
    let page = stage.get("/push/jobs/sales").await;
    page.has(&format!("Stage {lost} (no longer available)"));
}

#[tokio::test]
async fn a_job_is_mapped_by_id_if_the_lists_fail() {
    let stage = Stage::set_up().await;
    let fault = Fault::new(
        "GET",
        "/v3/jobs",
        FaultKind::Status {
            status: 503,
            applied: false,
        },
    );
    stage.greenhouse.add_fault(fault.every());
    let page = stage.get("/push").await;
    page.is(200)
        .has("The list could not be loaded from Greenhouse.");
    page.has("Map a job by its ID")
        .has(&format!("Job {}", stage.job.job_id));
    page.lacks("No longer exists").lacks("Not open");
    let opened = stage.get("/push/jobs?id=a%2Fb").await;
    assert_eq!(
        opened.is(303).location.as_deref(),
        Some("/mounted/push/jobs/a%2Fb")
    );
    let page = stage.get("/push/jobs/sales").await;
    page.is(200)
        .has("Greenhouse job ID")
        .has("name=\"jobs.sales.job\"");
    page.has(&format!("value=\"{}\"", stage.job.job_id));

    stage.greenhouse.clear_faults();
    stage
        .greenhouse
        .withhold_scope("harvest:interview_kits:list", true);
    let page = stage.get("/push/jobs/sales").await;
    page.is(200).has("name=\"jobs.sales.stage\"");
}

#[tokio::test]
async fn ids_and_names_of_any_kind_are_text() {
    let stage = Stage::set_up().await;
    let id = "a/b.c?d #\"><img src=x>";
    let long = "é".repeat(10_000);
    add_product_job(&stage, id, &format!("<img src=x onerror=a> {long}"));
    let other = stage
        .greenhouse
        .seed_job(&format!("\"><img src=y> {long}"), &["<b>Bold</b>"]);
    let page = stage.get("/push").await;
    page.lacks("<img")
        .has("&lt;img src=x onerror=a&gt;")
        .lacks(&"é".repeat(200));
    let address = "/push/jobs/a%2Fb%2Ec%3Fd%20%23%22%3E%3Cimg%20src%3Dx%3E";
    page.has(&format!("href=\"/mounted{address}\""));
    let shown = stage.get(&format!("{address}?job={}", other.job_id)).await;
    shown
        .is(200)
        .lacks("<img")
        .lacks("<b>Bold")
        .has("&lt;b&gt;Bold");
    shown.lacks(&"é".repeat(200));
    let job = other.job_id.to_string();
    let name = format!("jobs.{id}.job");
    stage.submit(address, &[(&name, &job)]).await.is(303);
    assert_eq!(
        stage.push_settings().await["jobs"][id]["job"],
        json!(other.job_id)
    );
    stage.get("/push/jobs/unknown").await.is(404);
}

#[tokio::test]
async fn many_mapped_jobs_are_small_and_need_one_list() {
    let stage = Stage::set_up().await;
    let mut jobs = Vec::new();
    for number in 0..200 {
        let id = format!("product-job-{number}");
        add_product_job(&stage, &id, &format!("Product job number {number}"));
        let job = stage
            .greenhouse
            .seed_job(&format!("Greenhouse job {number}"), &["Screen"]);
        jobs.push((id, job));
    }
    stage
        .change_push(|settings| {
            for (id, job) in &jobs {
                settings["jobs"][id] = json!({"job": job.job_id, "stage": job.stage("Screen")});
            }
        })
        .await;
    let before = lists(&stage);
    let page = stage.get("/push").await;
    page.is(200).has("Greenhouse job 199");
    let jobs_section = page.between("<section class=\"gh-section\" id=\"jobs\"", "</section>");
    assert!(!jobs_section.contains("<select"));
    // A few pages, and nothing for each row.
    let (jobs, stages) = lists(&stage);
    assert!(jobs - before.0 <= 3, "{} calls", jobs - before.0);
    assert!(stages - before.1 <= 5, "{} calls", stages - before.1);
    assert!(page.body.len() < 160_000, "{} bytes", page.body.len());
    stage.get("/push/jobs/sales").await.has("Not every job");
    let page = stage.get("/push/jobs/sales?q=job%20199").await;
    page.has("Greenhouse job 199")
        .lacks("Greenhouse job 198")
        .lacks("Not every job");
}

fn lists(stage: &Stage) -> (u64, u64) {
    let calls = |path| stage.greenhouse.requests("GET", path);
    (calls("/v3/jobs"), calls("/v3/job_interview_stages"))
}

pub(crate) fn add_product_job(stage: &Stage, id: &str, name: &str) {
    let (id, name) = (ProductJobId::new(id), name.to_owned());
    stage
        .product
        .add_job(&stage.account, ProductJob { id, name });
}
