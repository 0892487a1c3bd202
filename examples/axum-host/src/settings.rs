//! The settings of the push by hand: shown, checked, and set with the checks of the endpoint.

use std::{fmt, sync::Arc};

use demo_product::DemoProduct;
use greenhouse_core::{
    AccountId,
    settings::StoredSettings,
    store::{Accounts, Store},
};
use greenhouse_harvest::{
    PushParts, PushSettingsError, PushSettingsProblem, PushSettingsService, PushSettingsUpdate,
    PushSettingsView,
};
use sqlx_store::SqlxStore;

use crate::{
    Config, Outside,
    databases::{self, DatabasesError},
};

/// The settings of all accounts of a host.
pub struct HostSettings {
    store: Arc<SqlxStore>,
    push: PushSettingsService,
}

impl HostSettings {
    /// Opens the databases of the host.
    ///
    /// # Errors
    ///
    /// [`DatabasesError`].
    pub async fn open(config: &Config, outside: Outside) -> Result<Self, DatabasesError> {
        let store = Arc::new(databases::open(config).await?);
        let product: Arc<DemoProduct> = Arc::new(databases::open_product(config).await?);
        let all: Arc<dyn Store> = Arc::clone(&store) as _;
        let accounts: Arc<dyn Accounts> = Arc::clone(&store) as _;
        let settings = Arc::new(StoredSettings::new(accounts, None));
        let clients = outside.clients(settings, &all);
        let clients = clients.with_token_config(config.tokens);
        let push = PushSettingsService::new(PushParts {
            store: all,
            platform: product,
            clients: Arc::new(clients),
            clock: outside.clock,
            reports: None,
            config: config.push,
        });
        Ok(Self { store, push })
    }

    /// The push settings of an account, as `GET settings/push` answers them.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`].
    pub async fn show(&self, account: &AccountId) -> Result<PushSettingsView, PushSettingsError> {
        self.push.view(account).await
    }

    /// What in the stored push settings of an account cannot work.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`].
    pub async fn check(
        &self,
        account: &AccountId,
    ) -> Result<Vec<PushSettingsProblem>, PushSettingsError> {
        self.push.check(account).await
    }

    /// Saves what [`show`](Self::show) has shown, changed, as `PUT settings/push` does.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`]; nothing was saved then.
    pub async fn set(
        &self,
        account: &AccountId,
        json: &[u8],
    ) -> Result<PushSettingsView, PushSettingsError> {
        let update = PushSettingsUpdate::from_json(json)?;
        self.push.save(account, update).await
    }

    /// Closes the database of the integration.
    pub async fn close(&self) {
        self.store.close().await;
    }
}

impl fmt::Debug for HostSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostSettings").finish_non_exhaustive()
    }
}

/// Problems as a person reads them, each with its remedy.
pub fn in_words(problems: &[PushSettingsProblem]) -> String {
    let lines = problems.iter().map(|problem| {
        let PushSettingsProblem {
            member,
            message,
            remedy,
            ..
        } = problem;
        format!("  {member}: {message}\n    {remedy}")
    });
    lines.collect::<Vec<_>>().join("\n")
}
