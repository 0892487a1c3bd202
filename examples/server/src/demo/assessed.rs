//! The first direction: Greenhouse sends a candidate for assessment.

use serde_json::{Value, json};

use super::story::{Story, StoryError};

pub(super) async fn play(story: &mut Story<'_>) -> Result<(), StoryError> {
    story.chapter("Greenhouse sends a candidate, and gets score, traits and report back")?;
    let greenhouse = &story.stage.greenhouse;

    story.step("A recruiter plans the hiring: Greenhouse asks which tests there are")?;
    let tests = greenhouse.list_tests().await;
    story.tell()?;
    let tests = story.need("a list of tests", tests)?;
    let names: Vec<_> = tests
        .iter()
        .map(|test| test.partner_test_name.as_str())
        .collect();
    story.expect(
        "both scenarios are offered",
        names,
        vec!["Discovery call", "Objection handling"],
    )?;

    story.step("The recruiter sends a test to Mira, who applied in Greenhouse")?;
    let sent = greenhouse
        .send_test(story.stage.applicant, "discovery-call")
        .await;
    story.tell()?;
    let sent = story.need("an invitation", sent)?;
    let interview = sent.partner_interview_id.unwrap_or_default();
    story.expect_true(
        "Greenhouse got the id of the invitation",
        !interview.is_empty(),
        &interview,
    )?;

    story.changed("the invitation is stored, and the product is to invite Mira")?;

    story.step("The same request comes again, as after a lost answer")?;
    let again = greenhouse.resend_test(sent.id).await;
    story.tell()?;
    let again = story.need("an invitation", again)?.partner_interview_id;
    story.expect("it is the same invitation", again, Some(interview.clone()))?;

    story.step("The product has invited Mira, once")?;
    let list = story
        .ask_until("product", ASSESSMENTS, |body| {
            body[0]["invitation"] == *interview
        })
        .await?;
    story.expect(
        "there is one assessment",
        list.body.as_array().map(Vec::len),
        Some(1),
    )?;
    story.expect(
        "it is the one of the invitation",
        &list.body[0]["invitation"],
        &json!(interview),
    )?;
    let assessment = list.body[0]["id"].as_str().unwrap_or_default().to_owned();

    story.step("Greenhouse asks how it stands, too early")?;
    let status = greenhouse.test_status(&interview).await;
    story.tell()?;
    let status = story.need("a status", status)?;
    story.expect_true(
        "it is not complete",
        status.partner_status != "complete",
        &status.partner_status,
    )?;

    story.step("Mira finishes; the product tells Greenhouse, which asks, and opens the report as the public would")?;
    let result = result(82.5);
    let path = format!("{ASSESSMENTS}/{assessment}/complete");
    let answer = story.ask("product", "POST", &path, Some(&result)).await?;
    story.expect("the result is recorded", answer.status, 200)?;
    let stored = |stage: &super::stage::Stage| {
        stage
            .take_home(&interview)
            .is_some_and(|test| test.score.is_some())
    };
    story.wait(stored).await;
    greenhouse.settle().await;
    story.tell()?;
    let Some(test) = story.stage.take_home(&interview) else {
        return story.expect("the test is still there", false, true);
    };
    story.changed("Greenhouse shows the result of the test to its recruiters")?;
    story.expect("Greenhouse took the completion call", test.completions, 1)?;
    story.expect("Greenhouse has the score", test.score, Some(82.5))?;
    let recommendation = test
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.get("Recommendation"));
    story.expect(
        "and the recommendation",
        recommendation,
        Some(&json!("Strong Yes")),
    )?;
    let opened = test.opened_link.as_ref().map(|link| link.status);
    story.expect(
        "the report link leads to the report without a log-in",
        opened,
        Some(302),
    )?;
    story.expect(
        "Greenhouse had nothing to complain about",
        story.stage.greenhouse.complaints().len(),
        0,
    )?;

    story.step("The recruiter opens the report")?;
    let location = test
        .opened_link
        .and_then(|link| link.location)
        .unwrap_or_default();
    let path = location
        .strip_prefix(story.stage.host_url.trim_end_matches('/'))
        .unwrap_or_default()
        .to_owned();
    let report = story.ask("recruiter", "GET", &path, None).await?;
    story.expect("it is there", report.status, 200)?;
    let shows = report
        .body
        .as_str()
        .is_some_and(|page| page.contains("82.5"));
    story.expect_true("it shows the score", shows, &report.body)
}

/// What a candidate of the demo achieves.
pub(super) fn result(score: f64) -> Value {
    json!({
        "score": score,
        "traits": [
            { "name": "Messaging Adherence", "score": score, "note": "Kept to the story." },
            { "name": "Discovery & Diagnosis", "score": (score - 10.0).max(0.0), "note": null },
            { "name": "Objection Handling", "score": (score + 5.0).min(100.0), "note": null },
        ],
        "summary": "Listens well and asks before offering.",
    })
}

pub(super) const ASSESSMENTS: &str = "/product/assessments";
