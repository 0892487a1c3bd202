use std::sync::Arc;

use greenhouse_core::{
    AccountId, BuildError,
    platform::{AssessmentPlatform, PlatformError},
    settings::SettingsProblem,
    store::{Store, StoreError, memory::MemoryStore},
};
use greenhouse_harvest::verify_push_settings;

use super::AccountConfig;
use crate::{Config, HostEnvironment};

/// Checks the push settings of these accounts against Greenhouse. Skips settings that are disabled
/// or equal to those in the store. Saves no settings.
///
/// # Errors
///
/// [`VerifyError::InvalidSettings`] lists every problem of every account. The other variants mean
/// that the settings could not be checked.
pub async fn verify(
    config: &Config,
    store: &Arc<dyn Store>,
    platform: &Arc<dyn AssessmentPlatform>,
    environment: &HostEnvironment,
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
        // The check of a new account must leave no tokens in the store.
        let token_store = if is_new {
            Arc::new(MemoryStore::new())
        } else {
            Arc::clone(store)
        };
        let ports = environment.ports(config, Arc::clone(platform), &token_store, None)?;
        let clients = HostEnvironment::clients(config, &ports).build()?;
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
        Err(VerifyError::InvalidSettings(all))
    }
}

/// Error returned by [`verify`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Push settings are invalid. Lists every problem of each account.
    #[error("nothing was written, because push settings are invalid:\n{}", list_problems(.0))]
    InvalidSettings(Vec<(AccountId, Vec<SettingsProblem>)>),
    /// The push settings could not be checked against Greenhouse.
    #[error(
        "nothing was written, because the push settings of account {account} could not be checked \
         (`--unchecked` skips this check)"
    )]
    NotVerified {
        /// Id of the account.
        account: AccountId,
        /// Error of the check.
        source: greenhouse_harvest::Error,
    },
    /// The product could not list its jobs.
    #[error("nothing was written, because the product could not list its jobs")]
    Product(#[source] PlatformError),
    /// The configuration is invalid.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The store failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

fn list_problems(all: &[(AccountId, Vec<SettingsProblem>)]) -> String {
    let accounts = all
        .iter()
        .map(|(account, problems)| format!("account {account}\n{}", describe_problems(problems)));
    accounts.collect::<Vec<_>>().join("\n")
}

/// Formats problems for a terminal, each with its remedy.
pub fn describe_problems(problems: &[SettingsProblem]) -> String {
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
