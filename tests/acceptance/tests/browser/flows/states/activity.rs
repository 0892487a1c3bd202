//! Many failed pushes.

use mock_greenhouse::{Fault, FaultKind};

use super::at_push;
use crate::page::Page;

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
