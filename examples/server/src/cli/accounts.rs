use std::{fmt, path::PathBuf};

use clap::{ArgGroup, Args, Subcommand};
use greenhouse_core::{AccountId, CandidateId, Clock, accounts::AccountError, store::Records};
use greenhouse_harvest::{PushSetUp, SystemClock};
use greenhouse_partner::SetUp;

use super::{BoxError, ConfigFile, environment, no_account};
use crate::{
    HostEnvironment, Program,
    accounts::{self, AccountConfig, AccountsFile, ErasureTarget, ListedAccount},
    databases,
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create or update accounts from a TOML file
    ///
    /// Checks new and changed push settings against Greenhouse first, as `settings check` does.
    Apply {
        #[command(flatten)]
        host: ConfigFile,
        /// Skip the check against Greenhouse, for a machine that cannot reach it. Problems then
        /// appear in `doctor` and `settings check`
        #[arg(long)]
        unchecked: bool,
        /// TOML accounts file. Environment variables override its first account
        file: Option<PathBuf>,
    },
    /// List accounts: version of the settings, whether assessments, push and sync are switched on,
    /// number of operator tokens, and webhook address
    List(ConfigFile),
    /// Print the steps that connect an account to Greenhouse
    ///
    /// The output contains the webhook address with the hook key, which is a secret.
    SetUp {
        #[command(flatten)]
        host: ConfigFile,
        /// Id of the account
        account: String,
    },
    /// Switch an account off: nothing is exchanged with Greenhouse, but all settings are kept
    SwitchOff(Account),
    /// Switch an account on again
    SwitchOn(Account),
    /// Remove an account: its settings, keys, tokens and all personal data
    ///
    /// The sync log is kept until its retention period ends. The ids of assessments, candidates and
    /// applications are kept, so that a new account with the same id does not push a person twice.
    /// The product and Greenhouse are not notified.
    Remove(Account),
    /// Erase all stored data about one person
    Erase(Person),
}

#[derive(Args)]
#[command(group(ArgGroup::new("target").required(true).args(["candidate", "email"])))]
pub(super) struct Person {
    #[command(flatten)]
    host: ConfigFile,
    /// Id of the account
    account: String,
    /// Greenhouse id of the candidate
    #[arg(long)]
    candidate: Option<i64>,
    /// Email address of the person
    #[arg(long)]
    email: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Account {
    #[command(flatten)]
    host: ConfigFile,
    /// Id of the account
    account: String,
}

/// Omits the address, which is personal data.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("account", &self.account)
            .field("candidate", &self.candidate)
            .finish_non_exhaustive()
    }
}

pub(super) async fn run(command: Command) -> Result<(), BoxError> {
    match command {
        Command::Apply {
            host,
            unchecked,
            file,
        } => apply(&host, unchecked, file).await,
        Command::List(host) => list(&host).await,
        Command::SetUp { host, account } => set_up(&host, account).await,
        Command::SwitchOff(account) => switch(account, false).await,
        Command::SwitchOn(account) => switch(account, true).await,
        Command::Remove(account) => remove(account).await,
        Command::Erase(person) => erase(person).await,
    }
}

async fn apply(host: &ConfigFile, unchecked: bool, file: Option<PathBuf>) -> Result<(), BoxError> {
    let config = host.read()?;
    let accounts = AccountsFile::read(file.as_deref(), environment())?.accounts;
    let host_environment = if unchecked {
        None
    } else {
        Some(HostEnvironment::from_config(&config)?)
    };
    let applied = databases::set_up(&config, &accounts, host_environment.as_ref()).await?;
    for warning in accounts.iter().flat_map(AccountConfig::warnings) {
        eprintln!("warning: {warning}");
    }
    for (account, applied) in accounts.iter().zip(applied) {
        println!(
            "account {}: {}, version {}",
            applied.id, applied.outcome, applied.version
        );
        for key in &applied.revoked_keys {
            let id = &applied.id;
            eprintln!(
                "warning: account {id}: partner key {key} was revoked and stays revoked; remove its \
                 digest from the file"
            );
        }
        if let Some(sync) = &account.sync {
            let address = config.webhook_address(&sync.hook_key);
            println!("  webhook address: {address}");
        }
    }
    Ok(())
}

