use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Background, Clock,
    store::{Housekeeping, StoreError, StoreErrorKind},
};

/// Seals everything in the store again after a change of its key, once after the start.
///
/// Once only: while a change of the key goes from host to host, two hosts have different first keys,
/// and neither must undo the work of the other for ever.
#[derive(Debug)]
pub(super) struct Resealing {
    store: Arc<dyn Housekeeping>,
    clock: Arc<dyn Clock>,
    sealed: AtomicUsize,
    ended: AtomicBool,
}

impl Resealing {
    pub(super) fn new(store: Arc<dyn Housekeeping>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            sealed: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        }
    }
}

#[async_trait]
impl Background for Resealing {
    fn name(&self) -> &'static str {
        "resealing"
    }

    async fn run_due(&self, _: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        if self.ended.load(Ordering::Relaxed) {
            return Ok(None);
        }
        // If another host holds what is left, that is an error too, and the run is repeated.
        let rows = match self.store.reseal(STEP).await {
            Err(error) if error.kind() == StoreErrorKind::Corrupt => {
                tracing::error!(%error, "not everything can be sealed with the first master key");
                self.ended.store(true, Ordering::Relaxed);
                return Ok(None);
            }
            rows => rows?,
        };
        let before = self.sealed.fetch_add(rows, Ordering::Relaxed);
        if rows > 0 {
            return Ok(Some(self.clock.now()));
        }
        self.ended.store(true, Ordering::Relaxed);
        if before > 0 {
            tracing::info!(
                rows = before,
                "everything is sealed with the first master key"
            );
        }
        Ok(None)
    }

    async fn woken(&self) {
        pending().await
    }
}

/// Rows in one short commit.
const STEP: usize = 256;
