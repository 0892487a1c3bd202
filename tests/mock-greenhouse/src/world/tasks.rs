use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

/// Background work: result requests, webhook deliveries, and tests of stage transition rules.
#[derive(Debug)]
pub(crate) struct Tasks {
    /// `None` once the mock has stopped, so that no task outlives it.
    set: Mutex<Option<JoinSet<()>>>,
    running: watch::Sender<usize>,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            set: Mutex::new(Some(JoinSet::new())),
            running: watch::Sender::new(0),
        }
    }

    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let running = Running::begin(self.running.clone());
        self.spawn_waiting(async move {
            let _running = running;
            work.await;
        });
    }

    /// Spawns work that waits for the mock's clock or for a caller. [`settle`](Self::settle) does
    /// not wait for this work, which ends with the mock.
    pub(crate) fn spawn_waiting(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(set) = set.as_mut() {
            while set.try_join_next().is_some() {}
            set.spawn(work);
        }
    }

    /// Waits up to `limit` until no work is running. Returns `true` if no work is running.
    pub(crate) async fn settle(&self, limit: Duration) -> bool {
        let mut running = self.running.subscribe();
        tokio::time::timeout(limit, running.wait_for(|running| *running == 0))
            .await
            .is_ok()
    }

    /// Aborts all work permanently. A request in progress can start no more work.
    pub(crate) fn end(&self) {
        let ended = self
            .set
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(ended);
    }
}

/// Counts one task from its creation until it ends or is aborted.
struct Running(watch::Sender<usize>);

impl Running {
    fn begin(running: watch::Sender<usize>) -> Self {
        running.send_modify(|running| *running += 1);
        Self(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0
            .send_modify(|running| *running = running.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_task_starts_after_the_end() {
        let tasks = Tasks::new();
        let (held, released) = tokio::sync::oneshot::channel::<()>();
        tasks.end();
        tasks.spawn(async move {
            std::future::pending::<()>().await;
            drop(held);
        });
        assert!(tasks.settle(Duration::from_secs(5)).await);
        assert!(released.await.is_err());
    }
}
