//! State shared by all pushes on a host: ports, configuration, caches, and the stop signal.

use std::{future::Future, sync::Arc};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId,
    integration::Ports,
    platform::{
        Assessment, CandidateProfile, Completed, CompletedCursor, PlatformError, ProductJob,
        Scenario,
    },
    recent::Recent,
    store::{LogId, LogKey, Store, StoreError},
    within,
};
use http::Response;
use tokio::sync::watch;

use super::{PushConfig, field_definitions::FieldDefinitions, recent_lists::RecentLists};
use crate::HarvestClients;

pub(super) struct Engine {
    pub(super) ports: Ports,
    pub(super) clients: Arc<HarvestClients>,
    pub(super) config: PushConfig,
    pub(super) definitions: FieldDefinitions,
    /// Lists of options for settings pages.
    pub(super) lists: RecentLists,
    /// Last check of the stored settings of each account, with the version of the account.
    pub(super) checks: Recent<AccountId, (u64, Response<Bytes>)>,
    stopping: watch::Sender<bool>,
}

impl Engine {
    pub(super) fn new(ports: Ports, clients: Arc<HarvestClients>, config: PushConfig) -> Self {
        Self {
            ports,
            clients,
            config,
            definitions: FieldDefinitions::new(config.definitions_age),
            lists: RecentLists::new(),
            checks: Recent::new(CHECKED_ACCOUNTS),
            stopping: watch::Sender::new(false),
        }
    }

    pub(super) fn store(&self) -> &dyn Store {
        &**self.ports.store()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.ports.clock().now()
    }

    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Returns once the grace period after the stop has passed.
    pub(super) async fn stop_grace_over(&self) {
        // The sender lives as long as the engine, so the wait cannot fail before the stop.
        let stopped = self
            .stopping
            .subscribe()
            .wait_for(|stopping| *stopping)
            .await
            .is_ok();
        if stopped {
            self.ports.clock().sleep(self.config.stop_grace).await;
        }
    }

    pub(super) async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        self.in_time(self.ports.product().assessment(account, assessment))
            .await
    }

    pub(super) async fn profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        self.in_time(self.ports.product().profile(account, assessment))
            .await
    }

    pub(super) async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        self.in_time(self.ports.product().report_pdf(account, assessment))
            .await
    }

    pub(super) async fn completed_since(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError> {
        let product = self.ports.product();
        self.in_time(product.completed_since(account, cursor, limit))
            .await
    }

    pub(super) async fn product_jobs(
        &self,
        account: &AccountId,
    ) -> Result<Vec<ProductJob>, PlatformError> {
        self.in_time(self.ports.product().jobs(account)).await
    }

    pub(super) async fn scenarios(
        &self,
        account: &AccountId,
    ) -> Result<Vec<Scenario>, PlatformError> {
        self.in_time(self.ports.product().scenarios(account)).await
    }

    /// Public link to the report. `None` if the host serves no reports or the link is revoked.
    pub(super) async fn report_link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<String>, StoreError> {
        if !self.ports.serves_reports() {
            return Ok(None);
        }
        let access = self.store().report_access(account, assessment).await?;
        let link = self
            .ports
            .reports()
            .of(account, assessment, access.as_ref());
        Ok(link.await?.map(|link| link.to_string()))
    }

    /// Returns the id of the sync log entry for an assessment's push.
    pub(super) async fn log_id(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<LogId>, StoreError> {
        let key = LogKey::push(assessment);
        let entry = self.store().keyed_log_entry(account, &key).await?;
        Ok(entry.map(|logged| logged.id))
    }

    async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, PlatformError>>,
    ) -> Result<T, PlatformError> {
        within(&**self.ports.clock(), self.config.product_deadline, call)
            .await
            .unwrap_or_else(|| Err(PlatformError::Unavailable(ProductTimeout.into())))
    }
}

/// Maximum number of accounts whose last check is kept.
const CHECKED_ACCOUNTS: usize = 100;

#[derive(Debug, thiserror::Error)]
#[error("the product did not respond in time")]
struct ProductTimeout;
