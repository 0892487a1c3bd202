//! Runs background tasks: one supervised loop for each, without an async runtime.
//!
//! One future polls all loops. Each loop has its own waker, so that waking one loop does not poll
//! the others. A run that fails or panics is logged and retried after a wait. No loop ends before
//! the shutdown.

mod status;
mod supervised;

use std::sync::Arc;

use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{Either, select},
    pin_mut,
    stream::FuturesUnordered,
};

pub use self::status::{LoopStatus, Status};
use self::{status::Board, supervised::Supervised};
use crate::{Background, Clock};

/// Runs background tasks until the shutdown, and reports their state.
#[derive(Debug, Default)]
pub(crate) struct Runner {
    board: Board,
}

impl Runner {
    /// Runs one loop per task until `shutdown` completes. Then calls `stop` and waits up to `grace`
    /// for runs in progress to finish. Returns `false` immediately if already running.
    pub(crate) async fn run(
        &self,
        background: Vec<Arc<dyn Background>>,
        clock: &Arc<dyn Clock>,
        shutdown: impl Future<Output = ()>,
        stop: impl FnOnce(),
        grace: std::time::Duration,
    ) -> bool {
        let names = background.iter().map(|each| each.name());
        // Marks every loop as not running when this future ends or is dropped.
        let Some(_running) = self.board.start(names) else {
            return false;
        };
        let stopped = async {
            shutdown.await;
            self.board.stop();
            stop();
        };
        let stopped = stopped.shared();
        let loops: FuturesUnordered<_> = background
            .into_iter()
            .enumerate()
            .map(|(place, each)| {
                Supervised::new(each, clock, self.board.loop_at(place)).run(stopped.clone())
            })
            .collect();
        let joined = loops.collect::<()>();
        let ended = stopped.clone().then(|()| async {
            clock.sleep(grace).await;
        });
        pin_mut!(joined, ended);
        if let Either::Right(_) = select(joined, ended).await {
            tracing::warn!(?grace, "background tasks did not finish in time");
        }
        // If there are no loops, nothing has waited for the shutdown yet.
        stopped.await;
        true
    }

    /// Returns the state of the loops.
    pub(crate) fn status(&self) -> Status {
        self.board.status()
    }
}

#[cfg(test)]
mod tests;
