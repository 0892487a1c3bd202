//! Summary: the sync log and health after the run.

use serde_json::json;

use super::{
    push::LOG,
    run::{DemoError, DemoRun},
};

pub(super) async fn run(run: &mut DemoRun<'_>) -> Result<(), DemoError> {
    run.section("Summary")?;
    run.step("The sync log")?;
    let log = run
        .ask("recruiter", "GET", &format!("{LOG}?limit=20"), None)
        .await?
        .body;
    for entry in log["entries"].as_array().into_iter().flatten().rev() {
        let word = |name: &str| entry[name].as_str().unwrap_or_default();
        run.text(&format!(
            "{:<16} {:<10} {:<8} {}",
            word("direction"),
            word("subject"),
            word("status"),
            word("text")
        ))?;
    }
    let failed = log["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["status"] == "failed")
        .count();
    run.expect("no entry failed", failed, 0)?;

    run.step("Health")?;
    let health = run
        .ask(
            "recruiter",
            "GET",
            "/api/integrations/greenhouse/health",
            None,
        )
        .await?
        .body;
    run.print_exchanges()?;
    for check in health["checks"].as_array().into_iter().flatten() {
        let word = |name: &str| check[name].as_str().unwrap_or_default();
        run.text(&format!(
            "{:<24} {:<8} {}",
            word("name"),
            word("state"),
            word("text")
        ))?;
    }
    run.expect("health is ok", &health["state"], &json!("ok"))?;
    let unexpected = run.demo.greenhouse.unexpected().len();
    run.expect(
        "the host sent no unexpected request to Greenhouse",
        unexpected,
        0,
    )
}
