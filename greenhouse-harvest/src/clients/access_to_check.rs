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
    /// Returns an access with these settings, to check the settings before they are saved; see
    /// [`verify_push_settings`](crate::verify_push_settings).
    ///
    /// The access requests its own token, because a stored token would prove neither that the
    /// secret is correct nor which scopes the credential has now. For a partner's app, it uses the
    /// stored token, because a refresh token is valid only once. The rate limit is shared with
    /// every other client of the account.
    pub fn access_to_check(&self, account: &AccountId, settings: Arc<PushSettings>) -> Access {
        let mut config = self.config.clone();
        config.is_sparing = true;
        if *settings.credential.grant() == HarvestGrant::ClientCredentials {
            config.tokens = Arc::new(MemoryStore::new());
        }
        let access = Self::with_config(config).access_with(account, settings);
        access.answering()
    }
}

impl Access {
    /// Limits the wait for the rate limit, for calls that are made while a person waits for the
    /// result.
    #[must_use]
    pub(crate) fn answering(mut self) -> Self {
        self.client = self.client.with_patience(PATIENCE);
        self.own = self.own.map(|own| own.with_patience(PATIENCE));
        self
    }

    /// Returns the client that acts as the user who owns the credential, if the settings specify
    /// another acting user.
    pub(crate) fn own(&self) -> Option<&HarvestClient> {
        self.own.as_ref()
    }
}

/// Slightly more than one window of the rate limit.
const PATIENCE: Duration = Duration::from_secs(35);
