use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn health_shows_problems_first() {
    let stage = Stage::set_up().await;
    let job = stage.job.job_id;
    stage.greenhouse.set_job_status(job, "closed").unwrap();
    let page = stage.get("/health").await;
    assert_eq!(page.status, 200);
    let problem = page.body.find("data-check=\"mapped_job:sales\"").unwrap();
    let fine = page.body.find("data-check=\"harvest_credential\"").unwrap();
    assert!(problem < fine);
    assert!(page.body.contains("href=\"/mounted/push#jobs\""));
    assert!(page.body.contains("href=\"/mounted/help#mapped_job\""));
}

/// Times are elements that the script shows relative to now, with the exact time on hover.
#[tokio::test]
async fn health_shows_times_like_the_log() {
    let stage = Stage::set_up().await;
    stage.assess("asm-1", 80.0);
    stage.post("/button/asm-1", &[]).await;
    stage.wait_for("/button/asm-1/state", "In Greenhouse").await;
    let page = stage.get("/health").await;
    let (_, check) = page.body.split_once("data-check=\"last_push\"").unwrap();
    let (check, _) = check.split_once("</li>").unwrap();
    assert!(
        check.contains("The last push finished <time datetime=\"20"),
        "{check}"
    );
    assert!(check.contains(" UTC</time>."), "{check}");
}

/// A remedy names a place on the page, not an endpoint.
#[tokio::test]
async fn remedies_name_the_place_on_the_page() {
    let stage = Stage::set_up().await;
    let other = stage.greenhouse.seed_job("Other", &["Screen"]);
    let foreign = other.stage("Screen").unwrap();
    stage
        .change_push(|settings| {
            settings["jobs"]["sales"]["stage"] = json!(foreign);
            settings["source"] = json!(99);
            settings["acting_user"] = json!(99);
            settings["fields"]["score"] = json!({"on": "candidate", "key": "none"});
        })
        .await;
    let page = stage.submit("/push/switch", &[("enabled", "true")]).await;
    for place in [
        "Candidate Push &gt; Acting user",
        "Candidate Push &gt; Job mapping",
        "Candidate Push &gt; Scorecard mapping",
    ] {
        page.has(place);
    }
    page.is(422).lacks("PUT ").lacks("choices/");
}
