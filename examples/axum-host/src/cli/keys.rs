use clap::Subcommand;

use super::BoxError;
use crate::keys::{KeyPurpose, NewKey};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Greenhouse comes to the assessment endpoints with it.
    Partner,
    /// An operator comes to `/api/integrations/*` with it.
    Operator,
    /// Signs the report links of an account; `accounts apply` makes one by itself.
    ReportLink,
    /// The last segment of the webhook address.
    Hook,
    /// Seals the secrets in the database.
    Master,
}

pub(super) fn run(command: Command) -> Result<(), BoxError> {
    match command {
        Command::Partner => show(KeyPurpose::Partner),
        Command::Operator => show(KeyPurpose::Operator),
        Command::ReportLink => show(KeyPurpose::ReportLink),
        Command::Hook => show(KeyPurpose::Hook),
        Command::Master => show(KeyPurpose::Master),
    }
}

fn show(purpose: KeyPurpose) -> Result<(), BoxError> {
    let new = NewKey::new(purpose)?;
    let setting = purpose.setting();
    println!("key, shown this once: {}", new.key.expose());
    match (purpose, new.digest) {
        (_, Some(digest)) => println!("for the accounts file, {setting}: {digest}"),
        (KeyPurpose::Master, None) => println!(
            "for the configuration, {setting} (GREENHOUSE_MASTER_KEYS): the key itself; without it nobody can read the \
             secrets in the database, so keep a copy apart from it"
        ),
        (_, None) => println!("for the accounts file, {setting}: the key itself"),
    }
    Ok(())
}
