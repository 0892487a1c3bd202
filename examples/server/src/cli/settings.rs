use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};
use greenhouse_core::{AccountId, chain, settings::SettingsError};
use greenhouse_harvest::PushSettingsError;

use super::{BoxError, ConfigFile, no_account};
use crate::{
    ConfigError, HostEnvironment, Program,
    accounts::describe_problems,
    choices,
    settings::{HostSettings, SettingsOf},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the settings as JSON, including defaults but not secrets
    ///
    /// The output of `--of sync` contains the hook key, which is a secret.
    Show(Account),
    /// Print each problem in the stored settings with its remedy
    ///
    /// Push settings are checked against Greenhouse.
    Check(Account),
    /// Save the edited output of `show`
    ///
    /// Settings with problems are not saved, except push settings that are switched off. Secrets
    /// that are left out keep their stored values.
    Set {
        #[command(flatten)]
        account: Account,
        /// JSON file with the settings
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct Account {
    #[command(flatten)]
    host: ConfigFile,
    /// Direction to which the settings belong
    #[arg(long, value_enum, default_value_t = SettingsOf::Push)]
    of: SettingsOf,
    /// Id of the account
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
    let shown = shown.map_err(|error| opened.explain(error))?;
    println!("{}", serde_json::to_string_pretty(&shown)?);
    Ok(())
}

async fn check(account: Account) -> Result<(), BoxError> {
    let opened = account.open().await?;
    let problems = opened.settings.check(&opened.id, opened.of).await;
    opened.settings.close().await;
    let problems = problems.map_err(|error| opened.explain(error))?;
    let Opened { id, of, .. } = opened;
    if problems.is_empty() {
        println!("account {id}: no problems in the {} settings", of.word());
        return Ok(());
    }
    println!("account {id}\n{}", describe_problems(&problems));
    Err(format!("problems in the {} settings: {}", of.word(), problems.len()).into())
}

async fn set(account: Account, file: PathBuf) -> Result<(), BoxError> {
    let json = fs::read(&file).map_err(|error| ConfigError::unreadable(&file, &error))?;
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
            println!("account {id}\n{}", describe_problems(&problems));
            Err(SettingsError::CannotWork(problems).into())
        }
        Err(PushSettingsError::Settings(SettingsError::Form(error))) => {
            Err(format!("the file {}: {error}", file.display()).into())
        }
        Err(error) => Err(opened.explain(error)),
    }
}

/// Settings of a host, with the account and direction of the command.
struct Opened {
    settings: HostSettings,
    id: AccountId,
    of: SettingsOf,
}

impl Opened {
    fn explain(&self, error: PushSettingsError) -> BoxError {
        let Self { id, of, .. } = self;
        match error {
            PushSettingsError::Settings(SettingsError::NoAccount) => no_account(id.as_str()),
            PushSettingsError::NotConfigured => choices::no_push_settings(id).into(),
            PushSettingsError::Settings(error @ SettingsError::Stale { .. }) => {
                let program = Program::this();
                format!("account {id}: {error}; edit the output of `{program} settings show {id} --of {of}`").into()
            }
            error => format!("account {id}: {}", chain(&error)).into(),
        }
    }
}

impl Account {
    async fn open(self) -> Result<Opened, BoxError> {
        let config = self.host.read()?;
        let id = AccountId::parse(&self.account)?;
        Ok(Opened {
            settings: HostSettings::open(&config, HostEnvironment::from_config(&config)?).await?,
            id,
            of: self.of,
        })
    }
}
