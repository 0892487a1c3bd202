use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use greenhouse_core::AccountId;
use greenhouse_harvest::SystemClock;
use greenhouse_partner::{KeysError, NewPartnerKey, PartnerKeyView, PartnerKeys};
use sqlx_store::SqlxStore;

use super::{BoxError, ConfigFile};
use crate::databases;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the partner keys of an account: id, prefix, and when each was minted, last used, and expires.
    List(Account),
    /// Make a partner key and show it once.
    Mint(Account),
    /// Make a partner key and show it once; the key with this id stays valid for the overlap.
    Rotate(Key),
    /// Take a partner key away: it opens nothing any more.
    Revoke(Key),
}

#[derive(Debug, Args)]
pub(super) struct Account {
    #[command(flatten)]
    host: ConfigFile,
    /// The account.
    account: String,
}

#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(flatten)]
    account: Account,
    /// The id of the key, as `list` prints it.
    id: String,
}

pub(super) async fn run(command: Command) -> Result<(), BoxError> {
    match command {
        Command::List(account) => list(account).await,
        Command::Mint(account) => {
            let opened = account.open().await?;
            let minted = opened.keys.mint(&opened.account).await;
            opened.tell(minted, |new| shown_once(&new)).await
        }
        Command::Rotate(Key { account, id }) => {
            let opened = account.open().await?;
            let minted = opened.keys.rotate(&opened.account, &id).await;
            let tell = |new| {
                shown_once(&new);
                println!("key {id} is still valid: `keys partner list` says until when");
            };
            opened.tell(minted, tell).await
        }
        Command::Revoke(Key { account, id }) => {
            let opened = account.open().await?;
            let revoked = opened.keys.revoke(&opened.account, &id).await;
            let tell = |()| println!("key {id} is revoked: it opens nothing any more");
            opened.tell(revoked, tell).await
        }
    }
}

async fn list(account: Account) -> Result<(), BoxError> {
    let opened = account.open().await?;
    let keys = opened.keys.list(&opened.account).await;
    let tell = |keys: Vec<PartnerKeyView>| {
        for key in &keys {
            println!("{}", line(key));
        }
        if keys.is_empty() {
            println!("there is no partner key yet: `keys partner mint` makes one");
        }
    };
    opened.tell(keys, tell).await
}

fn shown_once(new: &NewPartnerKey) {
    println!("key, shown this once: {}", new.key.expose());
    println!("its id: {}", new.view.id);
}

fn line(key: &PartnerKeyView) -> String {
    let prefix = key.prefix.as_deref().map(|prefix| format!("{prefix}..."));
    let mut line = format!(
        "{}  {}  {}, minted {}, last used {}",
        key.id,
        prefix.as_deref().unwrap_or("(from a file)"),
        key.state,
        at(key.created_at, "elsewhere"),
        at(key.last_used_at, "never"),
    );
    if let Some(end) = key.expires_at {
        line.push_str(&format!(", expires {}", at(Some(end), "")));
    }
    line
}

fn at(time: Option<DateTime<Utc>>, otherwise: &str) -> String {
    time.map_or_else(
        || otherwise.to_owned(),
        |time| time.to_rfc3339_opts(SecondsFormat::Secs, true),
    )
}

struct Opened {
    store: Arc<SqlxStore>,
    keys: PartnerKeys,
    account: AccountId,
}

impl Opened {
    /// Closes the database, and tells what came of it.
    async fn tell<T>(
        self,
        result: Result<T, KeysError>,
        tell: impl FnOnce(T),
    ) -> Result<(), BoxError> {
        self.store.close().await;
        let account = &self.account;
        match result {
            Ok(done) => {
                tell(done);
                Ok(())
            }
            Err(error @ KeysError::NotConfigured) => Err(format!(
                "account {account}: {error}; `settings set --of assessments` or `accounts apply` does that"
            )
            .into()),
            Err(error) => Err(format!("account {account}: {error}").into()),
        }
    }
}

impl Account {
    async fn open(self) -> Result<Opened, BoxError> {
        let config = self.host.read()?;
        let store = Arc::new(databases::open_existing(&config).await?);
        let overlap = config.partner.key_overlap;
        let keys = PartnerKeys::new(store.clone(), Arc::new(SystemClock), overlap);
        Ok(Opened {
            store,
            keys,
            account: AccountId::new(self.account),
        })
    }
}
