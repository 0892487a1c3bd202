mod access_to_check;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use greenhouse_core::{
    AccountId, BuildError, UserId,
    integration::Ports,
    settings::{HarvestCredential, HarvestGrant, PushSettings},
    store::{Shared, StoreError},
};

use crate::{HarvestClient, HarvestEndpoints, HarvestObserver, PartnerConnection, TokenConfig};

/// Harvest clients for all accounts, each with its own token. Clients are built on first use, and
/// shared by the push and the reader.
pub struct HarvestClients {
    config: ClientsConfig,
    cached: Mutex<BTreeMap<AccountId, CachedClient>>,
}

#[derive(Clone)]
struct ClientsConfig {
    ports: Ports,
    tokens: Arc<dyn Shared>,
    budgets: Arc<dyn Shared>,
    endpoints: HarvestEndpoints,
    token_config: TokenConfig,
    observer: Option<Arc<dyn HarvestObserver>>,
    /// `true` if the clients are dropped after a few calls.
    is_sparing: bool,
}

struct CachedClient {
    credential: HarvestCredential,
    acting_user: Option<UserId>,
    client: HarvestClient,
    own: Option<HarvestClient>,
}

/// Builder of [`HarvestClients`].
#[must_use]
pub struct HarvestClientsBuilder {
    config: ClientsConfig,
}

impl HarvestClientsBuilder {
    /// Sets the store for the tokens that all hosts share. Default: the ports' store.
    pub fn tokens(mut self, tokens: Arc<dyn Shared>) -> Self {
        self.config.tokens = tokens;
        self
    }

    /// Sets the store for the rate limits that all hosts share. Default: the ports' store.
    pub fn budgets(mut self, budgets: Arc<dyn Shared>) -> Self {
        self.config.budgets = budgets;
        self
    }

    /// Sets the base URLs of Harvest and its token host. Default: those of the ports' environment.
    pub fn endpoints(mut self, endpoints: HarvestEndpoints) -> Self {
        self.config.endpoints = endpoints;
        self
    }

    /// Sets how tokens are fetched and renewed.
    pub fn token_config(mut self, config: TokenConfig) -> Self {
        self.config.token_config = config;
        self
    }

    /// Sets the observer for every client.
    pub fn observer(mut self, observer: Arc<dyn HarvestObserver>) -> Self {
        self.config.observer = Some(observer);
        self
    }

    /// Builds the clients.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the configuration is invalid.
    pub fn build(self) -> Result<HarvestClients, BuildError> {
        self.config.token_config.check()?;
        Ok(HarvestClients::with_config(self.config))
    }
}

impl fmt::Debug for HarvestClientsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarvestClientsBuilder")
            .field("endpoints", &self.config.endpoints)
            .finish_non_exhaustive()
    }
}

/// An account's access to Harvest.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Access {
    /// Client for the account's credential and acting user.
    pub client: HarvestClient,
    /// Settings with the credential and the acting user.
    pub settings: Arc<PushSettings>,
    /// Client that acts as the user who owns the credential, if the settings specify another acting
    /// user.
    own: Option<HarvestClient>,
}

impl Access {
    /// Returns the client that sees the most records. Only Site Admins see every record
    /// (documented).
    ///
    /// This is the acting user's client, unless only the user who owns the credential is a Site
    /// Admin. If neither user is known to be a Site Admin, [`HarvestClient::sees_all`] returns
    /// `false` or fails, and an empty list proves nothing. In a partner's app, only the acting
    /// user's client exists.
    pub async fn reader(&self) -> HarvestClient {
        let acting = &self.client;
        match &self.own {
            Some(own) if matches!(acting.sees_all().await, Ok(false)) => match own.sees_all().await
            {
                Ok(true) => own.clone(),
                _ => acting.clone(),
            },
            _ => acting.clone(),
        }
    }
}

