//! Second part of the story: candidates are assessed and pushed, pushes fail and wait, and
//! Greenhouse reports a rejection.

use fantoccini::key::Key;
use mock_greenhouse::{Fault, FaultKind};
use serde_json::{Value, json};

use super::{
    person::{Hand, Person},
    set_up::done_steps,
};
use crate::{stage::Stage, wait};

/// Greenhouse sends a candidate, who is assessed. The steps in Greenhouse are then done.
pub(super) async fn assess(person: &Person, stage: &Stage) {
    let sent = stage.send_test("discovery-call").await;
    let invited = sent.partner_interview_id.unwrap();
    let mut assessment = String::new();
    wait::until("the invitation", async || {
        let all = stage.ask("GET", "/product/assessments", None).await.1;
        let mut all = all.as_array().unwrap().iter();
        let own = all.find(|one| one["invitation"] == *invited);
        assessment = own.map_or_else(String::new, id_of);
        own.is_some()
    })
    .await;
    stage.complete(&assessment, 82.5).await;
    wait::until("the completion notice", async || {
        let test = stage.demo().take_home(&invited).unwrap();
        test.opened_link.is_some()
    })
    .await;
    wait_for_entry(stage, "the entry of the notice", |entry| {
        entry["subject"] == "notice" && entry["status"] == "done"
    })
    .await;
    person.open("Assessments").await;
    let all = [
        "key",
        "register",
        "hand-over",
        "credential",
        "stage",
        "test",
        "send",
        "completion",
    ];
    assert_eq!(done_steps(person).await, all);
}

fn id_of(assessment: &Value) -> String {
    assessment["id"].as_str().unwrap().to_owned()
}

/// An assessment below the minimum of the trigger is pushed with the button of its page.
pub(super) async fn push_by_button(person: &Person, stage: &Stage) {
    let assessment = stage.completed("Ada", "Brandt", 40.0).await;
    person
        .page
        .goto(stage.url(&format!("/console/button/{assessment}")))
        .await;
    person.whole().submit("button", "Push to Greenhouse").await;
    person.see("In Greenhouse").await;
    let entry = stage.settled(&assessment).await;
    assert_eq!(entry["status"], "done", "{entry}");
}

/// A push that Greenhouse refused is seen with its reason, and retried.
pub(super) async fn retry_a_failed_push(person: &Person, stage: &Stage) {
    stage.fail_next("POST", "/v3/candidates", 422);
    let assessment = stage.completed("Lena", "Vogt", 91.0).await;
    let entry = stage.settled(&assessment).await;
    assert_eq!(entry["status"], "failed", "{entry}");

    open_activity(person, stage).await;
    person.see("1 operation has failed.").await;
    person.whole().submit("link", "Show failed entries").await;
    let text = entry["text"].as_str().unwrap();
    let row = person.page.js(ROW, vec![json!(assessment)]).await;
    let row = row.as_str().unwrap();
    assert!(row.contains("Failed") && row.contains(text), "{row}");
    let open = person.whole();
    if person.has_scripts {
        open.press("link", text).await;
        let drawer = person.part("dialog", text);
        drawer.shows("Steps of the push").await;
        person.assert_focus_at("dialog *").await;
        drawer.press("button", "Retry").await;
        drawer.shows("Done.").await;
        match person.hand {
            Hand::Keyboard => person.page.press(Key::Escape).await,
            Hand::Mouse => drawer.press("button", "Close").await,
        }
        person.page.wait_gone("dialog", text).await;
        person.assert_focus_at("a[data-drawer]").await;
        let is_done =
            format!("return document.querySelector('[data-row]').innerText.includes('{DONE}')");
        person.page.wait_until("the row of the end", &is_done).await;
    } else {
        open.submit("link", text).await;
        assert!(person.sees("Steps of the push").await);
        open.submit("button", "Retry").await;
        person.see("Done.").await;
    }
    let entry = stage.settled(&assessment).await;
    assert_eq!(entry["status"], "done", "{entry}");
    open_activity(person, stage).await;
    assert!(!person.sees("has failed").await);
}

/// Three pushes wait while Greenhouse is unavailable, and are continued afterwards.
pub(super) async fn resume_waiting_pushes(person: &Person, stage: &Stage) {
    let (status, applied) = (503, false);
    let down = FaultKind::Status { status, applied };
    let down = Fault::new("GET", "/v3/candidates", down).every();
    let down = stage.greenhouse().add_fault(down);
    let mut waiting = Vec::new();
    for (first, last) in [("Omar", "Said"), ("Tess", "Moreau"), ("Jonas", "Lindqvist")] {
        waiting.push(stage.completed(first, last, 77.0).await);
    }
    for assessment in &waiting {
        wait::until("a waiting push", async || {
            state_of(stage, assessment).await == "waiting"
        })
        .await;
    }
    open_activity(person, stage).await;
    person.see("3 operations are waiting.").await;
    person.whole().submit("link", "Show waiting entries").await;
    for assessment in &waiting {
        let row = person.page.js(ROW, vec![json!(assessment)]).await;
        assert!(row.as_str().unwrap().contains("Waiting"), "{row}");
    }

    assert!(stage.greenhouse().remove_fault(down));
    for assessment in &waiting {
        person
            .page
            .goto(stage.url(&format!("/console/button/{assessment}")))
            .await;
        if state_of(stage, assessment).await == "waiting" {
            assert!(person.sees("Waiting: ").await);
            person.whole().submit("button", "Try now").await;
        }
        person.see("In Greenhouse").await;
    }
    open_activity(person, stage).await;
    assert!(!person.sees("waiting.").await);
}

/// A rejection in Greenhouse appears in the activity.
pub(super) async fn see_a_rejection(person: &Person, stage: &Stage) {
    let pushed = stage.log("?status=done&direction=to_greenhouse").await;
    let pushed = pushed
        .iter()
        .find_map(|entry| entry["application"].as_i64());
    stage.greenhouse().reject(pushed.unwrap()).await.unwrap();
    let is_rejection = |entry: &Value| {
        let text = entry["text"].as_str().unwrap_or_default();
        entry["direction"] == "from_greenhouse" && text.contains("rejected")
    };
    wait_for_entry(stage, "the rejection", is_rejection).await;
    open_activity(person, stage).await;
    // The stage is added to the text of the entry later.
    let text = json!("The application was rejected in Greenhouse.");
    let row = person.page.js(ROW, vec![text]).await;
    let row = row.as_str().unwrap();
    assert!(
        row.contains("From Greenhouse") && row.contains("Done"),
        "{row}"
    );
}

/// Waits for an entry of the sync log.
async fn wait_for_entry(stage: &Stage, what: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
    let mut found = None;
    wait::until(what, async || {
        found = stage.log("").await.into_iter().find(&is_wanted);
        found.is_some()
    })
    .await;
    found.unwrap()
}

/// Opens the activity. The page of a button has no tabs.
async fn open_activity(person: &Person, stage: &Stage) {
    if person.page.has("navigation", "Settings").await {
        person.open("Activity").await;
    } else {
        person.page.goto(stage.url("/console/activity")).await;
    }
}

async fn state_of(stage: &Stage, assessment: &str) -> String {
    let push = stage
        .ask("GET", &format!("push/{assessment}"), None)
        .await
        .1;
    push["state"].as_str().unwrap_or_default().to_owned()
}

/// Word of a final row.
const DONE: &str = "Done";
/// Text of the newest row of the log that contains a text.
const ROW: &str = "
    const rows = [...document.querySelectorAll('[data-entry]')];
    return rows.find((row) => row.innerText.includes(arguments[0]))?.innerText ?? '';
";
