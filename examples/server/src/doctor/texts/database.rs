//! Findings about the databases.

use std::{error::Error, fmt::Display};

use super::sentence;
use crate::{
    Program,
    doctor::{Finding, codes},
};

pub(in crate::doctor) fn database_ok() -> Finding {
    Finding::ok(
        codes::DATABASE,
        "The database is available, with the current schema and all master keys.",
    )
}

pub(in crate::doctor) fn database(error: &(dyn Error + 'static)) -> Finding {
    Finding::problem(
        codes::DATABASE,
        sentence(error),
        "Check that database (GREENHOUSE_DATABASE) is the right path or server, that the server is running, and that \
         this user may read and write there.",
    )
}

pub(in crate::doctor) fn database_address(error: &(dyn Error + 'static)) -> Finding {
    Finding::problem(
        codes::DATABASE_ADDRESS,
        sentence(error),
        "Set database (GREENHOUSE_DATABASE) to a path, a sqlite: URL or a postgres: URL.",
    )
}

pub(in crate::doctor) fn database_schema(error: &(dyn Error + 'static)) -> Finding {
    Finding::problem(
        codes::DATABASE_SCHEMA,
        sentence(error),
        "Correct or remove database_schema (GREENHOUSE_DATABASE_SCHEMA).",
    )
}

pub(in crate::doctor) fn database_missing() -> Finding {
    let program = Program::this();
    Finding::problem(
        codes::DATABASE_MISSING,
        "The database file does not exist.",
        format!(
            "Check database (GREENHOUSE_DATABASE). A relative path is resolved from the working directory of the host. To create \
             the file, run `{program} accounts apply ACCOUNTS`."
        ),
    )
}

pub(in crate::doctor) fn database_time(seconds: u64) -> Finding {
    Finding::problem(
        codes::DATABASE_TIME,
        format!("The database did not answer within {seconds} seconds."),
        "Check that the database server is running and reachable from this host, and that it has free connections and \
         disk space.",
    )
}

pub(in crate::doctor) fn database_lock(seconds: u64) -> Finding {
    Finding::problem(
        codes::DATABASE_LOCK,
        format!("Another program has locked the database file for more than {seconds} seconds."),
        "End that program, for example a shell with an open transaction or a running backup. `fuser` and `lsof` show \
         its process.",
    )
}

pub(in crate::doctor) fn database_disk(free: u64, needed: u64) -> Finding {
    disk_full(format!(
        "The disk of the database file is full: {} KiB are free, and a host needs {} KiB.",
        free / 1024,
        needed / 1024
    ))
}

pub(in crate::doctor) fn database_disk_error(error: &(dyn Error + 'static)) -> Finding {
    disk_full(sentence(error))
}

fn disk_full(text: String) -> Finding {
    Finding::problem(
        codes::DATABASE_DISK,
        text,
        "Free space on the disk of database (GREENHOUSE_DATABASE), or move the database to a larger one. Running hosts \
         then recover, and Greenhouse sends unacknowledged webhooks again.",
    )
}

pub(in crate::doctor) fn database_shared() -> Finding {
    Finding::problem(
        codes::DATABASE_SHARED,
        "The database contains tables of another program.",
        "Set database (GREENHOUSE_DATABASE) to a separate file, or to a PostgreSQL database or schema without tables of \
         the same names.",
    )
}

pub(in crate::doctor) fn schema_older(error: &(dyn Error + 'static)) -> Finding {
    let program = Program::this();
    Finding::problem(
        codes::SCHEMA_OLDER,
        sentence(error),
        format!(
            "Make a backup, then start this version with `{program} serve`, which migrates the schema. Other commands \
             such as `{program} accounts list` migrate it too."
        ),
    )
}

pub(in crate::doctor) fn schema_newer(error: &(dyn Error + 'static)) -> Finding {
    Finding::problem(codes::SCHEMA_NEWER, sentence(error), NEWER_VERSION)
}

pub(in crate::doctor) fn schema_other(error: &(dyn Error + 'static)) -> Finding {
    Finding::problem(codes::SCHEMA_OTHER, sentence(error), NEWER_VERSION)
}

pub(in crate::doctor) fn master_key(needed: &dyn Display, given: &[String]) -> Finding {
    Finding::problem(
        codes::MASTER_KEY,
        format!(
            "The database needs the master key {needed}, which is not in master_keys. It contains {}.",
            given.join(", ")
        ),
        "Add the key to master_keys (GREENHOUSE_MASTER_KEYS), after the first one.",
    )
}

pub(in crate::doctor) fn product_database_ok() -> Finding {
    Finding::ok(codes::PRODUCT_DATABASE, "The product database exists.")
}

pub(in crate::doctor) fn product_database() -> Finding {
    let program = Program::this();
    Finding::warning(
        codes::PRODUCT_DATABASE,
        "The product database does not exist, so the scenarios and jobs of the product were not checked.",
        format!(
            "Check product_database (GREENHOUSE_PRODUCT_DATABASE). A relative path is resolved from the working directory of the \
             host. To create the file, run `{program} accounts apply ACCOUNTS`."
        ),
    )
}

const NEWER_VERSION: &str =
    "Run the version of the host that wrote it, or restore a backup from before the upgrade.";
