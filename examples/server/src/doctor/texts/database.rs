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
        "The database is available, its schema is current, and all master keys are configured.",
    )
}

pub(in crate::doctor) fn database(error: &(dyn Error + 'static)) -> Finding {
    Finding::problem(
        codes::DATABASE,
        sentence(error),
        "Check that database (GREENHOUSE_DATABASE) is the correct path or URL, that the \
         server is running, and that this user can read and write the database.",
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
            "Check database (GREENHOUSE_DATABASE). A relative path is resolved from the host's \
             working directory. To create the file, run `{program} accounts apply ACCOUNTS`."
        ),
    )
}

pub(in crate::doctor) fn database_time(seconds: u64) -> Finding {
    Finding::problem(
        codes::DATABASE_TIME,
        format!("The database did not respond within {seconds} seconds."),
        "Check that the database server is running and reachable from this host, and that it has free connections and \
         disk space.",
    )
}

pub(in crate::doctor) fn database_lock(seconds: u64) -> Finding {
    Finding::problem(
        codes::DATABASE_LOCK,
        format!("Another program has locked the database file for more than {seconds} seconds."),
        "Stop that program, for example a shell with an open transaction or a running backup. \
         `fuser` and `lsof` show the process.",
    )
}

pub(in crate::doctor) fn database_disk(free: u64, needed: u64) -> Finding {
    disk_full(format!(
        "The disk with the database file is full or almost full: {} KiB free, but the server needs {} KiB.",
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
        "Free space on the disk with the database (GREENHOUSE_DATABASE), or move the database to a \
         larger disk. Running hosts then recover, and Greenhouse resends unacknowledged webhooks.",
    )
}

pub(in crate::doctor) fn database_shared() -> Finding {
    Finding::problem(
        codes::DATABASE_SHARED,
        "The database contains another program's tables.",
        "Set database (GREENHOUSE_DATABASE) to a separate file or PostgreSQL database, or set \
         database_schema (GREENHOUSE_DATABASE_SCHEMA) to a PostgreSQL schema that no other program \
         uses.",
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
            "The database needs the master key {needed}, but master_keys contains only {}.",
            given.join(", ")
        ),
        "Add the missing key to master_keys (GREENHOUSE_MASTER_KEYS), after the first key.",
    )
}

pub(in crate::doctor) fn product_database_ok() -> Finding {
    Finding::ok(codes::PRODUCT_DATABASE, "The product database exists.")
}

pub(in crate::doctor) fn product_database() -> Finding {
    let program = Program::this();
    Finding::warning(
        codes::PRODUCT_DATABASE,
        "The product database does not exist, so the product's scenarios and jobs were not \
         checked.",
        format!(
            "Check product_database (GREENHOUSE_PRODUCT_DATABASE). A relative path is resolved \
             from the host's working directory. To create the file, run `{program} accounts apply \
             ACCOUNTS`."
        ),
    )
}

const NEWER_VERSION: &str = "Run the version of the server that wrote the schema, or restore a backup from before the \
     upgrade.";
