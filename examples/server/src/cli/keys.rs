use clap::Subcommand;

use super::{BoxError, ConfigFile, partner_keys};
use crate::{
    databases,
    keys::{KeyPurpose, NewKey},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create a partner key, which Greenhouse sends to the assessment endpoints
    ///
    /// Without a subcommand, prints a new key, and its digest for the accounts file. The subcommands
    /// manage an account's partner keys in the database.
    Partner {
        #[command(subcommand)]
        command: Option<partner_keys::Command>,
    },
    /// Create a bearer token for the operator endpoints, /api/integrations/*
    Operator,
    /// Create a secret that signs report links. `accounts apply` creates one for each new account
    ReportLink,
    /// Create a hook key, the last segment of the webhook address
    Hook,
    /// Create a master key, which encrypts the secrets in the database
    Master,
    /// Re-encrypt the database with the first key of `master_keys`
    ///
    /// Prints which of the other master keys can be removed.
    Reseal(ConfigFile),
}

pub(super) async fn run(command: Command) -> Result<(), BoxError> {
    match command {
        Command::Partner { command: None } => print_new_key(KeyPurpose::Partner),
        Command::Partner {
            command: Some(command),
        } => partner_keys::run(command).await,
        Command::Operator => print_new_key(KeyPurpose::Operator),
        Command::ReportLink => print_new_key(KeyPurpose::ReportLink),
        Command::Hook => print_new_key(KeyPurpose::Hook),
        Command::Master => print_new_key(KeyPurpose::Master),
        Command::Reseal(file) => reseal(&file).await,
    }
}

fn print_new_key(purpose: KeyPurpose) -> Result<(), BoxError> {
    let new = NewKey::new(purpose)?;
    let setting = purpose.setting();
    println!("key, shown only once: {}", new.key.expose());
    if let Some(id) = new.id {
        println!("id, which identifies the key in messages: {id}");
    }
    match (purpose, new.digest) {
        (_, Some(digest)) => println!("for the accounts file, {setting}: {digest}"),
        (KeyPurpose::Master, None) => println!(
            "for the configuration, {setting} (GREENHOUSE_MASTER_KEYS): the key itself; keep a \
             copy outside the database, because the database's secrets cannot be decrypted without \
             the key"
        ),
        (_, None) => println!("for the accounts file, {setting}: the key itself"),
    }
    Ok(())
}

async fn reseal(file: &ConfigFile) -> Result<(), BoxError> {
    let config = file.read()?;
    let store = databases::open_existing(&config).await?;
    let mut rows = 0;
    loop {
        match store.reseal(STEP).await? {
            0 => break,
            resealed => rows += resealed,
        }
        println!("re-encrypted so far: {rows} rows");
    }
    let keys = &config.master_keys;
    println!(
        "everything is encrypted with master key {}; re-encrypted rows: {rows}",
        keys.current_key_id()
    );
    let needed = store.needed_keys().await?;
    for key in keys.key_ids().skip(1) {
        if needed.contains(&key) {
            println!(
                "master key {key} is still needed, because a host encrypts with it; put another \
                 key first in `master_keys` on every host, then rerun this command"
            );
        } else {
            println!(
                "the database no longer needs master key {key}; if it is not the first key on any \
                 host, remove it from `master_keys` on every host"
            );
        }
    }
    store.close().await;
    Ok(())
}

/// Rows per commit.
const STEP: usize = 256;
