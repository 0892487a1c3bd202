//! What all forms have in common: how they are sent, and where the page says that they were saved.

use http::Method;
use serde_json::json;

use crate::{
    calls,
    stage::{Shown, Stage},
};

/// The notice after a form was saved.
const SAVED: &str = "The changes are saved.";

#[tokio::test]
async fn every_form_that_changes_something_is_sent_by_the_script() {
    let stage = Stage::set_up().await;
    stage.assess("asm-1", 80.0);
    stage.api(Method::POST, "keys", json!({})).await;
    let mut forms = 0;
    for page in ["assessments", "push", "push/jobs/sales", "button/asm-1"] {
        forms += check_forms(&stage.get(&format!("/{page}")).await);
    }
    let off = json!({ "enabled": false });
    stage.api(Method::PUT, "account", off).await;
    for page in ["assessments", "push", "health", "activity", "help"] {
        forms += check_forms(&stage.get(&format!("/{page}")).await);
    }
    assert!(forms > 25, "{forms}");
    for page in ["assessments", "push"] {
        let empty = Stage::empty().await;
        check_forms(&empty.get(&format!("/{page}")).await);
    }
}

/// Fails if a form of the page changes something and is not sent by the script. Returns the number
/// of these forms.
fn check_forms(page: &Shown) -> usize {
    let forms = page.body.split("<form ").skip(1);
    let tags = forms.map(|form| form.split('>').next().unwrap());
    let posts: Vec<_> = tags.filter(|tag| tag.contains("method=\"post\"")).collect();
    for tag in &posts {
        assert!(tag.contains(" data-partial"), "{tag}");
    }
    posts.len()
}

#[tokio::test]
async fn a_section_says_that_its_form_was_saved() {
    let stage = Stage::set_up().await;
    for (page, sections) in [
        (
            "assessments",
            &["enabled", "keys", "completion", "thresholds", "account"][..],
        ),
        (
            "push",
            &[
                "switch",
                "credential",
                "user",
                "jobs",
                "scorecard",
                "triggers",
                "sync",
            ],
        ),
    ] {
        for section in sections {
            let shown = stage.get(&format!("/{page}?saved={section}")).await;
            let notice = calls::part(&shown.section(section), "class=\"gh-result\"", "</div>");
            assert!(notice.contains("role=\"status\""), "{section}");
            assert!(shown.section(section).contains(SAVED), "{section}");
            assert_eq!(shown.body.matches(SAVED).count(), 1, "{section}");
        }
        let shown = stage.get(&format!("/{page}")).await;
        assert!(!shown.body.contains(SAVED));
    }
    for page in ["push", "health", "activity", "help"] {
        let shown = stage.get(&format!("/{page}?saved=account")).await;
        let (top, _) = shown.body.split_once(SAVED).unwrap();
        assert!(top.ends_with("<p>") && !top.contains("<h2"), "{page}");
    }
    let shown = stage.get("/push?saved=%3Cb%3E").await;
    assert!(!shown.body.contains(SAVED) && !shown.body.contains("<b>"));
}

/// The removal is confirmed in the section of its button, which says what to do next.
#[tokio::test]
async fn the_removal_of_the_push_is_confirmed_at_its_button() {
    let stage = Stage::set_up().await;
    let version = stage.api(Method::GET, "settings/push", json!(null)).await["version"].to_string();
    let removed = stage.post("/push/remove", &[("version", &version)]).await;
    let address = "/mounted/push?saved=switch#switch";
    assert_eq!(removed.location.as_deref(), Some(address));
    let shown = stage.get("/push?saved=switch").await.section("switch");
    assert!(shown.contains(SAVED), "{shown}");
}

#[tokio::test]
async fn what_switches_a_direction_on_is_a_switch() {
    let stage = Stage::set_up().await;
    let sync = stage.get("/push").await.section("sync");
    let assessments = stage.get("/assessments").await.section("enabled");
    for section in [&sync, &assessments] {
        let field = calls::part(section, "gh-check gh-switch", "</div>");
        assert!(
            field.contains("type=\"checkbox\" role=\"switch\""),
            "{field}"
        );
    }
    let options = calls::part(&sync, "name=\"gh-secret\"", "</form>");
    assert!(options.contains("type=\"checkbox\" name="), "{options}");
}
