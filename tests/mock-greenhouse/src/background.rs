//! What Greenhouse does because time has passed.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::assessment;
use crate::webhooks;
use crate::world::World;

/// Looks now and then for what has become due, as long as the clock runs. On a held clock nothing is done by itself: the test says
/// when. Ends when it is dropped.
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

/// Does what has become due.
pub(crate) async fn do_due(world: &Arc<World>) {
    webhooks::deliver_due(world).await;
    assessment::poll_due(world).await;
}

const TICK: Duration = Duration::from_millis(500);
