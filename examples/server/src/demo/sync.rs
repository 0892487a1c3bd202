//! Sync: webhooks report what happens to pushed candidates.

use mock_greenhouse::{ActError, Delivery};
use serde_json::{Value, json};

use super::{
    assessments::ASSESSMENTS,
    push::{LOG, Pushed},
    run::{DemoError, DemoRun},
};

pub(super) async fn run(run: &mut DemoRun<'_>, pushed: &Pushed) -> Result<(), DemoError> {
    run.section("Sync: webhooks report outcomes")?;
    let greenhouse = &run.demo.greenhouse;

    run.step("A recruiter rejects Noor in Greenhouse")?;
    let sent = greenhouse.reject(pushed.noor.application).await;
    let rejection = check_deliveries(run, sent)?;
    check_outcome(run, &pushed.noor.assessment, "rejected").await?;

    run.print_exchanges()?;

    run.step("Greenhouse repeats the delivery")?;
    let before = log_of(run, &pushed.noor.assessment).await?;
    let again = greenhouse
        .redeliver(&rejection)
        .await
        .map(|delivery| vec![delivery]);
    check_deliveries(run, again)?;
    let after = log_of(run, &pushed.noor.assessment).await?;
    run.expect("the sync log is unchanged", after, before)?;

    run.step(
        "Jonas is hired; the webhook contains no time, so the host reads the application from Harvest",
    )?;
    let sent = greenhouse.hire(pushed.jonas.application).await;
    check_deliveries(run, sent)?;
    check_outcome(run, &pushed.jonas.assessment, "hired").await?;
    run.print_exchanges()?;

    run.step("A recruiter moves Ada to the stage \"Face to face\"")?;
    let sent = greenhouse
        .move_to(pushed.ada.application, run.demo.next_stage)
        .await;
    check_deliveries(run, sent)?;
    let moved = |log: &Value| {
        let mut entries = log["entries"].as_array().into_iter().flatten();
        entries.any(|entry| {
            let text = entry["text"].as_str().unwrap_or_default();
            entry["code"] == "stage_changed" && text.contains("\"Face to face\"")
        })
    };
    let path = format!("{LOG}?assessment={}", pushed.ada.assessment);
    let log = run.poll_until("recruiter", &path, moved).await?.body;
    run.expect_true("the sync log has the name of the stage", moved(&log), &log)?;
    run.effect("the host stores the new stage; the product is not informed")?;
    run.print_exchanges()?;

    run.step(
        "Greenhouse reports a candidate who was not pushed; the host accepts and ignores the event",
    )?;
    let before = full_log(run).await?;
    let sent = greenhouse.send_foreign_event("reject_candidate").await;
    check_deliveries(run, sent)?;
    let after = full_log(run).await?;
    run.expect("the sync log is unchanged", after, before)
}

/// Prints the deliveries, checks that each was answered with 200, and returns the first.
fn check_deliveries(
    run: &mut DemoRun<'_>,
    sent: Result<Vec<Delivery>, ActError>,
) -> Result<Delivery, DemoError> {
    run.print_exchanges()?;
    let deliveries = run.require("a delivery", sent)?;
    let are_delivered = !deliveries.is_empty() && deliveries.iter().all(Delivery::is_delivered);
    run.expect_true(
        "the webhook was answered with 200",
        are_delivered,
        &deliveries,
    )?;
    let first = deliveries.into_iter().next();
    run.require("a delivery", first.ok_or("none was sent"))
}

/// Checks that the product and the sync log have the outcome.
async fn check_outcome(
    run: &mut DemoRun<'_>,
    assessment: &str,
    word: &str,
) -> Result<(), DemoError> {
    let found = |body: &Value| {
        let mut assessments = body.as_array().into_iter().flatten();
        assessments
            .find(|row| row["id"] == *assessment)
            .map(|row| row["outcome"].clone())
            .unwrap_or_default()
    };
    let list = run
        .poll_until("product", ASSESSMENTS, |body| found(body) == *word)
        .await?;
    run.expect(
        &format!("the product has the outcome `{word}`"),
        found(&list.body),
        json!(word),
    )?;
    run.effect(&format!("the product marks {assessment} as {word}"))?;
    let log = log_of(run, assessment).await?;
    let is_logged = log["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|entry| {
            entry["subject"] == "event"
                && entry["text"]
                    .as_str()
                    .is_some_and(|text| text.to_lowercase().contains(word))
        });
    run.expect_true("the sync log has the outcome", is_logged, &log)
}

async fn log_of(run: &mut DemoRun<'_>, assessment: &str) -> Result<Value, DemoError> {
    Ok(run
        .ask(
            "recruiter",
            "GET",
            &format!("{LOG}?assessment={assessment}"),
            None,
        )
        .await?
        .body)
}

async fn full_log(run: &DemoRun<'_>) -> Result<Value, DemoError> {
    Ok(run.demo.client.ask("GET", LOG, None).await?.body)
}
