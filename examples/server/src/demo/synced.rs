//! The way back: webhooks say what happened to those who were pushed.

use mock_greenhouse::{ActError, Delivery};
use serde_json::{Value, json};

use super::{
    assessed::ASSESSMENTS,
    pushed::{LOG, Pushed},
    story::{Story, StoryError},
};

pub(super) async fn play(story: &mut Story<'_>, pushed: &Pushed) -> Result<(), StoryError> {
    story.chapter("Greenhouse tells what became of them")?;
    let greenhouse = &story.stage.greenhouse;

    story.step("A recruiter rejects Noor in Greenhouse")?;
    let sent = greenhouse.reject(pushed.noor.application).await;
    let rejection = delivered(story, sent)?;
    outcome(story, &pushed.noor.assessment, "rejected").await?;

    story.tell()?;

    story.step("The same delivery comes once more: it has no second effect")?;
    let before = log_of(story, &pushed.noor.assessment).await?;
    let again = greenhouse
        .redeliver(&rejection)
        .await
        .map(|delivery| vec![delivery]);
    delivered(story, again)?;
    let after = log_of(story, &pushed.noor.assessment).await?;
    story.expect("the sync log is as it was", after, before)?;

    story.step("Jonas is hired; a hire carries no time, so the host reads his true state before it believes it")?;
    let sent = greenhouse.hire(pushed.jonas.application).await;
    delivered(story, sent)?;
    outcome(story, &pushed.jonas.assessment, "hired").await?;
    story.tell()?;

    story.step("Ada is moved to the stage \"Face to face\"")?;
    let sent = greenhouse
        .move_to(pushed.ada.application, story.stage.next_stage)
        .await;
    delivered(story, sent)?;
    let moved = |log: &Value| {
        let mut entries = log["entries"].as_array().into_iter().flatten();
        entries.any(|entry| {
            entry["text"] == "The application moved to stage \"Face to face\" in Greenhouse."
        })
    };
    let path = format!("{LOG}?assessment={}", pushed.ada.assessment);
    let log = story.ask_until("recruiter", &path, moved).await?.body;
    story.expect_true("the sync log names the stage", moved(&log), &log)?;
    story
        .changed("the link of Ada's assessment is at the new stage; the product is told nothing")?;
    story.tell()?;

    story.step("An event about a stranger: taken, and ignored; nothing changes")?;
    let before = all(story).await?;
    let sent = greenhouse.send_foreign_event("reject_candidate").await;
    delivered(story, sent)?;
    let after = all(story).await?;
    story.expect("the sync log is as it was", after, before)
}

/// Tells the deliveries of an act, each of which must have been taken with 200. Answers the first.
fn delivered(
    story: &mut Story<'_>,
    sent: Result<Vec<Delivery>, ActError>,
) -> Result<Delivery, StoryError> {
    story.tell()?;
    let deliveries = story.need("a delivery", sent)?;
    let taken = !deliveries.is_empty() && deliveries.iter().all(Delivery::is_delivered);
    story.expect_true("the webhook was taken with 200", taken, &deliveries)?;
    let first = deliveries.into_iter().next();
    story.need("a delivery", first.ok_or("none was sent"))
}

/// The product was told, and the sync log says so.
async fn outcome(story: &mut Story<'_>, assessment: &str, word: &str) -> Result<(), StoryError> {
    let found = |body: &Value| {
        let mut assessments = body.as_array().into_iter().flatten();
        assessments
            .find(|row| row["id"] == *assessment)
            .map(|row| row["outcome"].clone())
            .unwrap_or_default()
    };
    let list = story
        .ask_until("product", ASSESSMENTS, |body| found(body) == *word)
        .await?;
    story.expect(
        &format!("the product knows: {word}"),
        found(&list.body),
        json!(word),
    )?;
    story.changed(&format!("the product marks {assessment}: {word}"))?;
    let log = log_of(story, assessment).await?;
    let said = log["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|entry| {
            entry["subject"] == "event"
                && entry["text"]
                    .as_str()
                    .is_some_and(|text| text.to_lowercase().contains(word))
        });
    story.expect_true("the sync log says so", said, &log)
}

async fn log_of(story: &mut Story<'_>, assessment: &str) -> Result<Value, StoryError> {
    Ok(story
        .ask(
            "recruiter",
            "GET",
            &format!("{LOG}?assessment={assessment}"),
            None,
        )
        .await?
        .body)
}

async fn all(story: &Story<'_>) -> Result<Value, StoryError> {
    Ok(story.stage.recruiter.ask("GET", LOG, None).await?.body)
}
