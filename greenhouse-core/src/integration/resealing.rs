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
    Background, Clock, chain,
    store::{Housekeeping, StoreError, StoreErrorKind},
};

/// Reseals all rows with the first master key, once after startup.
///
/// Runs only once because, during a key change, two hosts may have different first keys and would
/// otherwise keep undoing each other's work.
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
        // If another host has locked the remaining rows, the run also fails and is retried.
        let rows = match self.store.reseal(STEP).await {
            Err(error) if error.kind() == StoreErrorKind::Corrupt => {
                tracing::error!(error = %chain(&error), "rows could not be resealed: no master key unseals them; add the previous master key and restart");
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
                "all rows are sealed with the first master key"
            );
        }
        Ok(None)
    }

    async fn woken(&self) {
        pending().await
    }
}

/// Maximum number of rows per commit.
const STEP: usize = 256;