async fn list(host: &ConfigFile) -> Result<(), BoxError> {
    let config = host.read()?;
    let store = databases::open_existing(&config).await?;
    let mut none = true;
    accounts::list(&store, |listed: ListedAccount| {
        none = false;
        let record = &listed.record;
        println!(
            "account {}, version {}: {}; operator tokens: {}",
            listed.id,
            record.version,
            listed.switches(),
            record.operator_tokens.len()
        );
        if let Some(sync) = &record.settings.sync {
            let address = config.webhook_address(&sync.hook_key);
            println!("  webhook address: {address}");
        }
    })
    .await?;
    if none {
        let program = Program::this();
        println!("no accounts; create them with `{program} accounts apply`");
    }
    store.close().await;
    Ok(())
}

async fn set_up(host: &ConfigFile, account: String) -> Result<(), BoxError> {
    let config = host.read()?;
    let account = AccountId::parse(&account)?;
    let store = databases::open_existing(&config).await?;
    let record = store.account(&account).await;
    store.close().await;
    let program = Program::this();
    let Some(record) = record? else {
        return Err(no_account(account.as_str()));
    };
    let push = record.settings.push.as_ref().map(PushSetUp::new);
    let (assessments, sync) = (record.settings.assessments, record.settings.sync);
    let is_push_alone = push.is_some() && assessments.is_none() && sync.is_none();
    let now = SystemClock.now();
    let mut set_up = SetUp::new(&config.public_url, assessments.as_ref(), sync.as_ref(), now);
    if let Some(assessments) = &mut set_up.assessments {
        assessments.key_is_made_by =
            format!("`{program} keys partner`, and add its digest with `{program} accounts apply`");
    }
    if !is_push_alone {
        print!("{set_up}");
    }
    if let Some(push) = push {
        let gap = if is_push_alone { "" } else { "\n" };
        print!("{gap}{push}");
    }
    Ok(())
}

async fn switch(account: Account, on: bool) -> Result<(), BoxError> {
    let config = account.host.read()?;
    let id = AccountId::parse(&account.account)?;
    let store = databases::open_existing(&config).await?;
    let switched = greenhouse_core::accounts::switch(&store, &id, on, SystemClock.now()).await;
    store.close().await;
    switched.map_err(account_error)?;
    let state = if on { "on" } else { "off" };
    println!("account {id} is switched {state}");
    Ok(())
}

async fn remove(account: Account) -> Result<(), BoxError> {
    let config = account.host.read()?;
    let id = AccountId::parse(&account.account)?;
    let store = databases::open_existing(&config).await?;
    let removed = greenhouse_core::accounts::remove(&store, &id, SystemClock.now()).await;
    store.close().await;
    removed.map_err(account_error)?;
    println!(
        "account {id} is removed, with its settings, keys, tokens and all personal data. The sync \
         log is kept until its retention period ends. The product and Greenhouse were not notified: disable \
         the webhooks and revoke the credential in Greenhouse"
    );
    Ok(())
}

fn account_error(error: AccountError) -> BoxError {
    match error {
        AccountError::NoAccount(account) => no_account(account.as_str()),
        error => error.into(),
    }
}

async fn erase(person: Person) -> Result<(), BoxError> {
    let config = person.host.read()?;
    let target = match (person.candidate, person.email) {
        (Some(candidate), _) => ErasureTarget::Candidate(CandidateId::new(candidate)),
        (None, Some(email)) if email.contains('@') => ErasureTarget::Email(email),
        (None, Some(_)) => {
            return Err("--email: expected an email address, got text without `@`".into());
        }
        (None, None) => return Err("expected --candidate or --email".into()),
    };
    let account = AccountId::parse(&person.account)?;
    let store = databases::open_existing(&config).await?;
    accounts::erase(&store, &account, &target).await?;
    store.close().await;
    println!(
        "erased: the database no longer contains data about this person, except in webhook bodies \
         that could not be parsed. Those bodies stay encrypted until their retention period ends. \
         The result is the same if the database had no data about the person, so check the id or \
         address. The product and Greenhouse were not notified"
    );
    Ok(())
}
