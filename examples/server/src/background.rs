//! The background loops: one a service, on every machine, with no leader among them.

use std::{sync::Arc, time::Duration};

use greenhouse_core::{Background, Clock};
use tokio::{sync::watch, task::JoinHandle};

/// Runs a service's due work until `stop` turns true. A piece of work that has begun is finished first.
pub fn spawn(
    service: Arc<dyn Background>,
    clock: Arc<dyn Clock>,
    mut stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !*stop.borrow() {
            let wait = match service.run_due(BATCH).await {
                Ok(Some(next)) => (next - clock.now())
                    .to_std()
                    .unwrap_or(Duration::ZERO)
                    .clamp(SHORTEST_WAIT, LONGEST_WAIT),
                Ok(None) => LONGEST_WAIT,
                Err(error) => {
                    tracing::warn!(%error, "due work could not be asked for");
                    AFTER_AN_ERROR
                }
            };
            tokio::select! {
                () = clock.sleep(wait) => {}
                () = service.woken() => clock.sleep(TOGETHER).await,
                stopped = stop.changed() => if stopped.is_err() { break },
            }
        }
    })
}

const BATCH: usize = 16;

/// Work that stays due, since it cannot be settled, does not keep the machine busy.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);

/// What is caused at about the same time is claimed together: each claim is a commit of its own.
const TOGETHER: Duration = Duration::from_millis(5);

/// Another machine may cause work that this one is not told of.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
const AFTER_AN_ERROR: Duration = Duration::from_secs(1);
