use clap::Subcommand;

use super::{BoxError, ConfigFile, partner_keys};
use crate::{
    databases,
    keys::{KeyPurpose, NewKey},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Greenhouse comes to the assessment endpoints with it. Alone it makes a key for the accounts file; its commands work on
    /// the keys of an account in the database.
    Partner {
        #[command(subcommand)]
        command: Option<partner_keys::Command>,
    },
    /// An operator comes to `/api/integrations/*` with it.
    Operator,
    /// Signs the report links of an account; `accounts apply` makes one by itself.
    ReportLink,
    /// The last segment of the webhook address.
    Hook,
    /// Seals the secrets in the database.
    Master,
    /// Seal everything in the database anew with the first master key, and say which keys nothing needs any more.
    Reseal(ConfigFile),
}

pub(super) async fn run(command: Command) -> Result<(), BoxError> {
    match command {
        Command::Partner { command: None } => show(KeyPurpose::Partner),
        Command::Partner {
            command: Some(command),
        } => partner_keys::run(command).await,
        Command::Operator => show(KeyPurpose::Operator),
        Command::ReportLink => show(KeyPurpose::ReportLink),
        Command::Hook => show(KeyPurpose::Hook),
        Command::Master => show(KeyPurpose::Master),
        Command::Reseal(file) => reseal_all(&file).await,
    }
}

fn show(purpose: KeyPurpose) -> Result<(), BoxError> {
    let new = NewKey::new(purpose)?;
    let setting = purpose.setting();
    println!("key, shown this once: {}", new.key.expose());
    if let Some(id) = new.id {
        println!("its id, by which messages name it: {id}");
    }
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

async fn reseal_all(file: &ConfigFile) -> Result<(), BoxError> {
    let config = file.read()?;
    let store = databases::open_existing(&config).await?;
    let mut rows = 0;
    loop {
        match store.reseal(STEP).await? {
            0 => break,
            sealed => rows += sealed,
        }
        println!("sealed anew: {rows} rows");
    }
    let keys = &config.master_keys;
    println!(
        "everything is sealed with master key {}; rows that were sealed anew: {rows}",
        keys.current_key_id()
    );
    let needed = store.needed_keys().await?;
    for key in keys.key_ids().skip(1) {
        if needed.contains(&key) {
            println!(
                "master key {key} is still needed: a host has it first, or seals anew itself; do this again once every \
                 host has another first"
            );
        } else {
            println!(
                "nothing in the database needs master key {key}: if it is an old one and no host has it first any more, take \
                 it out of master_keys on every host"
            );
        }
    }
    store.close().await;
    Ok(())
}

/// Rows in one short commit.
const STEP: usize = 256;
