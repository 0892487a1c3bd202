use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};
use greenhouse_core::{AccountId, settings::SettingsError};
use greenhouse_harvest::PushSettingsError;

use super::{BoxError, ConfigFile};
use crate::{
    Outside, Program,
    accounts::in_words,
    settings::{HostSettings, SettingsOf},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the settings as JSON, with every default and without secrets; those of the sync hold the hook key.
    Show(Account),
    /// Print each problem of the settings in the database with its remedy. Of the push, Greenhouse is asked.
    Check(Account),
    /// Save the settings in a file: what `show` prints, changed. Nothing is saved where they cannot work; those of the push
    /// may where they are switched off. Secrets may be left out: then they stay.
    Set {
        #[command(flatten)]
        account: Account,
        /// The settings, JSON.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct Account {
    #[command(flatten)]
    host: ConfigFile,
    /// Whose settings.
    #[arg(long, value_enum, default_value_t = SettingsOf::Push)]
    of: SettingsOf,
    /// The account.
    account: String,
}

pub(super) async fn run(command: Command) -> Result<(), BoxError> {
    match command {
        Command::Show(account) => show(account).await,
        Command::Check(account) => check(account).await,
        Command::Set { account, file } => set(account, file).await,
    }
}

async fn show(account: Account) -> Result<(), BoxError> {
    let opened = account.open().await?;
    let shown = opened.settings.show(&opened.id, opened.of).await;
    opened.settings.close().await;
    let shown = shown.map_err(|error| opened.refused(error))?;
    println!("{}", serde_json::to_string_pretty(&shown)?);
    Ok(())
}

async fn check(account: Account) -> Result<(), BoxError> {
    let opened = account.open().await?;
    let problems = opened.settings.check(&opened.id, opened.of).await;
    opened.settings.close().await;
    let problems = problems.map_err(|error| opened.refused(error))?;
    let Opened { id, of, .. } = opened;
    if problems.is_empty() {
        println!("account {id}: the settings of the {of} can work");
        return Ok(());
    }
    println!("account {id}\n{}", in_words(&problems));
    Err(format!("problems in the settings of the {of}: {}", problems.len()).into())
}

async fn set(account: Account, file: PathBuf) -> Result<(), BoxError> {
    let json = fs::read(&file)
        .map_err(|error| format!("the file {} cannot be read: {error}", file.display()))?;
    let opened = account.open().await?;
    let saved = opened.settings.set(&opened.id, opened.of, &json).await;
    opened.settings.close().await;
    let id = &opened.id;
    match saved {
        Ok(saved) => {
            println!("account {id}: saved, version {}", saved.version);
            Ok(())
        }
        Err(PushSettingsError::Settings(SettingsError::CannotWork(problems))) => {
            println!("account {id}\n{}", in_words(&problems));
            Err(SettingsError::CannotWork(problems).into())
        }
        Err(error) => Err(opened.refused(error)),
    }
}

/// The settings of a host, and which of them it is about.
struct Opened {
    settings: HostSettings,
    id: AccountId,
    of: SettingsOf,
}

impl Opened {
    fn refused(&self, error: PushSettingsError) -> BoxError {
        let Self { id, of, .. } = self;
        match error {
            PushSettingsError::Settings(SettingsError::NoAccount) => {
                format!("there is no account {id} in the database").into()
            }
            PushSettingsError::Settings(error @ SettingsError::Stale { .. }) => {
                let program = Program::this();
                format!("{error}: change what `{program} settings show {id} --of {of}` prints now")
                    .into()
            }
            error => error.into(),
        }
    }
}

impl Account {
    async fn open(self) -> Result<Opened, BoxError> {
        let config = self.host.read()?;
        Ok(Opened {
            settings: HostSettings::open(&config, Outside::of(&config)?).await?,
            id: AccountId::new(self.account),
            of: self.of,
        })
    }
}
