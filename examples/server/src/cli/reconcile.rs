use std::sync::Arc;

use clap::Args;
use greenhouse_core::AccountId;
use greenhouse_partner::{Progress, Reconciliation};

use super::{BoxError, ConfigFile, describe, no_account};
use crate::{
    Host, HostEnvironment,
    accounts::{self, ListedAccount},
    databases,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    host: ConfigFile,
    /// Id of the account. Default: every account whose webhooks are switched on
    account: Option<String>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), BoxError> {
    let config = arguments.host.read()?;
    let account = arguments.account.as_deref();
    account.map(AccountId::parse).transpose()?;
    let store = databases::open_existing(&config).await?;
    let mut selected = Vec::new();
    accounts::list(&store, |listed: ListedAccount| {
        let settings = &listed.record.settings;
        let sync = settings.sync.as_ref();
        let is_on = settings.enabled && sync.is_some_and(|sync| sync.enabled);
        let is_named = arguments.account.as_deref() == Some(listed.id.as_str());
        if is_named || (is_on && arguments.account.is_none()) {
            selected.push(listed.id);
        }
    })
    .await?;
    store.close().await;
    match (&arguments.account, selected.as_slice()) {
        (Some(account), []) => {
            return Err(no_account(account));
        }
        (None, []) => println!("no account has webhooks switched on"),
        _ => {}
    }
    let host_environment = HostEnvironment::from_config(&config)?;
    let product = Arc::new(databases::open_existing_product(&config).await?);
    let host = Host::open_with_product(product, config, host_environment).await?;
    let mut failed = 0;
    for account in &selected {
        if let Err(error) = compare(host.reconciliation(), account).await {
            println!("account {account}: {}", describe(&*error));
            failed += 1;
        }
    }
    host.close().await;
    if failed > 0 {
        return Err(format!("accounts not fully compared: {failed}").into());
    }
    Ok(())
}

async fn compare(reconciliation: &Reconciliation, account: &AccountId) -> Result<(), BoxError> {
    let print_progress =
        |progress: Progress| println!("account {account}: compared so far: {}", progress.compared);
    let Progress {
        compared,
        changed,
        doubted,
        hidden,
        ..
    } = reconciliation.run(account, print_progress).await?;
    println!("account {account}: compared: {compared}; missed changes applied to: {changed}");
    if doubted > 0 {
        println!(
            "  to be confirmed: {doubted}; a running server rereads them, and the sync log shows \
             the result"
        );
    }
    if hidden > 0 {
        println!("  skipped, because the credential cannot see their jobs: {hidden}");
    }
    Ok(())
}
