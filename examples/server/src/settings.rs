//! Shows, checks and saves settings for the command line, with the checks of the HTTP endpoints.

use std::{fmt, sync::Arc};

use clap::{ValueEnum, builder::PossibleValue};
use demo_product::DemoProduct;
use greenhouse_core::{
    AccountId,
    settings::{SettingsChange, SettingsError, SettingsProblem, SettingsView},
    store::Store,
};
use greenhouse_harvest::{PushService, PushSettingsError, PushSettingsService, PushSettingsUpdate};
use greenhouse_partner::{PartnerSettings, SettingsPart};
use sqlx_store::SqlxStore;

use crate::{
    Config, HostEnvironment,
    databases::{self, DatabasesError},
};

/// Access to the settings of all accounts of a host.
pub struct HostSettings {
    store: Arc<SqlxStore>,
    push: PushSettingsService,
    partner: PartnerSettings,
}

/// Selects the settings of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SettingsOf {
    /// Push of candidates to Greenhouse.
    Push,
    /// Assessments of candidates that Greenhouse sends.
    Assessments,
    /// Webhooks about pushed candidates.
    Sync,
}

impl SettingsOf {
    fn part(self) -> Option<SettingsPart> {
        match self {
            Self::Push => None,
            Self::Assessments => Some(SettingsPart::Assessments),
            Self::Sync => Some(SettingsPart::Sync),
        }
    }

    /// Returns the word before "settings" in a sentence, such as `assessment`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Assessments => "assessment",
            Self::Sync => "sync",
        }
    }
}

impl fmt::Display for SettingsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", PossibleValue::get_name))
    }
}

impl HostSettings {
    /// Opens the existing databases of the host.
    ///
    /// # Errors
    ///
    /// [`DatabasesError`] if a database cannot be opened or the configuration is invalid.
    pub async fn open(
        config: &Config,
        environment: HostEnvironment,
    ) -> Result<Self, DatabasesError> {
        let store = Arc::new(databases::open_existing(config).await?);
        let product: Arc<DemoProduct> = Arc::new(databases::open_existing_product(config).await?);
        let all: Arc<dyn Store> = Arc::clone(&store) as _;
        let ports = environment.ports(config, product, &all, None)?;
        let clients = Arc::new(HostEnvironment::clients(config, &ports).build()?);
        let push = PushService::builder(&ports)
            .clients(clients)
            .config(config.push);
        let push = push.build()?.settings();
        let partner = PartnerSettings::new(all);
        Ok(Self {
            store,
            push,
            partner,
        })
    }

    /// Returns an account's settings, as `GET settings/{of}` does.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`] if the account does not exist or the database fails.
    pub async fn show(
        &self,
        account: &AccountId,
        of: SettingsOf,
    ) -> Result<SettingsView, PushSettingsError> {
        match of.part() {
            None => self.push.view(account).await,
            Some(part) => Ok(self.partner.view(account, part).await?),
        }
    }

    /// Checks the stored settings of an account, and returns their problems. Push settings are
    /// checked against Greenhouse.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`] if the settings could not be checked.
    pub async fn check(
        &self,
        account: &AccountId,
        of: SettingsOf,
    ) -> Result<Vec<SettingsProblem>, PushSettingsError> {
        match of.part() {
            None => self.push.check(account).await,
            Some(part) => Ok(self.partner.check(account, part).await?),
        }
    }

    /// Saves the edited output of [`show`](Self::show), as `PUT settings/{of}` does.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`] if the settings are invalid or outdated, or could not be checked or
    /// saved.
    pub async fn set(
        &self,
        account: &AccountId,
        of: SettingsOf,
        json: &[u8],
    ) -> Result<SettingsView, PushSettingsError> {
        match of.part() {
            None => {
                let update = PushSettingsUpdate::from_json(json)?;
                self.push.save(account, update).await
            }
            Some(part) => {
                let change = SettingsChange::from_json(json).map_err(SettingsError::from)?;
                Ok(self.partner.save(account, part, change).await?)
            }
        }
    }

    /// Closes the integration's database.
    pub async fn close(&self) {
        self.store.close().await;
    }
}

impl fmt::Debug for HostSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostSettings").finish_non_exhaustive()
    }
}
