mod to_check;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use greenhouse_core::{
    AccountId, Clock, HttpTransport, UserId,
    settings::{FromStage, HarvestCredential, HarvestGrant, PushSettings, Settings},
    store::{Shared, StoreError},
};

use crate::{HarvestClient, HarvestEndpoints, HarvestObserver, PartnerConnection, TokenConfig};

/// The Harvest clients of all accounts, each with its token, made when first asked for. Push and reader share them.
pub struct HarvestClients {
    parts: HarvestClientsParts,
    token_config: TokenConfig,
    known: Mutex<BTreeMap<AccountId, Known>>,
}

/// What [`HarvestClients`] work with.
#[derive(Clone)]
pub struct HarvestClientsParts {
    /// The credentials of accounts.
    pub settings: Arc<dyn Settings>,
    /// Where the tokens are kept that all hosts share.
    pub tokens: Arc<dyn Shared>,
    /// Where the rate limits are counted that all hosts share.
    pub budgets: Arc<dyn Shared>,
    /// The way out.
    pub transport: Arc<dyn HttpTransport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where Greenhouse is.
    pub endpoints: HarvestEndpoints,
    /// Is told what every client does.
    pub observer: Option<Arc<dyn HarvestObserver>>,
}

struct Known {
    credential: HarvestCredential,
    acting_user: Option<UserId>,
    from_stage: FromStage,
    client: HarvestClient,
    own: Option<HarvestClient>,
}

/// An account's way into Harvest.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Access {
    /// The client for the account's credential and acting user.
    pub client: HarvestClient,
    /// The settings that name them.
    pub settings: Arc<PushSettings>,
    /// The client for the credential's own user, where another one acts.
    own: Option<HarvestClient>,
}

impl Access {
    /// The client whose lists show the most: that of the acting user if that is a Site Admin, else that of the credential's
    /// own user if that is one (lists show everything to Site Admins only, documented). Where neither is known to be one,
    /// that of the acting user, whose empty lists then prove nothing: [`HarvestClient::sees`] says no, or cannot tell.
    ///
    /// The app of a partner has no user of its own.
    pub async fn reader(&self) -> HarvestClient {
        let acting = &self.client;
        match &self.own {
            Some(own) if matches!(acting.sees().await, Ok(false)) => match own.sees().await {
                Ok(true) => own.clone(),
                _ => acting.clone(),
            },
            _ => acting.clone(),
        }
    }
}

impl HarvestClients {
    /// Clients for the credentials that the settings name.
    pub fn new(parts: HarvestClientsParts) -> Self {
        Self {
            parts,
            token_config: TokenConfig::default(),
            known: Mutex::default(),
        }
    }

    /// The same, dealing with tokens in another way than by default.
    #[must_use]
    pub fn with_token_config(self, token_config: TokenConfig) -> Self {
        Self {
            token_config,
            ..self
        }
    }

    /// The account's access; none where its push is switched off. Changed settings give a new client.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the settings could not be read.
    pub async fn access(&self, account: &AccountId) -> Result<Option<Access>, StoreError> {
        let Some(settings) = self.parts.settings.push(account).await? else {
            return Ok(None);
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let current = known.get(account).filter(|known| known.is_for(&settings));
        let (client, own) = match current {
            Some(known) => (known.client.clone(), known.own.clone()),
            None => {
                let Access { client, own, .. } = self.access_with(account, Arc::clone(&settings));
                let new = Known {
                    credential: settings.credential.clone(),
                    acting_user: settings.acting_user,
                    from_stage: settings.from_stage,
                    client: client.clone(),
                    own: own.clone(),
                };
                known.insert(account.clone(), new);
                (client, own)
            }
        };
        Ok(Some(Access {
            client,
            settings,
            own,
        }))
    }

    /// Whether the account has its webhooks switched on.
    pub(crate) async fn syncs(&self, account: &AccountId) -> Result<bool, StoreError> {
        Ok(self.parts.settings.sync(account).await?.is_some())
    }

    /// The access that these settings would give, saved or not. It shares tokens and rate limits as any other.
    pub fn access_with(&self, account: &AccountId, settings: Arc<PushSettings>) -> Access {
        let acting_user = settings.acting_user;
        let own = acting_user.filter(|_| *settings.credential.grant() == HarvestGrant::default());
        Access {
            client: self.client(account, &settings, acting_user),
            own: own.map(|_| self.client(account, &settings, None)),
            settings,
        }
    }

    /// The account's connection to the app of a partner; none where its push is switched off or its credential is its own.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the settings could not be read.
    pub async fn partner(
        &self,
        account: &AccountId,
    ) -> Result<Option<PartnerConnection>, StoreError> {
        let access = self.access(account).await?;
        Ok(access.and_then(|access| access.client.partner()))
    }

    fn client(
        &self,
        account: &AccountId,
        settings: &PushSettings,
        acting_user: Option<UserId>,
    ) -> HarvestClient {
        let parts = &self.parts;
        let client = HarvestClient::builder(
            Arc::clone(&parts.transport),
            Arc::clone(&parts.clock),
            settings.credential.clone(),
        )
        .acting_as(acting_user)
        .from_stage(settings.from_stage)
        .endpoints(parts.endpoints.clone())
        .token_config(self.token_config)
        .sharing(
            account.clone(),
            Arc::clone(&parts.tokens),
            Arc::clone(&parts.budgets),
        );
        match &parts.observer {
            Some(observer) => client.observer(Arc::clone(observer)).build(),
            None => client.build(),
        }
    }
}

impl Known {
    fn is_for(&self, settings: &PushSettings) -> bool {
        self.credential == settings.credential
            && self.acting_user == settings.acting_user
            && self.from_stage == settings.from_stage
    }
}

impl fmt::Debug for HarvestClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarvestClients")
            .field("endpoints", &self.parts.endpoints)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HarvestClientsParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarvestClientsParts")
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}
