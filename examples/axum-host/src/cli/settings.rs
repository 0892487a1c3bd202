use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};
use greenhouse_core::AccountId;
use greenhouse_harvest::PushSettingsError;

use super::{BoxError, ConfigFile};
use crate::{
    Outside, Program,
    settings::{HostSettings, in_words},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the settings as JSON, with every default and without the client secret.
    Show(Account),
    /// Ask Greenhouse whether the settings in the database can work, and print each problem with its remedy.
    Check(Account),
    /// Save the settings in a file: what `show` prints, changed. Nothing is saved where they cannot work, unless they are
    /// switched off. The client secret may be left out where the rest of the credential is as it was.
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
    let (id, settings) = account.open().await?;
    let shown = settings.show(&id).await;
    settings.close().await;
    let shown = shown.map_err(|error| refused(&id, error))?;
    println!("{}", serde_json::to_string_pretty(&shown)?);
    Ok(())
}

async fn check(account: Account) -> Result<(), BoxError> {
    let (id, settings) = account.open().await?;
    let problems = settings.check(&id).await;
    settings.close().await;
    let problems = problems.map_err(|error| refused(&id, error))?;
    if problems.is_empty() {
        println!("account {id}: the settings of the push can work");
        return Ok(());
    }
    println!("account {id}\n{}", in_words(&problems));
    Err(format!("problems in the settings of the push: {}", problems.len()).into())
}

async fn set(account: Account, file: PathBuf) -> Result<(), BoxError> {
    let json = fs::read(&file)
        .map_err(|error| format!("the file {} cannot be read: {error}", file.display()))?;
    let (id, settings) = account.open().await?;
    let saved = settings.set(&id, &json).await;
    settings.close().await;
    match saved {
        Ok(saved) => {
            println!("account {id}: saved, version {}", saved.version);
            Ok(())
        }
        Err(PushSettingsError::CannotWork(problems)) => {
            println!("account {id}\n{}", in_words(&problems));
            Err(PushSettingsError::CannotWork(problems).into())
        }
        Err(error) => Err(refused(&id, error)),
    }
}

fn refused(id: &AccountId, error: PushSettingsError) -> BoxError {
    match error {
        PushSettingsError::NoAccount => format!("there is no account {id} in the database").into(),
        PushSettingsError::Stale { .. } => {
            let program = Program::this();
            format!("{error}: change what `{program} settings show {id}` prints now").into()
        }
        error => error.into(),
    }
}

impl Account {
    async fn open(self) -> Result<(AccountId, HostSettings), BoxError> {
        let config = self.host.read()?;
        let settings = HostSettings::open(&config, Outside::real()?).await?;
        Ok((AccountId::new(self.account), settings))
    }
}
