use std::{fmt, sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId, Clock, HttpTransport, UserId,
    settings::{FromStage, HarvestCredential},
    store::{Shared, memory::MemoryStore},
};

use super::{HarvestClient, RetryPolicy, TokenConfig};
use crate::{HarvestEndpoints, HarvestObserver};

/// Puts a [`HarvestClient`] together; see [`HarvestClient::builder`].
#[derive(Clone)]
#[must_use]
pub struct HarvestClientBuilder {
    pub(super) transport: Arc<dyn HttpTransport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) credential: HarvestCredential,
    pub(super) acting_user: Option<UserId>,
    pub(super) from_stage: FromStage,
    pub(super) endpoints: HarvestEndpoints,
    pub(super) account: AccountId,
    pub(super) tokens: Arc<dyn Shared>,
    pub(super) budgets: Arc<dyn Shared>,
    pub(super) observer: Option<Arc<dyn HarvestObserver>>,
    pub(super) patience: Duration,
    pub(super) limit_poll: Duration,
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
            from_stage: FromStage::default(),
            endpoints: HarvestEndpoints::default(),
            account: AccountId::new("client"),
            tokens: Arc::clone(&own) as _,
            budgets: own,
            observer: None,
            patience: DEFAULT_PATIENCE,
            limit_poll: DEFAULT_LIMIT_POLL,
            retries: RetryPolicy::default(),
            token_config: TokenConfig::default(),
        }
    }

    /// Does everything in the name of this user (`sub` of the token, documented). Without it the credential's own service
    /// user acts. Lists need a Site Admin. With a partner's app whoever consented acts, and this changes nothing.
    pub fn acting_as(self, user: impl Into<Option<UserId>>) -> Self {
        Self {
            acting_user: user.into(),
            ..self
        }
    }

    /// Which id of its current stage a move of an application names; see [`HarvestClient::move_application`]. Default: that
    /// of the job's interview plan.
    pub fn from_stage(self, from_stage: FromStage) -> Self {
        Self { from_stage, ..self }
    }

    /// Talks to other hosts than Greenhouse's own, for tests and demos.
    pub fn endpoints(self, endpoints: HarvestEndpoints) -> Self {
        Self { endpoints, ..self }
    }

    /// Shares token and rate budget with every client, of any process, that has the same account, credential and stores.
    /// Without it they are kept in memory and shared by the clones of this client only.
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

    /// Tells this observer what happens.
    pub fn observer(self, observer: Arc<dyn HarvestObserver>) -> Self {
        Self {
            observer: Some(observer),
            ..self
        }
    }

    /// How long one call may wait, for its turn and between attempts, all its waits together. Default: 65 s, two windows
    /// of the rate limit and a little.
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How often the store is looked into while another client of the credential finds out its rate limit. Default:
    /// 250 ms.
    pub fn limit_poll(self, limit_poll: Duration) -> Self {
        Self { limit_poll, ..self }
    }

    /// How calls are repeated that may be.
    pub fn retries(self, retries: RetryPolicy) -> Self {
        Self { retries, ..self }
    }

    /// Deals with the token in another way than by default.
    pub fn token_config(self, token_config: TokenConfig) -> Self {
        Self {
            token_config,
            ..self
        }
    }

    /// The client. Nothing is sent before the first call.
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
