use clap::Args;
use greenhouse_core::AccountId;

use super::{BoxError, ConfigFile};
use crate::{HostEnvironment, doctor};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    host: ConfigFile,
    /// Check only this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Print JSON: {"state", "problems", "warnings", "findings"}
    #[arg(long)]
    json: bool,
    /// Also print successful checks
    #[arg(long, conflicts_with = "json")]
    all: bool,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), BoxError> {
    let account = arguments.account.as_deref();
    let account = account.map(AccountId::parse).transpose()?;
    let config = arguments.host.read_quietly();
    let environment = match &config {
        Ok(config) => HostEnvironment::from_config(config)?,
        Err(_) => HostEnvironment::production()?,
    };
    let report = doctor::examine(config, &environment, account.as_ref()).await;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report.json())?);
    } else {
        println!("{}", report.text(arguments.all));
    }
    if report.has_problems() {
        return Err("the doctor found problems".into());
    }
    Ok(())
}
