use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use greenhouse_core::{
    AccountId, Clock, HttpTransport, UserId,
    settings::{HarvestCredential, PushSettings, Settings},
    store::StoreError,
};

use crate::{HarvestClient, HarvestEndpoints};

/// The Harvest clients of all accounts, each with its token, made when first asked for. Push and reader share them.
pub struct HarvestClients {
    settings: Arc<dyn Settings>,
    transport: Arc<dyn HttpTransport>,
    clock: Arc<dyn Clock>,
    endpoints: HarvestEndpoints,
    known: Mutex<BTreeMap<AccountId, Known>>,
}

struct Known {
    credential: HarvestCredential,
    acting_user: Option<UserId>,
    client: HarvestClient,
}

/// An account's way into Harvest.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Access {
    /// The client for the account's credential and acting user.
    pub client: HarvestClient,
    /// The settings that name them.
    pub settings: Arc<PushSettings>,
}

impl HarvestClients {
    /// Clients for the credentials that `settings` name.
    pub fn new(
        settings: Arc<dyn Settings>,
        transport: Arc<dyn HttpTransport>,
        clock: Arc<dyn Clock>,
        endpoints: HarvestEndpoints,
    ) -> Self {
        Self {
            settings,
            transport,
            clock,
            endpoints,
            known: Mutex::default(),
        }
    }

    /// The account's access; none where its push is switched off. Changed settings give a new client.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the settings could not be read.
    pub async fn access(&self, account: &AccountId) -> Result<Option<Access>, StoreError> {
        let Some(settings) = self.settings.push(account).await? else {
            return Ok(None);
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let current = known.get(account).filter(|known| known.is_for(&settings));
        let client = match current {
            Some(known) => known.client.clone(),
            None => {
                let client = HarvestClient::new(
                    self.transport.clone(),
                    self.clock.clone(),
                    self.endpoints.clone(),
                    settings.credential.clone(),
                    settings.acting_user,
                );
                let new = Known {
                    credential: settings.credential.clone(),
                    acting_user: settings.acting_user,
                    client: client.clone(),
                };
                known.insert(account.clone(), new);
                client
            }
        };
        Ok(Some(Access { client, settings }))
    }
}

impl Known {
    fn is_for(&self, settings: &PushSettings) -> bool {
        let secret = settings.credential.client_secret().expose().as_bytes();
        self.credential.client_id() == settings.credential.client_id()
            && self.credential.client_secret().matches(secret)
            && self.acting_user == settings.acting_user
    }
}

impl fmt::Debug for HarvestClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarvestClients")
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}
