use std::{fmt, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use greenhouse_core::{
    Background,
    parking::supervise,
    store::{Claim, ClaimedTask, StoreError, Task, TaskKind},
};

use super::step;
use crate::PushService;

/// Background task that continues the running backfills of all accounts. The pushes themselves are
/// run by [`PushService`].
pub(super) struct BackfillWorker {
    push: Arc<PushService>,
}

impl BackfillWorker {
    pub(super) fn new(push: Arc<PushService>) -> Self {
        Self { push }
    }

    async fn run(&self, task: &ClaimedTask) -> Result<(), StoreError> {
        let engine = &self.push.engine;
        let Task::Backfill { start } = task.task else {
            return Ok(());
        };
        let clock = engine.ports.clock().as_ref();
        let step = step::run(&self.push, task, start);
        supervise(engine.store(), clock, &[task], step).await
    }
}

#[async_trait]
impl Background for BackfillWorker {
    fn name(&self) -> &'static str {
        "backfill"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        let engine = &self.push.engine;
        if engine.is_stopping() {
            return Ok(None);
        }
        let limit = limit.clamp(1, engine.config.at_once);
        let claim = Claim::new(&KINDS, engine.now(), engine.config.lease, limit);
        let tasks = engine.store().claim_due(&claim).await?;
        let done = join_all(tasks.iter().map(|task| self.run(task))).await;
        done.into_iter().collect::<Result<(), _>>()?;
        engine.store().next_due(&KINDS).await
    }

    async fn woken(&self) {
        self.push.backfill_queued.notified().await;
    }
}

impl fmt::Debug for BackfillWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackfillWorker").finish_non_exhaustive()
    }
}

const KINDS: [TaskKind; 1] = [TaskKind::Backfill];
