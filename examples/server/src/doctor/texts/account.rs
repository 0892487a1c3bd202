//! Findings about accounts and their access to Greenhouse.

use std::{error::Error, fmt::Display};

use greenhouse_core::AccountId;

use super::reason;
use crate::{
    Program,
    doctor::{Finding, codes},
    settings::SettingsOf,
};

pub(in crate::doctor) fn product() -> Finding {
    Finding::problem(
        codes::PRODUCT,
        "The product did not list its jobs.",
        "Check that product_database (GREENHOUSE_PRODUCT_DATABASE) is the path of the product's \
         database file, that this user can read the file, and that no other program has locked it.",
    )
}

pub(in crate::doctor) fn accounts_ok(count: usize) -> Finding {
    Finding::ok(codes::ACCOUNTS, format!("Accounts: {count}."))
}

pub(in crate::doctor) fn accounts() -> Finding {
    let program = Program::this();
    Finding::problem(
        codes::ACCOUNTS,
        "The database contains no accounts, so the server does not start.",
        format!("Create an account with `{program} accounts apply ACCOUNTS`."),
    )
}

pub(in crate::doctor) fn accounts_unreadable(error: &(dyn Error + 'static)) -> Finding {
    Finding::problem(
        codes::ACCOUNTS,
        format!("The accounts cannot be read: {}.", reason(error)),
        "Check the accounts table in the database. If the table is damaged, restore a backup.",
    )
}

pub(in crate::doctor) fn account_unknown() -> Finding {
    let program = Program::this();
    Finding::problem(
        codes::ACCOUNT_UNKNOWN,
        "The account does not exist.",
        format!(
            "List the accounts with `{program} accounts list`, or create one with `{program} accounts apply ACCOUNTS`."
        ),
    )
}

pub(in crate::doctor) fn account_unreadable(error: &(dyn Error + 'static)) -> Finding {
    Finding::problem(
        codes::ACCOUNT_UNREADABLE,
        format!(
            "The account cannot be read: {}. The server does not start.",
            reason(error)
        ),
        "The stored account is damaged. Restore the database from a backup.",
    )
}

pub(in crate::doctor) fn account_time(seconds: u64) -> Finding {
    Finding::problem(
        codes::ACCOUNT_TIME,
        format!("The checks of the account did not finish within {seconds} seconds."),
        "Check that this host can reach harvest.greenhouse.io and auth.greenhouse.io, and that the \
         database responds. Rerun the doctor when the host is less busy.",
    )
}

pub(in crate::doctor) fn default_account_ok() -> Finding {
    Finding::ok(codes::DEFAULT_ACCOUNT, "The default account exists.")
}

pub(in crate::doctor) fn default_account(default: &AccountId) -> Finding {
    let program = Program::this();
    Finding::problem(
        codes::DEFAULT_ACCOUNT,
        format!("The default account {default} does not exist, so the server does not start."),
        format!(
            "Correct or remove default_account (GREENHOUSE_DEFAULT_ACCOUNT). `{program} accounts list` lists the accounts."
        ),
    )
}

pub(in crate::doctor) fn operator_token_ok(count: usize) -> Finding {
    Finding::ok(codes::OPERATOR_TOKEN, format!("Operator tokens: {count}."))
}

pub(in crate::doctor) fn operator_token() -> Finding {
    let program = Program::this();
    Finding::problem(
        codes::OPERATOR_TOKEN,
        "The account has no operator token, so the server does not start.",
        format!(
            "Create a token with `{program} keys operator`, and save its digest with `{program} \
             accounts apply ACCOUNTS`."
        ),
    )
}

pub(in crate::doctor) fn directions_ok(enabled: &[&str]) -> Finding {
    Finding::ok(
        codes::DIRECTIONS,
        format!("Enabled: {}.", enabled.join(", ")),
    )
}

pub(in crate::doctor) fn directions(account: &AccountId) -> Finding {
    Finding::warning(
        codes::DIRECTIONS,
        "Assessments, push and sync are disabled, so nothing is exchanged with Greenhouse.",
        format!(
            "Enable the directions that you need. {}",
            change_settings(account, SettingsOf::Push)
        ),
    )
}

pub(in crate::doctor) fn account_off(account: &AccountId) -> Finding {
    let program = Program::this();
    Finding::warning(
        codes::DIRECTIONS,
        "The account is switched off, so nothing is exchanged with Greenhouse.",
        format!(
            "Switch it on with `{program} accounts switch-on {account}`, or remove it with \
             `{program} accounts remove {account}`."
        ),
    )
}

pub(in crate::doctor) fn settings_unread(of: SettingsOf, error: &dyn Display) -> Finding {
    Finding::problem(
        codes::SETTINGS_UNREAD,
        format!("The {} settings could not be checked: {error}.", of.word()),
        "Check the database tables. If a table is damaged, restore a backup.",
    )
}

pub(in crate::doctor) fn connection() -> Finding {
    let program = Program::this();
    Finding::problem(
        codes::CONNECTION,
        "The access token of the partner connection has expired, so the push was not checked. The doctor does not renew it.",
        format!(
            "Start a host with `{program} serve`, which renews the token. Then rerun the doctor."
        ),
    )
}

pub(in crate::doctor) fn push_unverified(error: &dyn Display, remedy: String) -> Finding {
    Finding::problem(
        codes::PUSH_UNVERIFIED,
        format!("The push settings could not be checked against Greenhouse: {error}."),
        remedy,
    )
}

/// Returns the remedy for settings that must be changed.
pub(in crate::doctor) fn change_settings(account: &AccountId, of: SettingsOf) -> String {
    let program = Program::this();
    format!(
        "Print the settings with `{program} settings show {account} --of {of}`, edit them, and save them with `{program} \
         settings set {account} --of {of} FILE`."
    )
}

/// Returns the commands for the remedy of a health check, whose own texts contain no commands.
pub(in crate::doctor) fn health_commands(account: &AccountId, check: &str) -> Option<String> {
    let program = Program::this();
    Some(match check {
        "partner_key" => format!(
            "Create a key with `{program} keys partner mint {account}`. `{program} accounts set-up \
             {account}` prints where to enter the key."
        ),
        "completion_credential" => change_settings(account, SettingsOf::Assessments),
        "webhooks" => format!("`{program} accounts set-up {account}` prints the values to enter."),
        "backlog" | "push_backlog" | "push_look_back" | "comparison" => {
            format!("Run `{program} serve` to process these tasks.")
        }
        "mapped_jobs" => change_settings(account, SettingsOf::Push),
        _ => return None,
    })
}
