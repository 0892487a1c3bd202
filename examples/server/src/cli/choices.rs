use std::path::PathBuf;

use clap::Args;
use greenhouse_core::AccountId;

use super::{BoxError, ConfigFile, environment};
use crate::{
    Outside,
    accounts::AccountsFile,
    choices::{self, Query},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    host: ConfigFile,
    /// What to list.
    #[arg(value_parser = choices::KINDS)]
    what: String,
    /// The account.
    account: String,
    /// Take the settings from this accounts file instead of the database. Nothing is saved.
    #[arg(long, value_name = "ACCOUNTS")]
    from: Option<PathBuf>,
    /// Id of the job whose stages to list.
    #[arg(long, required_if_eq("what", "stages"))]
    job: Option<u64>,
    /// E-mail address of the user to find.
    #[arg(long)]
    email: Option<String>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), BoxError> {
    let config = arguments.host.read()?;
    let outside = Outside::of(&config)?;
    let account = AccountId::new(arguments.account);
    let accounts = match &arguments.from {
        Some(file) => Some(AccountsFile::read(Some(file), environment())?.accounts),
        None => None,
    };
    let query = Query {
        what: arguments.what,
        job: arguments.job,
        email: arguments.email,
    };
    let offered = choices::offered(&config, &outside, &account, accounts.as_deref(), &query);
    println!("{}", serde_json::to_string_pretty(&offered.await?)?);
    Ok(())
}
