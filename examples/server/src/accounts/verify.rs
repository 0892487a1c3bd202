use std::sync::Arc;

use greenhouse_core::{
    AccountId, BuildError,
    platform::{AssessmentPlatform, PlatformError},
    settings::SettingsProblem,
    store::{Store, StoreError, memory::MemoryStore},
};
use greenhouse_harvest::verify_push_settings;

use super::AccountConfig;
use crate::{Config, Outside};

/// Asks Greenhouse whether the push settings of these accounts can work, as far as they are switched on and not in the store
/// as they are. Nothing is written.
///
/// # Errors
///
/// [`VerifyError`]; of all accounts, everything that cannot work.
pub async fn verify(
    config: &Config,
    store: &Arc<dyn Store>,
    platform: &Arc<dyn AssessmentPlatform>,
    outside: &Outside,
    accounts: &[AccountConfig],
) -> Result<(), VerifyError> {
    let mut all = Vec::new();
    for account in accounts {
        let id = &account.id;
        let Some(push) = account.push.as_ref().filter(|push| push.enabled) else {
            continue;
        };
        let known = store.account(id).await?;
        let is_new = known.is_none();
        if known.is_some_and(|known| known.settings.push.as_ref() == Some(push)) {
            continue;
        }
        let mut jobs = platform.jobs(id).await.map_err(VerifyError::Product)?;
        jobs.extend(account.product_jobs.iter().cloned());
        // Of an account that may not come in, nothing is to stay.
        let counted = if is_new {
            Arc::new(MemoryStore::new())
        } else {
            Arc::clone(store)
        };
        let ports = outside.ports(config, Arc::clone(platform), &counted, None)?;
        let clients = Outside::clients(config, &ports).build()?;
        let access = clients.access_to_check(id, Arc::new(push.clone()));
        let problems = verify_push_settings(&access, Some(&jobs)).await;
        let problems = problems.map_err(|source| VerifyError::NotVerified {
            account: id.clone(),
            source,
        })?;
        if !problems.is_empty() {
            all.push((id.clone(), problems));
        }
    }
    if all.is_empty() {
        Ok(())
    } else {
        Err(VerifyError::CannotWork(all))
    }
}

/// Why accounts are not brought in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Push settings cannot work: of each account, everything that is wrong.
    #[error("nothing was written, since push settings cannot work:\n{}", list_problems(.0))]
    CannotWork(Vec<(AccountId, Vec<SettingsProblem>)>),
    /// Greenhouse could not be asked.
    #[error(
        "nothing was written, since greenhouse could not be asked whether the push settings of account {account} can work \
         (`--unchecked` brings accounts in without asking)"
    )]
    NotVerified {
        /// The account.
        account: AccountId,
        /// Why not.
        source: greenhouse_harvest::Error,
    },
    /// The product could not be asked.
    #[error("nothing was written, since the product could not be asked for its jobs")]
    Product(#[source] PlatformError),
    /// A value of the configuration cannot work.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The store could not be asked.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
}

fn list_problems(all: &[(AccountId, Vec<SettingsProblem>)]) -> String {
    let accounts = all
        .iter()
        .map(|(account, problems)| format!("account {account}\n{}", in_words(problems)));
    accounts.collect::<Vec<_>>().join("\n")
}

/// Problems as a person reads them, each with its remedy.
pub fn in_words(problems: &[SettingsProblem]) -> String {
    let lines = problems.iter().map(|problem| {
        let SettingsProblem {
            member,
            message,
            remedy,
            ..
        } = problem;
        format!("  {member}: {message}\n    {remedy}")
    });
    lines.collect::<Vec<_>>().join("\n")
}
