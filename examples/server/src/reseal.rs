//! Sealing anew: after a rotation, everything in the database is to be sealed with the first master key.

use std::{
    future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    Background, Clock,
    store::{StoreError, StoreErrorKind},
};
use sqlx_store::SqlxStore;

/// Seals everything anew in bounded steps, and tells `progress` after each how many rows were done so far.
///
/// Answers how many that were. Any number of hosts may do so at once, and serve meanwhile.
///
/// # Errors
///
/// [`StoreError`]; what was done until then stays done. It is unavailable also where another host is at what is left: then it
/// is to be called again.
pub async fn reseal(
    store: &SqlxStore,
    mut progress: impl FnMut(usize),
) -> Result<usize, StoreError> {
    let mut done: usize = 0;
    loop {
        match store.reseal(STEP).await? {
            0 => return Ok(done),
            rows => {
                done = done.saturating_add(rows);
                progress(done);
            }
        }
    }
}

/// Seals everything anew once after the start, beside everything else.
///
/// Once only: while a rotation goes from host to host, two of them have another key first, and neither is to undo for ever
/// what the other did.
#[derive(Debug)]
pub(crate) struct Resealing {
    store: Arc<SqlxStore>,
    clock: Arc<dyn Clock>,
    sealed: AtomicUsize,
    ended: AtomicBool,
}

impl Resealing {
    pub(crate) fn new(store: Arc<SqlxStore>, clock: Arc<dyn Clock>) -> Self {
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

    async fn run_due(&self, _limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        if self.ended.load(Ordering::Relaxed) {
            return Ok(None);
        }
        // Where another host is at what is left, that is an error, too, and the loop asks again.
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
        future::pending().await
    }
}

/// Rows in one short commit.
const STEP: usize = 256;
