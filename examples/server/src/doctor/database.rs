//! Checks of the databases.

use std::{path::Path, sync::Arc, time::Duration};

use greenhouse_core::{
    ClockOffset, chain,
    clock_watch::{self, OtherClock},
    store::Housekeeping as _,
    within,
};
use sqlx_store::{OpenError, SqlxStore};

use super::{DATABASE_DEADLINE, Finding, clock, codes, texts};
use crate::{Config, HostEnvironment, metrics::is_disk_full_error};

/// Adds the findings of the database, and returns the store if it can be read.
pub(super) async fn check(
    config: &Config,
    environment: &HostEnvironment,
    findings: &mut Vec<Finding>,
) -> Option<Arc<SqlxStore>> {
    let address = config.database.expose();
    let mut options = config.store_options();
    options.lock_timeout = LOCK_TIMEOUT;
    options.statement_timeout = STATEMENT_TIMEOUT;
    findings.extend(disk(address));
    let open = SqlxStore::open_read_only(address, config.master_keys.clone(), options.clone());
    let store = match within(&*environment.clock, DATABASE_DEADLINE, open).await {
        Some(Ok(store)) => store,
        Some(Err(error)) => {
            findings.push(unusable(&error, config));
            return None;
        }
        None => {
            findings.push(texts::database_time(DATABASE_DEADLINE.as_secs()));
            return None;
        }
    };
    let probe = SqlxStore::has_free_write_lock(address, options);
    let probe = within(&*environment.clock, DATABASE_DEADLINE, probe).await;
    findings.push(match probe {
        Some(Ok(true)) => texts::database_ok(),
        Some(Ok(false)) => texts::database_lock(LOCK_TIMEOUT.as_secs()),
        Some(Err(error)) => unusable(&error, config),
        None => texts::database_time(DATABASE_DEADLINE.as_secs()),
    });
    Some(Arc::new(store))
}

/// Returns a finding if the disk is full. A missing file is reported when the database is opened.
fn disk(address: &str) -> Option<Finding> {
    let free = SqlxStore::free_space(address).ok()??;
    (free < MIN_FREE_BYTES).then(|| texts::database_disk(free, MIN_FREE_BYTES))
}

/// Checks that the demo product's database file exists.
pub(super) fn product(config: &Config) -> Finding {
    let path = Path::new(&config.product_database);
    if path.try_exists().is_ok_and(|exists| !exists) {
        return texts::product_database();
    }
    texts::product_database_ok()
}

/// Compares the host's clock with that of the database server, or with the last time that retention
/// accepted if the database is a file. `None` if there is nothing to report.
pub(super) async fn clock(store: &SqlxStore, environment: &HostEnvironment) -> Option<Finding> {
    let sent_at = environment.clock.now();
    let time = within(&*environment.clock, DATABASE_DEADLINE, store.time()).await?;
    let received_at = environment.clock.now();
    if let Some(time) = time.ok()? {
        let offset = ClockOffset::exact(time, sent_at, received_at);
        let other = OtherClock::Store.as_str();
        return Some(clock::finding(codes::DATABASE_CLOCK, other, offset));
    }
    let accepted = within(
        &*environment.clock,
        DATABASE_DEADLINE,
        store.accepted_time(),
    );
    let accepted = accepted.await?.ok()??;
    clock_watch::jump(accepted, received_at).map(|_| texts::clock_unconfirmed(accepted))
}

fn unusable(error: &OpenError, config: &Config) -> Finding {
    match error {
        OpenError::Address(_) => texts::database_address(error),
        OpenError::Schema(_) => texts::database_schema(error),
        OpenError::Missing => texts::database_missing(),
        OpenError::OlderSchema { .. } => texts::schema_older(error),
        OpenError::NewerSchema { .. } => texts::schema_newer(error),
        OpenError::AnotherProgram { .. } => texts::database_shared(),
        OpenError::Open(_) | OpenError::Migrate(_)
            if is_disk_full_error(&chain(error).to_string()) =>
        {
            texts::database_disk_error(error)
        }
        OpenError::Migrate(_) => texts::schema_other(error),
        OpenError::MissingKey { key } => {
            let ids = config.master_keys.key_ids();
            let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
            texts::master_key(key, &ids)
        }
        _ => texts::database(error),
    }
}

/// Free space in bytes below which the disk is reported as full. Small writes may still succeed.
const MIN_FREE_BYTES: u64 = 16 * 1024 * 1024;
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
