//! Many failed pushes, and pushes that wait.

use mock_greenhouse::{Fault, FaultKind};

use super::at_push;
use crate::{page::Page, wait};

/// All failed pushes are retried with one button.
pub(super) async fn retry_all(page: Page) {
    let (person, stage) = at_push(&page).await;
    let (status, applied) = (422, false);
    let refused = FaultKind::Status { status, applied };
    let refused = Fault::new("POST", "/v3/candidates", refused).next(3);
    stage.greenhouse().add_fault(refused);
    let mut failed = Vec::new();
    for first in ["Omar", "Tess", "Jonas"] {
        let assessment = stage.completed(first, "Said", 90.0).await;
        let entry = stage.settled(&assessment).await;
        assert_eq!(entry["status"], "failed", "{entry}");
        failed.push(assessment);
    }
    person.open("Activity").await;
    page.wait_for_text("3 operations have failed.").await;
    person.whole().submit("button", "Retry all failed").await;
    assert!(person.sees("3 operations were queued again.").await);
    for assessment in &failed {
        let entry = stage.settled(assessment).await;
        assert_eq!(entry["status"], "done", "{entry}");
    }
    // The banner is loaded again while the page is open.
    let is_gone = async || {
        let text = page.text().await;
        !text.contains("have failed") && !text.contains("waiting.")
    };
    page.wait_for("the page without the banner", is_gone).await;
    person.open("Activity").await;
    assert!(!page.has("button", "Retry all failed").await);
    stage.stop().await;
}

/// The rows of waiting pushes show their end without a reload. The focus stays, and the page asks
/// for no rows after all are final.
pub(super) async fn pending_rows(page: Page) {
    let (person, stage) = at_push(&page).await;
    let (status, applied) = (503, false);
    let down = FaultKind::Status { status, applied };
    let down = Fault::new("GET", "/v3/candidates", down).every();
    let down = stage.greenhouse().add_fault(down);
    let assessment = stage.completed("Omar", "Said", 90.0).await;
    wait::until("the waiting push", async || {
        let push = stage.ask("GET", &format!("push/{assessment}"), None).await;
        push.1["state"] == "waiting"
    })
    .await;
    person.open("Activity").await;
    page.wait_until("the waiting row", &row_contains("Waiting"))
        .await;
    page.js(FOCUS, vec![]).await;

    assert!(stage.greenhouse().remove_fault(down));
    stage.ask("POST", &format!("push/{assessment}"), None).await;
    let entry = stage.settled(&assessment).await;
    assert_eq!(entry["status"], "done", "{entry}");
    page.wait_until("the row of the end", &row_contains("Done"))
        .await;
    let text = entry["text"].as_str().unwrap();
    page.wait_until("the text of the end", &row_contains(text))
        .await;
    assert_eq!(page.focus().await, format!("link \"{text}\""));
    page.screenshot("done").await;
    let asked = page.js(ASKED, vec![]).await;
    assert!(asked.as_u64().unwrap() > 0, "{asked}");
    tokio::time::sleep(std::time::Duration::from_secs(7)).await;
    assert_eq!(page.js(ASKED, vec![]).await, asked, "all rows are final");
    stage.stop().await;
}

fn row_contains(text: &str) -> String {
    let text = serde_json::Value::from(text);
    format!("return document.querySelector('[data-row]').innerText.includes({text})")
}

const FOCUS: &str = "document.querySelector('[data-row] a[data-drawer]').focus()";
/// Number of requests for rows.
const ASKED: &str = "
    const loaded = performance.getEntriesByType('resource');
    return loaded.filter(({ name }) => name.includes('/activity/rows')).length;
";