impl HarvestClients {
    /// Returns a builder for the clients.
    pub fn builder(ports: &Ports) -> HarvestClientsBuilder {
        HarvestClientsBuilder {
            config: ClientsConfig {
                tokens: Arc::clone(ports.store()) as Arc<dyn Shared>,
                budgets: Arc::clone(ports.store()) as Arc<dyn Shared>,
                endpoints: HarvestEndpoints::of(ports.environment()),
                token_config: TokenConfig::default(),
                observer: None,
                is_sparing: false,
                ports: ports.clone(),
            },
        }
    }

    fn with_config(config: ClientsConfig) -> Self {
        Self {
            config,
            cached: Mutex::default(),
        }
    }

    /// Returns the account's access, or `None` if the push is switched off. Builds new clients if
    /// the settings have changed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the settings could not be read.
    pub async fn access(&self, account: &AccountId) -> Result<Option<Access>, StoreError> {
        let settings = self.config.ports.settings().push(account).await?;
        match settings {
            Some(settings) => Ok(Some(self.access_of_saved(account, settings).await?)),
            None => Ok(None),
        }
    }

    /// Returns an access with settings that are saved, also if they are switched off. Builds new
    /// clients if the settings have changed.
    ///
    /// Each client takes places of the rate limit in advance, so a new client for every call would
    /// use up the limit. A client of a partner's app follows a connection or disconnection by
    /// another host.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the token could not be read.
    pub(crate) async fn access_of_saved(
        &self,
        account: &AccountId,
        settings: Arc<PushSettings>,
    ) -> Result<Access, StoreError> {
        let access = self.cached_access(account, settings);
        access.client.follow_store().await?;
        Ok(access)
    }

    fn cached_access(&self, account: &AccountId, settings: Arc<PushSettings>) -> Access {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        let current = cached.get(account).filter(|cached| {
            cached.credential == settings.credential && cached.acting_user == settings.acting_user
        });
        if let Some(current) = current {
            return Access {
                client: current.client.clone(),
                own: current.own.clone(),
                settings,
            };
        }
        let access = self.access_with(account, settings);
        let new = CachedClient {
            credential: access.settings.credential.clone(),
            acting_user: access.settings.acting_user,
            client: access.client.clone(),
            own: access.own.clone(),
        };
        cached.insert(account.clone(), new);
        access
    }

    /// Returns `true` if webhooks are switched on for the account.
    pub(crate) async fn syncs(&self, account: &AccountId) -> Result<bool, StoreError> {
        Ok(self.config.ports.settings().sync(account).await?.is_some())
    }

    /// Returns an access with these settings, whether saved or not. The access shares tokens and
    /// rate limits with every other access of the account.
    pub fn access_with(&self, account: &AccountId, settings: Arc<PushSettings>) -> Access {
        let acting_user = settings.acting_user;
        let own = acting_user.filter(|_| *settings.credential.grant() == HarvestGrant::default());
        Access {
            client: self.client(account, &settings, acting_user),
            own: own.map(|_| self.client(account, &settings, None)),
            settings,
        }
    }

    /// Returns the account's connection to a partner's app. `None` if the push is switched off or
    /// the credential is for the customer's own integration.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the settings could not be read.
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
        let config = &self.config;
        let client = HarvestClient::builder(
            Arc::clone(config.ports.transport()),
            Arc::clone(config.ports.clock()),
            settings.credential.clone(),
        )
        .acting_as(acting_user)
        .endpoints(config.endpoints.clone())
        .token_config(config.token_config)
        .sharing(
            account.clone(),
            Arc::clone(&config.tokens),
            Arc::clone(&config.budgets),
        );
        let client = match config.is_sparing {
            true => client.sparing(),
            false => client,
        };
        match &config.observer {
            Some(observer) => client.observer(Arc::clone(observer)).build(),
            None => client.build(),
        }
    }
}

impl fmt::Debug for HarvestClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarvestClients")
            .field("endpoints", &self.config.endpoints)
            .finish_non_exhaustive()
    }
}
