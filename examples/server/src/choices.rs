//! What Greenhouse offers for the settings of the push, before they are saved or after.

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId,
    platform::{
        Assessment, AssessmentPlatform, Completed, CompletedCursor, Invite, Outcome, PlatformError,
        ProductJob, Scenario,
    },
    store::{Store, memory::MemoryStore},
};
use http::{Request, StatusCode};
use serde_json::Value;
use url::{Url, form_urlencoded::Serializer};

use crate::{
    Config, Outside,
    accounts::{self, AccountConfig},
    databases, host,
};

/// Everything that can be listed.
pub const KINDS: [&str; 5] = ["jobs", "stages", "users", "fields", "sources"];

/// What to list.
#[derive(Debug, Clone)]
pub struct Query {
    /// One of [`KINDS`].
    pub what: String,
    /// The job of the stages.
    pub job: Option<u64>,
    /// The e-mail address of the user.
    pub email: Option<String>,
}

/// Lists as `GET choices/{what}` does, with the settings in the database or in these accounts. Nothing is saved.
///
/// # Errors
///
/// Why it cannot be listed, with the remedy of the endpoint.
pub async fn offered(
    config: &Config,
    outside: &Outside,
    account: &AccountId,
    accounts: Option<&[AccountConfig]>,
    query: &Query,
) -> Result<Value, Box<dyn Error + Send + Sync>> {
    let (store, product): (Arc<dyn Store>, Arc<dyn AssessmentPlatform>) = match accounts {
        Some(accounts) => {
            let store = MemoryStore::new();
            accounts::apply(&store, accounts).await?;
            let jobs = accounts.iter().filter(|one| one.id == *account);
            let jobs = jobs.flat_map(|one| one.product_jobs.clone()).collect();
            (Arc::new(store), Arc::new(Catalogue { jobs }))
        }
        None => {
            let store = databases::open_existing(config).await?;
            let product = databases::open_existing_product(config).await?;
            (Arc::new(store), Arc::new(product))
        }
    };
    let greenhouse = host::integration(config, outside, product, Arc::clone(&store), None)?;
    let request = Request::get(query.path()).body(Bytes::new())?;
    let answer = greenhouse.operator(account, request).await;
    store.close().await;
    let body: Value = serde_json::from_slice(answer.body())?;
    if answer.status() != StatusCode::OK {
        return Err(format!("account {account}: {body:#}").into());
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

/// The jobs of an accounts file, as a product that does nothing else.
#[derive(Debug)]
struct Catalogue {
    jobs: Vec<ProductJob>,
}

fn nothing<T>(what: &'static str) -> Result<T, PlatformError> {
    Err(PlatformError::NotFound { what })
}

#[async_trait]
impl AssessmentPlatform for Catalogue {
    async fn scenarios(&self, _: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        Ok(Vec::new())
    }

    async fn jobs(&self, _: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        Ok(self.jobs.clone())
    }

    async fn invite(&self, _: &AccountId, _: &Invite) -> Result<AssessmentId, PlatformError> {
        nothing("scenario")
    }

    async fn assessment(
        &self,
        _: &AccountId,
        _: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        Ok(None)
    }

    async fn report_pdf(&self, _: &AccountId, _: &AssessmentId) -> Result<Bytes, PlatformError> {
        nothing("report")
    }

    async fn report_url(&self, _: &AccountId, _: &AssessmentId) -> Result<Url, PlatformError> {
        nothing("report")
    }

    async fn apply_outcome(
        &self,
        _: &AccountId,
        _: &AssessmentId,
        _: Outcome,
        _: u64,
    ) -> Result<(), PlatformError> {
        nothing("assessment")
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
