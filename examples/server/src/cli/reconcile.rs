use std::sync::Arc;

use clap::Args;
use greenhouse_core::AccountId;
use greenhouse_partner::{Progress, Reconciliation};

use super::{BoxError, ConfigFile};
use crate::{
    Host, Outside,
    accounts::{self, Listed},
    databases,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    host: ConfigFile,
    /// The account; every one that has its webhooks switched on where it is left out.
    account: Option<String>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), BoxError> {
    let config = arguments.host.read()?;
    let store = databases::open_existing(&config).await?;
    let mut wanted = Vec::new();
    accounts::list(&store, |listed: Listed| {
        let is_on = listed.record.settings.sync.is_some_and(|sync| sync.enabled);
        let is_named = arguments.account.as_deref() == Some(listed.id.as_str());
        if is_named || (is_on && arguments.account.is_none()) {
            wanted.push(listed.id);
        }
    })
    .await?;
    store.close().await;
    match (&arguments.account, wanted.as_slice()) {
        (Some(account), []) => {
            return Err(format!("there is no account {account} in the database").into());
        }
        (None, []) => println!("no account has its webhooks switched on"),
        _ => {}
    }
    let outside = Outside::of(&config)?;
    let product = Arc::new(databases::open_existing_product(&config).await?);
    let host = Host::open_before(product, config, outside).await?;
    let mut failed = 0;
    for account in &wanted {
        if let Err(error) = compare(host.reconciliation(), account).await {
            println!("account {account}: {error}");
            failed += 1;
        }
    }
    host.close().await;
    if failed > 0 {
        return Err(format!("accounts that could not be compared whole: {failed}").into());
    }
    Ok(())
}

async fn compare(reconciliation: &Reconciliation, account: &AccountId) -> Result<(), BoxError> {
    let tell =
        |progress: Progress| println!("account {account}: compared so far: {}", progress.compared);
    let Progress {
        compared,
        changed,
        doubted,
        hidden,
        ..
    } = reconciliation.run(account, tell).await?;
    println!("account {account}: compared: {compared}; changed by what was missed: {changed}");
    if doubted > 0 {
        println!(
            "  a host that serves reads {doubted} of them once more before it believes what Greenhouse says; the sync log tells"
        );
    }
    if hidden > 0 {
        println!("  on jobs that the credential is not shown, and so left as they are: {hidden}");
    }
    Ok(())
}
