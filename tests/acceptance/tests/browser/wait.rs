//! Waiting for a condition, with a deadline.

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// Waits until `condition` returns `true`, for at most [`PATIENCE`].
pub(crate) async fn until(what: &str, condition: impl AsyncFnMut() -> bool) {
    if let Err(late) = try_until(what, condition).await {
        panic!("{late}");
    }
}

/// Like [`until`], but returns an error if the condition is not met in time.
pub(crate) async fn try_until(
    what: &str,
    condition: impl AsyncFnMut() -> bool,
) -> Result<(), String> {
    try_for(PATIENCE, what, condition).await
}

/// Like [`try_until`], but with another longest wait.
pub(crate) async fn try_for(
    patience: Duration,
    what: &str,
    mut condition: impl AsyncFnMut() -> bool,
) -> Result<(), String> {
    let polls = async {
        while !condition().await {
            sleep(INTERVAL).await;
        }
    };
    let late = |_| format!("waited {} s for {what}", patience.as_secs());
    timeout(patience, polls).await.map_err(late)
}

/// Longest wait for a condition.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
const INTERVAL: Duration = Duration::from_millis(20);
