//! The second direction: the product brings assessed candidates into Greenhouse.

use serde_json::json;

use super::{
    assessed::{ASSESSMENTS, result},
    story::{Story, StoryError},
};

/// Who is in Greenhouse afterwards, by assessment and application.
pub(super) struct Pushed {
    pub(super) noor: Candidate,
    pub(super) jonas: Candidate,
    pub(super) ada: Candidate,
}

pub(super) struct Candidate {
    pub(super) assessment: String,
    pub(super) application: i64,
}

pub(super) async fn play(story: &mut Story<'_>) -> Result<Pushed, StoryError> {
    story.chapter("The product pushes assessed candidates into Greenhouse")?;

    story.step(
        "Noor, who is not in Greenhouse, finishes with 64.5: below the trigger's minimum of 70",
    )?;
    let noor = finish(story, "Noor", "Haddad", 64.5).await?;
    let entry = newest_entry(story, &noor).await?;
    story.expect(
        "the sync log says why nothing was pushed",
        &entry["status"],
        &json!("skipped"),
    )?;
    story.expect("and offers the button", &entry["push"], &json!(true))?;
    let harvest = story.tell()?;
    story.expect("Harvest was not called", harvest, 0)?;

    story.step("A recruiter pushes Noor by button")?;
    let before = story.stage.counts();
    let noor = push(story, noor).await?;
    let harvest = story.tell()?;
    story.changed(
        "Greenhouse has Noor: candidate, application at the mapped stage, report, scorecard",
    )?;
    let application = story.stage.greenhouse.application(noor.application);
    let stage = application
        .as_ref()
        .and_then(|application| application.job_interview_stage_id);
    story.expect(
        "Noor has an application at the mapped stage",
        stage,
        Some(story.stage.mapped_stage),
    )?;
    story.expect(
        "there is one candidate, application, PDF and note more",
        story.stage.counts(),
        before.plus_one(),
    )?;
    let pdf = story
        .stage
        .greenhouse
        .attachments()
        .into_iter()
        .find(|file| file.application_id == noor.application);
    let named = pdf
        .as_ref()
        .is_some_and(|file| file.filename.ends_with(".pdf") && file.kind == "other");
    story.expect_true("the report is attached, and not as a resume", named, &pdf)?;
    let note = story.stage.note_of(noor.application).unwrap_or_default();
    story.expect_true(
        "the note has recommendation and score",
        note.contains("Yes") && note.contains("64.5"),
        &note,
    )?;
    story.expect_true(
        "it cost at most 5 Harvest requests besides the checks of a first push",
        harvest <= 6,
        harvest,
    )?;

    story.shown(&note)?;

    story.step("The button once more: nothing changes")?;
    let before = story.stage.counts();
    let again = push(story, noor.assessment.clone()).await?;
    let harvest = story.tell()?;
    story.expect(
        "it is the same application",
        again.application,
        noor.application,
    )?;
    story.expect("Harvest was not called", harvest, 0)?;
    story.expect("nothing was written", story.stage.counts(), before)?;

    story.step("Jonas finishes with 88: the trigger pushes him by itself")?;
    let jonas = triggered(story, "Jonas", "Lindqvist", 88.0).await?;

    story.step("Ada finishes with exactly 70: the minimum counts")?;
    let ada = triggered(story, "Ada", "Brandt", 70.0).await?;

    story.step("Tess finishes with 41: she stays below, and stays out of Greenhouse")?;
    let before = story.stage.counts();
    let tess = finish(story, "Tess", "Moreau", 41.0).await?;
    let entry = newest_entry(story, &tess).await?;
    story.expect("the sync log says so", &entry["status"], &json!("skipped"))?;
    story.expect("nothing was written", story.stage.counts(), before)?;
    story.tell()?;

    Ok(Pushed { noor, jonas, ada })
}

async fn triggered(
    story: &mut Story<'_>,
    first: &str,
    last: &str,
    score: f64,
) -> Result<Candidate, StoryError> {
    let before = story.stage.counts();
    let assessment = finish(story, first, last, score).await?;
    let path = format!("{LOG}?assessment={assessment}");
    let log = story
        .ask_until("recruiter", &path, |body| {
            body["entries"][0]["status"] == "done"
        })
        .await?;
    let harvest = story.tell()?;
    story.expect(
        "the push is done",
        &log.body["entries"][0]["status"],
        &json!("done"),
    )?;
    story.expect(
        "there is one candidate, application, PDF and note more",
        story.stage.counts(),
        before.plus_one(),
    )?;
    story.expect_true("it cost at most 5 Harvest requests", harvest <= 5, harvest)?;
    let application = log.body["entries"][0]["application"].as_i64();
    let application = story.need(
        "an application in the sync log",
        application.ok_or(&log.body),
    )?;
    Ok(Candidate {
        assessment,
        application,
    })
}

/// A candidate takes an assessment for the mapped job and finishes it.
async fn finish(
    story: &mut Story<'_>,
    first: &str,
    last: &str,
    score: f64,
) -> Result<String, StoryError> {
    let email = format!("{}@example.org", first.to_lowercase());
    let person = json!({ "first_name": first, "last_name": last, "email": email });
    let new =
        json!({ "scenario": "objection-handling", "job": "account-executive", "person": person });
    let taken = story
        .ask("product", "POST", ASSESSMENTS, Some(&new))
        .await?;
    let id = taken.body["assessment"].as_str().ok_or(&taken.body);
    let id = story.need("an assessment", id)?.to_owned();
    let path = format!("{ASSESSMENTS}/{id}/complete");
    let done = story
        .ask("product", "POST", &path, Some(&result(score)))
        .await?;
    story.expect("the result is recorded", done.status, 200)?;
    Ok(id)
}

async fn push(story: &mut Story<'_>, assessment: String) -> Result<Candidate, StoryError> {
    let path = format!("/api/integrations/greenhouse/push/{assessment}");
    let answer = story.ask("recruiter", "POST", &path, None).await?;
    story.expect(
        "the push is answered with its final state",
        (answer.status, &answer.body["state"]),
        (200, &json!("done")),
    )?;
    let application = answer.body["application"].as_i64().ok_or(&answer.body);
    let application = story.need("an application", application)?;
    Ok(Candidate {
        assessment,
        application,
    })
}

async fn newest_entry(
    story: &mut Story<'_>,
    assessment: &str,
) -> Result<serde_json::Value, StoryError> {
    let path = format!("{LOG}?assessment={assessment}");
    Ok(story.ask("recruiter", "GET", &path, None).await?.body["entries"][0].clone())
}

pub(super) const LOG: &str = "/api/integrations/greenhouse/sync-log";
