//! Initial state of every life: a copy of a database with one account.

use std::path::Path;

use greenhouse_core::settings::PartnerKey;
use greenhouse_core::{
    AccountId, HookKey, Secret,
    settings::{AssessmentSettings, CompletionCredential, KeyDigest, SyncSettings},
};
use server::{
    Config,
    accounts::AccountConfig,
    databases,
    keys::{KeyPurpose, NewKey},
};
use tempfile::TempDir;
use url::Url;

pub(crate) struct Template {
    pub(crate) account: AccountId,
    partner_key: Secret,
    config: Config,
    folder: TempDir,
}

impl Template {
    pub(crate) async fn lay() -> Self {
        let folder = in_memory().unwrap_or_else(|| tempfile::tempdir().unwrap());
        let config = config(folder.path());
        let partner_key = PartnerKey::mint().unwrap();
        let account = account(partner_key.digest());
        let accounts = std::slice::from_ref(&account);
        databases::set_up(&config, accounts, None).await.unwrap();
        Self {
            account: account.id,
            partner_key: partner_key.into_secret(),
            config,
            folder,
        }
    }

    /// Copies the database to the folder and returns the configuration of a host at this address.
    pub(crate) fn copy(&self, public_url: Url) -> (TempDir, Config) {
        let folder = TempDir::new_in(&self.folder).unwrap();
        let database = folder.path().join("host.sqlite");
        std::fs::copy(self.config.database.expose(), &database).unwrap();
        let mut config = self.config.clone();
        config.public_url = public_url;
        config.database = Secret::new(database.display().to_string());
        (folder, config)
    }

    pub(crate) fn partner_key(&self) -> &str {
        self.partner_key.expose()
    }
}

/// Returns a temporary folder, in memory if the system supports this. The files survive a killed
/// host as they would on a disk, without the cost of fsync.
fn in_memory() -> Option<TempDir> {
    let builder = tempfile::Builder::new();
    cfg!(target_os = "linux")
        .then(|| builder.tempdir_in("/dev/shm").ok())
        .flatten()
}

fn config(folder: &Path) -> Config {
    let path = folder.join("host.toml");
    let file = |name: &str| folder.join(name).display().to_string();
    let master = NewKey::new(KeyPurpose::Master).unwrap();
    let text = format!(
        "public_url = \"http://127.0.0.1/\"\ndatabase = {:?}\nproduct_database = {:?}\nmaster_keys = [{:?}]\n",
        file("template.sqlite"),
        file("stand-in.sqlite"),
        master.key.expose(),
    );
    std::fs::write(&path, text).unwrap();
    Config::read(Some(&path), []).unwrap()
}

fn account(key: KeyDigest) -> AccountConfig {
    let operator = KeyDigest::of("an operator's token");
    let mut account = AccountConfig::new(AccountId::new("acme"), vec![operator]);
    let mut assessments = AssessmentSettings::new(vec![key]);
    let credential = mock_greenhouse::Config::default().completion_credential;
    assessments.completion = Some(CompletionCredential {
        user: Secret::new(credential.username),
        password: Secret::new(credential.password),
    });
    account.assessments = Some(assessments);
    let secrets = vec![Secret::new(HOOK_SECRET)];
    account.sync = Some(SyncSettings::new(HookKey::new(HOOK_KEY), secrets).unwrap());
    account
}

pub(crate) const HOOK_KEY: &str = "HOOK-0123456789abcdef";
pub(crate) const HOOK_SECRET: &str = "a secret of hooks";
