//! Values that Greenhouse offers for the push settings. The settings may be saved or not.

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId,
    platform::{
        Assessment, AssessmentPlatform, Completed, CompletedCursor, Invite, Outcome, PlatformError,
        ProductJob, Scenario,
    },
    store::{Records, Store, memory::MemoryStore},
};
use http::{Request, StatusCode};
use serde_json::Value;
use url::{Url, form_urlencoded::Serializer};

use crate::{
    Config, HostEnvironment, Program,
    accounts::{self, AccountConfig},
    databases, host,
};

/// Kinds of choices that [`list`] returns.
pub const KINDS: [&str; 5] = ["jobs", "stages", "users", "fields", "sources"];

/// Choices to list.
#[derive(Debug, Clone)]
pub struct Query {
    /// One of [`KINDS`].
    pub what: String,
    /// Greenhouse job whose stages to list. Required for `stages`.
    pub job: Option<u64>,
    /// E-mail address that filters `users`.
    pub email: Option<String>,
}

/// Lists choices as `GET choices/{what}` does. Uses the account's settings in `accounts`, or those
/// in the database if `accounts` is `None`. Saves no settings.
///
/// # Errors
///
/// Returns an error if the account does not exist, if a database cannot be opened, or if the
/// endpoint fails. The error of the endpoint contains its remedy.
pub async fn list(
    config: &Config,
    environment: &HostEnvironment,
    account: &AccountId,
    accounts: Option<&[AccountConfig]>,
    query: &Query,
) -> Result<Value, Box<dyn Error + Send + Sync>> {
    let (store, product): (Arc<dyn Store>, Arc<dyn AssessmentPlatform>) = match accounts {
        Some(accounts) => {
            if accounts.iter().all(|one| one.id != *account) {
                return Err(format!(
                    "no account {account} in the accounts file; correct the id or add the account"
                )
                .into());
            }
            let store = MemoryStore::new();
            accounts::apply(&store, accounts).await?;
            let own = || accounts.iter().filter(|one| one.id == *account);
            let catalogue = Catalogue {
                jobs: own().flat_map(|one| one.product_jobs.clone()).collect(),
                scenarios: own().flat_map(|one| one.scenarios.clone()).collect(),
            };
            (Arc::new(store), Arc::new(catalogue))
        }
        None => {
            let store = databases::open_existing(config).await?;
            if store.account(account).await?.is_none() {
                store.close().await;
                let program = Program::this();
                return Err(format!(
                    "no account {account} in the database; `{program} accounts list` lists all \
                     accounts"
                )
                .into());
            }
            let product = databases::open_existing_product(config).await?;
            (Arc::new(store), Arc::new(product))
        }
    };
    let greenhouse = host::integration(config, environment, product, Arc::clone(&store), None)?;
    let request = Request::get(query.path()).body(Bytes::new())?;
    let answer = greenhouse.operator(account, request).await;
    store.close().await;
    let body: Value = serde_json::from_slice(answer.body())?;
    if answer.status() != StatusCode::OK {
        return Err(match body["error"]["code"].as_str() {
            Some("not_configured") => no_push_settings(account),
            _ => format!("account {account}: {}", describe_problem(&body)),
        }
        .into());
    }
    Ok(body)
}

impl Query {
    fn path(&self) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(job) = self.job {
            query.append_pair("job", &job.to_string());
        }
        if let Some(email) = &self.email {
            query.append_pair("email", email);
        }
        let (what, query) = (&self.what, query.finish());
        format!("/api/integrations/greenhouse/choices/{what}?{query}")
    }
}

/// Returns the error for a command that needs push settings.
pub(crate) fn no_push_settings(account: &AccountId) -> String {
    let program = Program::this();
    format!(
        "account {account} has no push settings; add them with `{program} settings set {account}` or \
         `{program} accounts apply`"
    )
}

/// Formats an error response of the endpoint: its message and remedy, or its JSON if it has
/// neither.
fn describe_problem(body: &Value) -> String {
    let error = &body["error"];
    let part = |name: &str| error[name].as_str();
    match (part("message"), part("remedy")) {
        (Some(message), Some(remedy)) => format!("{message}\n  {remedy}"),
        (Some(message), None) => message.to_owned(),
        _ => body.to_string(),
    }
}

/// Product that has only the jobs and the tests in an accounts file.
#[derive(Debug)]
struct Catalogue {
    jobs: Vec<ProductJob>,
    scenarios: Vec<Scenario>,
}

fn not_found<T>(what: &'static str) -> Result<T, PlatformError> {
    Err(PlatformError::NotFound { what })
}

#[async_trait]
impl AssessmentPlatform for Catalogue {
    async fn scenarios(&self, _: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        Ok(self.scenarios.clone())
    }

    async fn jobs(&self, _: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        Ok(self.jobs.clone())
    }

    async fn invite(&self, _: &AccountId, _: &Invite) -> Result<AssessmentId, PlatformError> {
        not_found("scenario")
    }

    async fn assessment(
        &self,
        _: &AccountId,
        _: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        Ok(None)
    }

    async fn report_pdf(&self, _: &AccountId, _: &AssessmentId) -> Result<Bytes, PlatformError> {
        not_found("report")
    }

    async fn report_url(&self, _: &AccountId, _: &AssessmentId) -> Result<Url, PlatformError> {
        not_found("report")
    }

    async fn apply_outcome(
        &self,
        _: &AccountId,
        _: &AssessmentId,
        _: Outcome,
        _: u64,
    ) -> Result<(), PlatformError> {
        not_found("assessment")
    }

    async fn completed_since(
        &self,
        _: &AccountId,
        _: &CompletedCursor,
        _: usize,
    ) -> Result<Completed, PlatformError> {
        Ok(Completed::NotSupported)
    }
}
