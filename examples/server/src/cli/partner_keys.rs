use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use greenhouse_core::{AccountId, chain, store::Records};
use greenhouse_harvest::SystemClock;
use greenhouse_partner::{KeysError, NewPartnerKey, PartnerKeyView, PartnerKeys};
use sqlx_store::SqlxStore;

use super::{BoxError, ConfigFile, no_account};
use crate::{Program, databases};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List partner keys with their id, prefix, state, and times of creation, last use and expiry
    List(Account),
    /// Create a partner key and print it once
    Mint(Account),
    /// Create a replacement for a partner key and print it once. The old key stays valid for
    /// `partner.key_overlap`
    Rotate(Key),
    /// Revoke a partner key immediately
    Revoke(Key),
}

#[derive(Debug, Args)]
pub(super) struct Account {
    #[command(flatten)]
    host: ConfigFile,
    /// Id of the account
    account: String,
}

#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(flatten)]
    account: Account,
    /// Id of the key, as `list` prints it
    id: String,
}

pub(super) async fn run(command: Command) -> Result<(), BoxError> {
    match command {
        Command::List(account) => list(account).await,
        Command::Mint(account) => {
            let opened = account.open().await?;
            let minted = opened.keys.mint(&opened.account).await;
            opened.finish(minted, |new| print_new_key(&new)).await
        }
        Command::Rotate(Key { account, id }) => {
            let opened = account.open().await?;
            let minted = opened.keys.rotate(&opened.account, &id).await;
            let print = |new| {
                print_new_key(&new);
                let program = Program::this();
                println!(
                    "key {id} stays valid for now; `{program} keys partner list` shows its expiry time"
                );
            };
            opened.finish_for_key(&id, minted, print).await
        }
        Command::Revoke(Key { account, id }) => {
            let opened = account.open().await?;
            let revoked = opened.keys.revoke(&opened.account, &id).await;
            let print = |()| println!("key {id} is revoked");
            opened.finish_for_key(&id, revoked, print).await
        }
    }
}

async fn list(account: Account) -> Result<(), BoxError> {
    let opened = account.open().await?;
    let keys = opened.keys.list(&opened.account).await;
    let print = |keys: Vec<PartnerKeyView>| {
        for key in &keys {
            println!("{}", format_key(key));
        }
        if keys.is_empty() {
            let program = Program::this();
            println!("no partner keys; create one with `{program} keys partner mint`");
        }
    };
    opened.finish(keys, print).await
}

fn print_new_key(new: &NewPartnerKey) {
    println!("key, shown only once: {}", new.key.expose());
    println!("id: {}", new.view.id);
}

fn format_key(key: &PartnerKeyView) -> String {
    let prefix = key.prefix.as_deref().map(|prefix| format!("{prefix}..."));
    let mut line = format!(
        "{}  {}  {}",
        key.id,
        prefix.as_deref().unwrap_or("(imported)"),
        key.state,
    );
    if let Some(created_at) = key.created_at {
        line.push_str(&format!(", created {}", format_time(created_at)));
    }
    match key.last_used_at {
        Some(used_at) => line.push_str(&format!(", last used {}", format_time(used_at))),
        None => line.push_str(", never used"),
    }
    if let Some(end) = key.expires_at {
        line.push_str(&format!(", expires {}", format_time(end)));
    }
    line
}

fn format_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

struct Opened {
    store: Arc<SqlxStore>,
    keys: PartnerKeys,
    account: AccountId,
}

impl Opened {
    /// Closes the database, and prints the result.
    async fn finish<T>(
        self,
        result: Result<T, KeysError>,
        print: impl FnOnce(T),
    ) -> Result<(), BoxError> {
        let is_known = match &result {
            Err(KeysError::NotConfigured) => self.store.account(&self.account).await?.is_some(),
            _ => true,
        };
        self.store.close().await;
        let (account, program) = (&self.account, Program::this());
        match result {
            Ok(done) => {
                print(done);
                Ok(())
            }
            Err(KeysError::NotConfigured) if is_known => Err(format!(
                "account {account} has no assessment settings; add them with `{program} settings \
                 set --of assessments` or `{program} accounts apply`"
            )
            .into()),
            Err(KeysError::NotConfigured) => Err(no_account(account.as_str())),
            Err(error) => Err(format!("account {account}: {}", chain(&error)).into()),
        }
    }

    /// Finishes a command about the key with this id.
    async fn finish_for_key<T>(
        self,
        id: &str,
        result: Result<T, KeysError>,
        print: impl FnOnce(T),
    ) -> Result<(), BoxError> {
        if matches!(result, Err(KeysError::UnknownKey)) {
            self.store.close().await;
            let (account, program) = (&self.account, Program::this());
            return Err(format!(
                "account {account} has no partner key {id}; `{program} keys partner list \
                 {account}` lists its keys"
            )
            .into());
        }
        self.finish(result, print).await
    }
}

impl Account {
    async fn open(self) -> Result<Opened, BoxError> {
        let config = self.host.read()?;
        let account = AccountId::parse(&self.account)?;
        let store = Arc::new(databases::open_existing(&config).await?);
        let overlap = config.partner.key_overlap;
        let keys = PartnerKeys::new(store.clone(), Arc::new(SystemClock), overlap);
        Ok(Opened {
            store,
            keys,
            account,
        })
    }
}
