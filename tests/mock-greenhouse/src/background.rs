//! Work that becomes due as time passes.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::assessment;
use crate::webhooks;
use crate::world::World;

/// Task that does due work every 500 ms while the clock runs. While the clock is held, the test
/// decides when due work is done. The task is aborted on drop.
#[derive(Debug)]
pub(crate) struct Background(JoinHandle<()>);

impl Background {
    pub(crate) fn start(world: &Arc<World>) -> Self {
        Self(tokio::spawn(run(Arc::downgrade(world))))
    }

    pub(crate) async fn stop(mut self) {
        self.0.abort();
        let _ = (&mut self.0).await;
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn run(world: Weak<World>) {
    loop {
        tokio::time::sleep(TICK).await;
        let Some(world) = world.upgrade() else { return };
        if !world.config.clock.is_held() {
            do_due(&world).await;
        }
    }
}

/// Does all due work: webhook retries and status requests.
pub(crate) async fn do_due(world: &Arc<World>) {
    webhooks::deliver_due(world).await;
    assessment::poll_due(world).await;
}

const TICK: Duration = Duration::from_millis(500);
