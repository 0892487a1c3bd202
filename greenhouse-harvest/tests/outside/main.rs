//! Compares rows, scopes, words and bodies with Greenhouse's own description of Harvest, the file
//! in `GREENHOUSE_OPENAPI`. Ignored if the file does not exist.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod applications;
mod bodies;
mod kept;
mod rows;
mod sample;
mod scopes;
mod words;

use std::{env, fs, process::ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

/// Check of the description. The error is the difference.
type Check = fn(&Value) -> Result<(), String>;

fn main() -> ExitCode {
    let file = env::var_os("GREENHOUSE_OPENAPI").and_then(|path| fs::read(path).ok());
    let trial = |name: String, check: Check, schema: Option<&'static str>| {
        let absent = file.is_none();
        let file = file.clone();
        Trial::test(name, move || against(file, check, schema)).with_ignored_flag(absent)
    };
    let rows = rows::ROWS.iter();
    let mut trials: Vec<Trial> = rows
        .map(|(schema, check)| trial(format!("rows::{schema}"), *check, Some(schema)))
        .collect();
    let others: [(&str, Check); 6] = [
        (
            "rows::every_list_is_typed_or_left_out",
            rows::every_list_is_typed_or_excluded,
        ),
        ("rows::later_members_are_read", rows::later_members_are_read),
        ("scopes::every_scope_is_described", scopes::are_described),
        ("words::every_word_is_known", words::are_known),
        ("bodies::applications", applications::of_applications),
        ("bodies::webhooks", bodies::of_webhooks),
    ];
    trials.extend(others.map(|(name, check)| trial(name.to_owned(), check, None)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Checks the schema of a row, or the complete description.
fn against(file: Option<Vec<u8>>, check: Check, row: Option<&str>) -> Result<(), Failed> {
    let file = file.ok_or("GREENHOUSE_OPENAPI does not name a file")?;
    let description: Value = serde_json::from_slice(&file)?;
    let part = row.map_or(&description, |row| rows::schema(&description, row));
    check(part).map_err(Failed::from)
}
