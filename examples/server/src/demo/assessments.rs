//! Assessments: Greenhouse sends a candidate, and receives the result.

use serde_json::{Value, json};

use super::run::{DemoError, DemoRun};

pub(super) async fn run(run: &mut DemoRun<'_>) -> Result<(), DemoError> {
    run.section("Assessments: Greenhouse sends a candidate and receives score, traits and report")?;
    let greenhouse = &run.demo.greenhouse;

    run.step("A recruiter configures a job; Greenhouse lists the tests")?;
    let tests = greenhouse.list_tests().await;
    run.print_exchanges()?;
    let tests = run.require("a list of tests", tests)?;
    let names: Vec<_> = tests
        .iter()
        .map(|test| test.partner_test_name.as_str())
        .collect();
    run.expect(
        "both scenarios are listed",
        names,
        vec!["Discovery call", "Objection handling"],
    )?;

    run.step("The recruiter sends a test to Mira, an applicant in Greenhouse")?;
    let sent = greenhouse
        .send_test(run.demo.applicant, "discovery-call")
        .await;
    run.print_exchanges()?;
    let sent = run.require("an invitation", sent)?;
    let interview = sent.partner_interview_id.unwrap_or_default();
    run.expect_true(
        "the response has an invitation id",
        !interview.is_empty(),
        &interview,
    )?;

    run.effect("the host stores the invitation and a task to invite Mira")?;

    run.step("Greenhouse repeats the request, as after a lost response")?;
    let again = greenhouse.resend_test(sent.id).await;
    run.print_exchanges()?;
    let again = run.require("an invitation", again)?.partner_interview_id;
    run.expect("the invitation is the same", again, Some(interview.clone()))?;

    run.step("The product invites Mira once")?;
    let list = run
        .poll_until("product", ASSESSMENTS, |body| {
            body[0]["invitation"] == *interview
        })
        .await?;
    run.expect(
        "there is one assessment",
        list.body.as_array().map(Vec::len),
        Some(1),
    )?;
    run.expect(
        "it belongs to the invitation",
        &list.body[0]["invitation"],
        &json!(interview),
    )?;
    let assessment = list.body[0]["id"].as_str().unwrap_or_default().to_owned();

    run.step("Greenhouse polls the status before Mira has finished")?;
    let status = greenhouse.test_status(&interview).await;
    run.print_exchanges()?;
    let status = run.require("a status", status)?;
    run.expect_true(
        "the status is not `complete`",
        status.partner_status != "complete",
        &status.partner_status,
    )?;

    run.step("Mira finishes; the host notifies Greenhouse, which fetches the result and opens the report link")?;
    let result = result(82.5);
    let path = format!("{ASSESSMENTS}/{assessment}/complete");
    let answer = run.ask("product", "POST", &path, Some(&result)).await?;
    run.expect("the result is recorded", answer.status, 200)?;
    let has_score = |demo: &super::setup::Demo| {
        demo.take_home(&interview)
            .is_some_and(|test| test.score.is_some())
    };
    run.wait(has_score).await;
    greenhouse.settle().await;
    run.print_exchanges()?;
    let Some(test) = run.demo.take_home(&interview) else {
        return run.expect("Greenhouse has the test", false, true);
    };
    run.effect("Greenhouse shows the result to recruiters")?;
    run.expect(
        "Greenhouse accepted one completion notice",
        test.completions,
        1,
    )?;
    run.expect("Greenhouse has the score", test.score, Some(82.5))?;
    let recommendation = test
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.get("Recommendation"));
    run.expect(
        "Greenhouse has the recommendation",
        recommendation,
        Some(&json!("Strong Yes")),
    )?;
    let opened = test.opened_link.as_ref().map(|link| link.status);
    run.expect(
        "the report link redirects without a login",
        opened,
        Some(302),
    )?;
    run.expect(
        "Greenhouse found no error in the responses",
        run.demo.greenhouse.complaints().len(),
        0,
    )?;

    run.step("The recruiter opens the report")?;
    let location = test
        .opened_link
        .and_then(|link| link.location)
        .unwrap_or_default();
    let path = location
        .strip_prefix(run.demo.host_url.trim_end_matches('/'))
        .unwrap_or_default()
        .to_owned();
    let report = run.ask("recruiter", "GET", &path, None).await?;
    run.expect("the report opens", report.status, 200)?;
    let shows = report
        .body
        .as_str()
        .is_some_and(|page| page.contains("82.5"));
    run.expect_true("the report shows the score", shows, &report.body)
}

/// Builds the JSON body of a result with this score, from 0 to 100.
pub(super) fn result(score: f64) -> Value {
    json!({
        "score": score,
        "traits": [
            { "name": "Messaging Adherence", "score": score, "note": "Stayed on message." },
            { "name": "Discovery & Diagnosis", "score": (score - 10.0).max(0.0), "note": null },
            { "name": "Objection Handling", "score": (score + 5.0).min(100.0), "note": null },
        ],
        "summary": "Listens well and asks before offering.",
    })
}

pub(super) const ASSESSMENTS: &str = "/product/assessments";
