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
