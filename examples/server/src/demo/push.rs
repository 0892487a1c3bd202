//! Push: the product adds assessed candidates to Greenhouse.

use serde_json::json;

use super::{
    assessments::{ASSESSMENTS, result},
    run::{DemoError, DemoRun},
};

/// Candidates that were pushed.
pub(super) struct Pushed {
    pub(super) noor: Candidate,
    pub(super) jonas: Candidate,
    pub(super) ada: Candidate,
}

pub(super) struct Candidate {
    pub(super) assessment: String,
    pub(super) application: i64,
}

pub(super) async fn run(run: &mut DemoRun<'_>) -> Result<Pushed, DemoError> {
    run.section("Push: the product adds assessed candidates to Greenhouse")?;

    run.step(
        "Noor, who is not in Greenhouse, finishes with 64.5, below the trigger's minimum of 70",
    )?;
    let noor = finish(run, "Noor", "Haddad", 64.5).await?;
    let entry = newest_entry(run, &noor).await?;
    run.expect(
        "the sync log entry is skipped",
        &entry["status"],
        &json!("skipped"),
    )?;
    run.expect(
        "the entry can be pushed manually",
        &entry["push"],
        &json!(true),
    )?;
    let harvest = run.print_exchanges()?;
    run.expect("Harvest was not called", harvest, 0)?;

    run.step("A recruiter pushes Noor manually")?;
    let before = run.demo.counts();
    let noor = push(run, noor).await?;
    let harvest = run.print_exchanges()?;
    run.effect(
        "Greenhouse has Noor: candidate, application at the mapped stage, report, scorecard",
    )?;
    let application = run.demo.greenhouse.application(noor.application);
    let stage = application
        .as_ref()
        .and_then(|application| application.job_interview_stage_id);
    run.expect(
        "Noor has an application at the mapped stage",
        stage,
        Some(run.demo.mapped_stage),
    )?;
    run.expect(
        "one candidate, application, PDF and note were added",
        run.demo.counts(),
        before.plus_one(),
    )?;
    let pdf = run
        .demo
        .greenhouse
        .attachments()
        .into_iter()
        .find(|file| file.application_id == noor.application);
    let named = pdf
        .as_ref()
        .is_some_and(|file| file.filename.ends_with(".pdf") && file.kind == "other");
    run.expect_true(
        "the report is attached as a PDF, not as a resume",
        named,
        &pdf,
    )?;
    let note = run.demo.note_of(noor.application).unwrap_or_default();
    run.expect_true(
        "the note has the recommendation and the score",
        note.contains("Yes") && note.contains("64.5"),
        &note,
    )?;
    run.expect_true(
        "at most 6 Harvest requests, including the checks of a first push",
        harvest <= 6,
        harvest,
    )?;

    run.text(&note)?;

    run.step("The recruiter pushes Noor again")?;
    let before = run.demo.counts();
    let again = push(run, noor.assessment.clone()).await?;
    let harvest = run.print_exchanges()?;
    run.expect(
        "the application is the same",
        again.application,
        noor.application,
    )?;
    run.expect("Harvest was not called", harvest, 0)?;
    run.expect("nothing was written", run.demo.counts(), before)?;

    run.step("Jonas finishes with 88; the trigger pushes him automatically")?;
    let jonas = finish_and_trigger(run, "Jonas", "Lindqvist", 88.0).await?;

    run.step("Ada finishes with exactly 70; the minimum is inclusive")?;
    let ada = finish_and_trigger(run, "Ada", "Brandt", 70.0).await?;

    run.step("Tess finishes with 41 and is not pushed")?;
    let before = run.demo.counts();
    let tess = finish(run, "Tess", "Moreau", 41.0).await?;
    let entry = newest_entry(run, &tess).await?;
    run.expect(
        "the sync log entry is skipped",
        &entry["status"],
        &json!("skipped"),
    )?;
    run.expect("nothing was written", run.demo.counts(), before)?;
    run.print_exchanges()?;

    Ok(Pushed { noor, jonas, ada })
}

async fn finish_and_trigger(
    run: &mut DemoRun<'_>,
    first: &str,
    last: &str,
    score: f64,
) -> Result<Candidate, DemoError> {
    let before = run.demo.counts();
    let assessment = finish(run, first, last, score).await?;
    let path = format!("{LOG}?assessment={assessment}");
    let log = run
        .poll_until("recruiter", &path, |body| {
            body["entries"][0]["status"] == "done"
        })
        .await?;
    let harvest = run.print_exchanges()?;
    run.expect(
        "the push is done",
        &log.body["entries"][0]["status"],
        &json!("done"),
    )?;
    run.expect(
        "one candidate, application, PDF and note were added",
        run.demo.counts(),
        before.plus_one(),
    )?;
    run.expect_true("at most 5 Harvest requests", harvest <= 5, harvest)?;
    let application = log.body["entries"][0]["application"].as_i64();
    let application = run.require(
        "an application in the sync log",
        application.ok_or(&log.body),
    )?;
    Ok(Candidate {
        assessment,
        application,
    })
}

/// Completes an assessment of a new candidate for the mapped job.
async fn finish(
    run: &mut DemoRun<'_>,
    first: &str,
    last: &str,
    score: f64,
) -> Result<String, DemoError> {
    let email = format!("{}@example.org", first.to_lowercase());
    let person = json!({ "first_name": first, "last_name": last, "email": email });
    let new =
        json!({ "scenario": "objection-handling", "job": "account-executive", "person": person });
    let created = run.ask("product", "POST", ASSESSMENTS, Some(&new)).await?;
    let id = created.body["assessment"].as_str().ok_or(&created.body);
    let id = run.require("an assessment", id)?.to_owned();
    let path = format!("{ASSESSMENTS}/{id}/complete");
    let done = run
        .ask("product", "POST", &path, Some(&result(score)))
        .await?;
    run.expect("the result is recorded", done.status, 200)?;
    Ok(id)
}

async fn push(run: &mut DemoRun<'_>, assessment: String) -> Result<Candidate, DemoError> {
    let path = format!("/api/integrations/greenhouse/push/{assessment}");
    let answer = run.ask("recruiter", "POST", &path, None).await?;
    run.expect(
        "the push is done",
        (answer.status, &answer.body["state"]),
        (200, &json!("done")),
    )?;
    let application = answer.body["application"].as_i64().ok_or(&answer.body);
    let application = run.require("an application", application)?;
    Ok(Candidate {
        assessment,
        application,
    })
}

async fn newest_entry(
    run: &mut DemoRun<'_>,
    assessment: &str,
) -> Result<serde_json::Value, DemoError> {
    let path = format!("{LOG}?assessment={assessment}");
    Ok(run.ask("recruiter", "GET", &path, None).await?.body["entries"][0].clone())
}

pub(super) const LOG: &str = "/api/integrations/greenhouse/sync-log";
