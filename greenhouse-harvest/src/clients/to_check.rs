//! Access to Greenhouse by settings that are not saved yet.

use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId,
    settings::{HarvestGrant, PushSettings},
    store::memory::MemoryStore,
};

use super::{Access, HarvestClients};
use crate::HarvestClient;

impl HarvestClients {
    /// The access that these settings would give, to check them before they are saved; see
    /// [`verify_push_settings`](crate::verify_push_settings).
    ///
    /// Its token is got anew, for itself alone: one from the store would prove neither that the secret is right nor what the
    /// credential may do now. The token of a partner's app is the store's all the same, since a refresh token is good once.
    /// The rate limit is shared with every other client of the account.
    pub fn access_to_check(&self, account: &AccountId, settings: Arc<PushSettings>) -> Access {
        let access = if *settings.credential.grant() == HarvestGrant::ClientCredentials {
            let mut config = self.config.clone();
            config.tokens = Arc::new(MemoryStore::new());
            Self::of(config).access_with(account, settings)
        } else {
            self.access_with(account, settings)
        };
        access.answering()
    }
}

impl Access {
    /// The same, for calls whose answer somebody waits for.
    #[must_use]
    pub(crate) fn answering(mut self) -> Self {
        self.client = self.client.with_patience(PATIENCE);
        self.own = self.own.map(|own| own.with_patience(PATIENCE));
        self
    }

    /// The client for the credential's own user, where another one acts.
    pub(crate) fn own(&self) -> Option<&HarvestClient> {
        self.own.as_ref()
    }
}

/// One window of the rate limit, and a little.
const PATIENCE: Duration = Duration::from_secs(35);
