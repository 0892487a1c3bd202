//! Whether the databases can be used as they are.

use std::{path::Path, sync::Arc, time::Duration};

use greenhouse_core::{chain, within};
use sqlx_store::{OpenError, SqlxStore};

use super::{Finding, PATIENCE, about, clock};
use crate::{Config, HostEnvironment, Program, metrics::is_disk_full_error};

/// The store, where it can be read.
pub(super) async fn look(
    config: &Config,
    outside: &HostEnvironment,
    findings: &mut Vec<Finding>,
) -> Option<Arc<SqlxStore>> {
    let address = config.database.expose();
    let mut options = config.store_options();
    options.lock_timeout = LOCK_TIMEOUT;
    options.statement_timeout = STATEMENT_TIMEOUT;
    findings.extend(disk(address));
    let opening = SqlxStore::open_read_only(address, config.master_keys.clone(), options.clone());
    let store = match within(&*outside.clock, PATIENCE, opening).await {
        Some(Ok(store)) => store,
        Some(Err(error)) => {
            findings.push(unusable(&error, config));
            return None;
        }
        None => {
            findings.push(too_slow());
            return None;
        }
    };
    let probe = SqlxStore::has_free_write_lock(address, options);
    findings.push(match within(&*outside.clock, PATIENCE, probe).await {
        Some(Ok(true)) => Finding::ok(
            about::DATABASE,
            "It opens, its schema is the one that is needed, and the master keys that it needs are given.",
        ),
        Some(Ok(false)) => Finding::problem(
            about::DATABASE_LOCK,
            format!(
                "Somebody has been writing to the file for more than {} seconds, and nobody else can.",
                LOCK_TIMEOUT.as_secs()
            ),
            "End the program that holds it, such as a shell with an open transaction or a copy that is being made: `fuser` \
             and `lsof` name it.",
        ),
        Some(Err(error)) => unusable(&error, config),
        None => too_slow(),
    });
    Some(Arc::new(store))
}

/// The finding of a full disk. What keeps the file from being found is told by opening it.
fn disk(address: &str) -> Option<Finding> {
    let free = SqlxStore::free_space(address).ok()??;
    (free < LEAST_SPACE).then(|| {
        full_disk(format!(
            "The disk of the file is full: {} KiB are free, and a host needs {} KiB.",
            free / 1024,
            LEAST_SPACE / 1024
        ))
    })
}

fn full_disk(text: String) -> Finding {
    Finding::problem(
        about::DATABASE_DISK,
        text,
        "Free space on the disk of database (GREENHOUSE_DATABASE), or move the database to a larger one. Hosts that run go \
         on by themselves: what they could not store was not acknowledged, and is sent again.",
    )
}

/// Whether the file of the stand-in for the product is there.
pub(super) fn product(config: &Config) -> Finding {
    let path = Path::new(&config.product_database);
    if path.try_exists().is_ok_and(|there| !there) {
        let program = Program::this();
        return Finding::warning(
            about::PRODUCT_DATABASE,
            "There is no such file, so that nothing is known of the scenarios and jobs of the product.",
            format!(
                "Check product_database (GREENHOUSE_PRODUCT_DATABASE), which is relative to the folder that the host is \
                 started in. `{program} accounts apply` makes the file, with the scenarios and jobs of its accounts file."
            ),
        );
    }
    Finding::ok(about::PRODUCT_DATABASE, "The file is there.")
}

/// How the clock of this host stands to that of the database.
pub(super) async fn clock(store: &SqlxStore, outside: &HostEnvironment) -> Option<Finding> {
    let sent_at = outside.clock.now();
    let told = within(&*outside.clock, PATIENCE, store.server_time()).await?;
    let received_at = outside.clock.now();
    let time = told.ok()??;
    let offset = clock::Offset::exact(time, sent_at, received_at);
    Some(clock::finding(
        about::DATABASE_CLOCK,
        "the server of the database",
        offset,
    ))
}

fn unusable(error: &OpenError, config: &Config) -> Finding {
    let program = Program::this();
    let newer = "Run the version of the host that wrote it, or restore a backup of before.";
    let text = format!("{}.", chain(error));
    match error {
        OpenError::Address(_) => Finding::problem(
            about::DATABASE_ADDRESS,
            text,
            "Set database (GREENHOUSE_DATABASE) to a path, a sqlite: URL or a postgres: URL.",
        ),
        OpenError::Schema(_) => Finding::problem(
            about::DATABASE_SCHEMA,
            text,
            "Correct or remove database_schema (GREENHOUSE_DATABASE_SCHEMA).",
        ),
        OpenError::Missing => Finding::problem(
            about::DATABASE_MISSING,
            text,
            format!(
                "Check database (GREENHOUSE_DATABASE), which is relative to the folder that the host is started in. Where \
                 there is none yet, `{program} accounts apply` makes it, with the accounts of its file."
            ),
        ),
        OpenError::OlderSchema { .. } => Finding::problem(
            about::SCHEMA_OLDER,
            text,
            format!(
                "Make a backup, stop every host of an older version, and start this one: `{program} serve` brings the \
                 schema up to date first, and so does every other command but this one, such as `{program} accounts list`."
            ),
        ),
        OpenError::NewerSchema { .. } => Finding::problem(about::SCHEMA_NEWER, text, newer),
        OpenError::AnotherProgram { .. } => Finding::problem(
            about::DATABASE_SHARED,
            text,
            "Set database (GREENHOUSE_DATABASE) to a file of its own, or to a PostgreSQL database that has no tables of these names.",
        ),
        OpenError::Open(_) | OpenError::Migrate(_) if is_disk_full_error(&text) => full_disk(text),
        OpenError::Migrate(_) => Finding::problem(about::SCHEMA_OTHER, text, newer),
        OpenError::MissingKey { key } => {
            let given: Vec<_> = config
                .master_keys
                .key_ids()
                .map(|id| id.to_string())
                .collect();
            Finding::problem(
                about::MASTER_KEY,
                format!(
                    "The database needs master key {key}, which master_keys does not hold; it holds {}.",
                    given.join(", ")
                ),
                "Add it to master_keys (GREENHOUSE_MASTER_KEYS), behind the first one.",
            )
        }
        _ => Finding::problem(
            about::DATABASE,
            text,
            "Check database (GREENHOUSE_DATABASE): that the path or the server is the right one, that the server runs, and \
             that this user may read and write there.",
        ),
    }
}

fn too_slow() -> Finding {
    Finding::problem(
        about::DATABASE_TIME,
        format!("It gave no answer within {} seconds.", PATIENCE.as_secs()),
        "See that the server of the database runs, that this host reaches it, and that it has connections and disk left.",
    )
}

/// A host stores with less, but not for long.
const LEAST_SPACE: u64 = 16 * 1024 * 1024;
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
