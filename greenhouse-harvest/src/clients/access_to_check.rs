//! Access to Greenhouse with settings that are not saved yet.

use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId,
    settings::{HarvestGrant, PushSettings},
    store::memory::MemoryStore,
};

use super::{Access, HarvestClients};
use crate::HarvestClient;

impl HarvestClients {
    /// Returns the access with these settings, to check them before they are saved; see
    /// [`verify_push_settings`](crate::verify_push_settings).
    ///
    /// Requests a token of its own, because a stored one would prove neither that the secret is
    /// correct nor which scopes the credential has now. For a partner's app it uses the stored
    /// token, because a refresh token is valid once. The rate limit is shared with every other
    /// client of the account.
    pub fn access_to_check(&self, account: &AccountId, settings: Arc<PushSettings>) -> Access {
        let access = if *settings.credential.grant() == HarvestGrant::ClientCredentials {
            let mut config = self.config.clone();
            config.tokens = Arc::new(MemoryStore::new());
            Self::with_config(config).access_with(account, settings)
        } else {
            self.access_with(account, settings)
        };
        access.answering()
    }
}

impl Access {
    /// Limits waits for the rate limit, for calls during a request of a person.
    #[must_use]
    pub(crate) fn answering(mut self) -> Self {
        self.client = self.client.with_patience(PATIENCE);
        self.own = self.own.map(|own| own.with_patience(PATIENCE));
        self
    }

    /// Client for the credential's own user, if there is another acting user.
    pub(crate) fn own(&self) -> Option<&HarvestClient> {
        self.own.as_ref()
    }
}

/// Slightly more than one window of the rate limit.
const PATIENCE: Duration = Duration::from_secs(35);
