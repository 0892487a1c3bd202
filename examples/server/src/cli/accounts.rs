use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use greenhouse_core::{AccountId, CandidateId, Clock, store::Records};
use greenhouse_harvest::SystemClock;
use greenhouse_partner::SetUp;

use super::{BoxError, ConfigFile, environment};
use crate::{
    Outside, Program,
    accounts::{self, AccountsFile, Listed, Whom},
    databases,
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring the accounts of a file into the database: new ones, and what changed in known ones. Greenhouse is asked first
    /// whether new push settings can work, as `settings check` asks it.
    Apply {
        #[command(flatten)]
        host: ConfigFile,
        /// Do not ask Greenhouse first, for a machine that cannot reach it. What cannot work then shows in health and in
        /// `settings check`.
        #[arg(long)]
        unchecked: bool,
        /// The accounts, TOML. The environment variables of an account stand above it.
        file: Option<PathBuf>,
    },
    /// Print every account: its directions, its version, and where its webhooks come to.
    List(ConfigFile),
    /// Print what a person does in Greenhouse to connect an account, step by step. The address of its webhooks is in it, which
    /// holds the hook key.
    SetUp {
        #[command(flatten)]
        host: ConfigFile,
        /// The account.
        account: String,
    },
    /// Erase everything that the database holds of one person.
    Erase(Person),
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whom").required(true).args(["candidate", "email"])))]
pub(super) struct Person {
    #[command(flatten)]
    host: ConfigFile,
    /// The account.
    account: String,
    /// The candidate's id in Greenhouse.
    #[arg(long)]
    candidate: Option<i64>,
    /// The person's e-mail address.
    #[arg(long)]
    email: Option<String>,
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
        Command::Erase(person) => erase(person).await,
    }
}

async fn apply(host: &ConfigFile, unchecked: bool, file: Option<PathBuf>) -> Result<(), BoxError> {
    let config = host.read()?;
    let accounts = AccountsFile::read(file.as_deref(), environment())?.accounts;
    let outside = if unchecked {
        None
    } else {
        Some(Outside::of(&config)?)
    };
    let applied = databases::set_up(&config, &accounts, outside.as_ref()).await?;
    for (account, applied) in accounts.iter().zip(applied) {
        println!(
            "account {}: {}, version {}",
            applied.id, applied.outcome, applied.version
        );
        if let Some(sync) = &account.sync {
            let address = config.webhook_address(&sync.hook_key);
            println!("  webhooks come to {address}");
        }
    }
    Ok(())
}

async fn list(host: &ConfigFile) -> Result<(), BoxError> {
    let config = host.read()?;
    let store = databases::open_existing(&config).await?;
    let mut none = true;
    accounts::list(&store, |listed: Listed| {
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
            println!("  webhooks come to {address}");
        }
    })
    .await?;
    if none {
        let program = Program::this();
        println!("there is no account yet: `{program} accounts apply` brings them in");
    }
    store.close().await;
    Ok(())
}

async fn set_up(host: &ConfigFile, account: String) -> Result<(), BoxError> {
    let config = host.read()?;
    let store = databases::open_existing(&config).await?;
    let account = AccountId::new(account);
    let record = store.account(&account).await;
    store.close().await;
    let program = Program::this();
    let Some(record) = record? else {
        return Err(
            format!("there is no account {account}: `{program} accounts list` shows them").into(),
        );
    };
    let (assessments, sync) = (record.settings.assessments, record.settings.sync);
    let now = SystemClock.now();
    let mut set_up = SetUp::new(&config.public_url, assessments.as_ref(), sync.as_ref(), now);
    if let Some(assessments) = &mut set_up.assessments {
        assessments.key_is_made_by = format!(
            "`{program} keys partner`, and bring its digest in with `{program} accounts apply`"
        );
    }
    print!("{set_up}");
    Ok(())
}

async fn erase(person: Person) -> Result<(), BoxError> {
    let config = person.host.read()?;
    let whom = match (person.candidate, person.email) {
        (Some(candidate), _) => Whom::Candidate(CandidateId::new(candidate)),
        (None, Some(email)) if email.contains('@') => Whom::Email(email),
        (None, Some(_)) => return Err("--email: this is no e-mail address".into()),
        (None, None) => return Err("either --candidate or --email is needed".into()),
    };
    let store = databases::open_existing(&config).await?;
    let account = AccountId::new(person.account);
    accounts::erase(&store, &account, &whom).await?;
    store.close().await;
    println!(
        "erased: whatever the database held of this person is gone, but for bodies of webhooks that could not be read: they \
         stay sealed until their retention time ends. It says the same of somebody it never knew, so look at the id or \
         address once more. The product and Greenhouse were not told"
    );
    Ok(())
}
