//! The end: what a person sees of it all.

use serde_json::json;

use super::{
    pushed::LOG,
    story::{Story, StoryError},
};

pub(super) async fn play(story: &mut Story<'_>) -> Result<(), StoryError> {
    story.chapter("What a person sees in the end")?;
    story.step("The sync log")?;
    let log = story
        .ask("recruiter", "GET", &format!("{LOG}?limit=20"), None)
        .await?
        .body;
    for entry in log["entries"].as_array().into_iter().flatten().rev() {
        let word = |name: &str| entry[name].as_str().unwrap_or_default();
        story.shown(&format!(
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
    story.expect("nothing failed", failed, 0)?;

    story.step("Health")?;
    let health = story
        .ask(
            "recruiter",
            "GET",
            "/api/integrations/greenhouse/health",
            None,
        )
        .await?
        .body;
    story.tell()?;
    for check in health["checks"].as_array().into_iter().flatten() {
        let word = |name: &str| check[name].as_str().unwrap_or_default();
        story.shown(&format!(
            "{:<24} {:<8} {}",
            word("name"),
            word("state"),
            word("text")
        ))?;
    }
    story.expect("everything is well", &health["state"], &json!("ok"))?;
    let unexpected = story.stage.greenhouse.unexpected().len();
    story.expect(
        "the host asked Greenhouse for nothing that does not exist",
        unexpected,
        0,
    )
}
