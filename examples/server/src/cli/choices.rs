use std::{fmt, path::PathBuf};

use clap::Args;
use greenhouse_core::AccountId;

use super::{BoxError, ConfigFile, environment};
use crate::{
    HostEnvironment,
    accounts::AccountsFile,
    choices::{self, Query},
};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    host: ConfigFile,
    /// Kind of items to list
    #[arg(value_parser = choices::KINDS)]
    what: String,
    /// Id of the account
    account: String,
    /// Use the settings in this accounts file instead of those in the database, without saving them
    #[arg(long, value_name = "ACCOUNTS")]
    from: Option<PathBuf>,
    /// Greenhouse id of the job whose stages to list
    #[arg(long, required_if_eq("what", "stages"))]
    job: Option<u64>,
    /// Email address of the user to find
    #[arg(long)]
    email: Option<String>,
}

/// Omits the address, which is personal data.
impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arguments")
            .field("what", &self.what)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

pub(super) async fn run(arguments: Arguments) -> Result<(), BoxError> {
    let config = arguments.host.read()?;
    let host_environment = HostEnvironment::from_config(&config)?;
    let account = AccountId::parse(&arguments.account)?;
    let accounts = match &arguments.from {
        Some(file) => Some(AccountsFile::read(Some(file), environment())?.accounts),
        None => None,
    };
    let query = Query {
        what: arguments.what,
        job: arguments.job,
        email: arguments.email,
    };
    let listed = choices::list(
        &config,
        &host_environment,
        &account,
        accounts.as_deref(),
        &query,
    )
    .await?;
    println!("{}", serde_json::to_string_pretty(&listed)?);
    Ok(())
}
