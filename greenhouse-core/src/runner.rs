//! Runs background tasks: one supervised loop for each, without an async runtime.
//!
//! All loops are polled by one future. Each loop has a waker of its own, so that a loop that makes
//! progress does not poll the others. A run that fails or panics is logged and repeated after a
//! wait. No loop ends before the shutdown.

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

/// Runs background tasks until the shutdown, and tells how they are doing.
#[derive(Debug, Default)]
pub(crate) struct Runner {
    board: Board,
}

impl Runner {
    /// Runs one loop for each of these until `shutdown` returns. Then `stop` is called, and the runs
    /// that have begun are given `grace` to finish. Returns `false` at once if it is running already.
    pub(crate) async fn run(
        &self,
        background: Vec<Arc<dyn Background>>,
        clock: &Arc<dyn Clock>,
        shutdown: impl Future<Output = ()>,
        stop: impl FnOnce(),
        grace: std::time::Duration,
    ) -> bool {
        let names = background.iter().map(|each| each.name());
        // Marks every loop as not running when it is dropped, however this future ends.
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
        // Without any loop, nothing has waited for it yet.
        stopped.await;
        true
    }

    /// State of the loops.
    pub(crate) fn status(&self) -> Status {
        self.board.status()
    }
}

#[cfg(test)]
mod tests;
