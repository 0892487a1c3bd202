use std::{fmt, sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId, Clock, HttpTransport, UserId,
    settings::HarvestCredential,
    store::{Shared, memory::MemoryStore},
};

use super::{HarvestClient, RetryPolicy, TokenConfig};
use crate::{HarvestEndpoints, HarvestObserver};

/// Builder for [`HarvestClient`]; see [`HarvestClient::builder`].
#[derive(Clone)]
#[must_use]
pub struct HarvestClientBuilder {
    pub(super) transport: Arc<dyn HttpTransport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) credential: HarvestCredential,
    pub(super) acting_user: Option<UserId>,
    pub(super) endpoints: HarvestEndpoints,
    pub(super) account: AccountId,
    pub(super) tokens: Arc<dyn Shared>,
    pub(super) budgets: Arc<dyn Shared>,
    pub(super) observer: Option<Arc<dyn HarvestObserver>>,
    pub(super) patience: Duration,
    pub(super) limit_poll: Duration,
    pub(super) is_sparing: bool,
    pub(super) retries: RetryPolicy,
    pub(super) token_config: TokenConfig,
}

impl HarvestClientBuilder {
    pub(super) fn new(
        transport: Arc<dyn HttpTransport>,
        clock: Arc<dyn Clock>,
        credential: HarvestCredential,
    ) -> Self {
        let own = Arc::new(MemoryStore::new());
        Self {
            transport,
            clock,
            credential,
            acting_user: None,
            endpoints: HarvestEndpoints::default(),
            account: AccountId::new("client"),
            tokens: Arc::clone(&own) as _,
            budgets: own,
            observer: None,
            patience: DEFAULT_PATIENCE,
            limit_poll: DEFAULT_LIMIT_POLL,
            is_sparing: false,
            retries: RetryPolicy::default(),
            token_config: TokenConfig::default(),
        }
    }

    /// Makes calls as this user (the token's `sub`, documented). Default: the credential's own
    /// service user. Lists require a Site Admin. With a partner's app, calls are made as the user
    /// who consented, and this setting has no effect.
    pub fn acting_as(self, user: impl Into<Option<UserId>>) -> Self {
        Self {
            acting_user: user.into(),
            ..self
        }
    }

    /// Uses hosts other than Greenhouse's own, for tests and demos.
    pub fn endpoints(self, endpoints: HarvestEndpoints) -> Self {
        Self { endpoints, ..self }
    }

    /// Shares the rate budget and the token with clients in any process that have the same account,
    /// credential and stores. The token is shared only with clients that also have the same acting
    /// user. By default, both are kept in memory and shared only by the clones of this client.
    pub fn sharing(
        self,
        account: AccountId,
        tokens: Arc<dyn Shared>,
        budgets: Arc<dyn Shared>,
    ) -> Self {
        Self {
            account,
            tokens,
            budgets,
            ..self
        }
    }

    /// Reports events to this observer.
    pub fn observer(self, observer: Arc<dyn HarvestObserver>) -> Self {
        Self {
            observer: Some(observer),
            ..self
        }
    }

    /// Sets the limit on the total wait of one call, for the rate limit and between attempts.
    /// Default: 65 s, a little more than two windows of the rate limit.
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sets the interval at which the store is read while another client with the same credential
    /// determines the rate limit. Default: 250 ms.
    pub fn limit_poll(self, limit_poll: Duration) -> Self {
        Self { limit_poll, ..self }
    }

    /// Takes places of the rate limit only for calls that wait for one. By default, a client takes a
    /// sixteenth of a window's places at once, and the places that it does not use expire. A client
    /// that is dropped after a few calls would use up the limit that it shares.
    pub fn sparing(self) -> Self {
        Self {
            is_sparing: true,
            ..self
        }
    }

    /// Sets the retry policy. Default: up to 4 attempts; see [`RetryPolicy`].
    pub fn retries(self, retries: RetryPolicy) -> Self {
        Self { retries, ..self }
    }

    /// Sets how the token is fetched and renewed.
    pub fn token_config(self, token_config: TokenConfig) -> Self {
        Self {
            token_config,
            ..self
        }
    }

    /// Builds the client. Nothing is sent before the first call.
    pub fn build(self) -> HarvestClient {
        HarvestClient::from_builder(self)
    }
}

impl fmt::Debug for HarvestClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarvestClientBuilder")
            .field("endpoints", &self.endpoints)
            .field("acting_user", &self.acting_user)
            .finish_non_exhaustive()
    }
}

const DEFAULT_PATIENCE: Duration = Duration::from_secs(65);
const DEFAULT_LIMIT_POLL: Duration = Duration::from_millis(250);
