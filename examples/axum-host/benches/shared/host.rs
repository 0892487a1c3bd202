//! The host as deployed, with its background loops and an in-memory product, so that the product's
//! own cost is small.

use std::{net::SocketAddr, sync::Arc};

use axum_host::Axum;
use greenhouse_core::{
    AccountId, Environment, HookKey, JobId, ProductJobId, Secret, StageId,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{
        AccountSettings, AssessmentSettings, CompletionCredential, HarvestCredential, JobMapping,
        KeyDigest, PushSettings, SyncSettings,
    },
    store::{AccountRecord, Applied, Changes, StoreWriter, Write},
    testing::FakePlatform,
};
use server::{Config, Host, HostEnvironment, serve::serve};
use sqlx_store::{MasterKeys, SqlxStore};
use tokio::net::TcpListener;

/// Starts the host, which serves until the process ends.
pub(crate) async fn serve_host(
    database: &str,
    master_keys: MasterKeys,
    product: Arc<FakePlatform>,
    greenhouse: Environment,
) -> SocketAddr {
    let public_url = "https://host.example".parse().unwrap();
    let mut config = Config::new(public_url, master_keys);
    config.database = Secret::new(database);
    config.product_database = String::new();
    let mut outside = HostEnvironment::production().unwrap();
    outside.environment = greenhouse;
    let host = Host::open_with_product(product, config, outside)
        .await
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { serve(&Axum, host, listener).await.unwrap() });
    address
}

/// A Greenhouse that does not answer, for benches that do not call it.
#[allow(dead_code, reason = "not every bench that includes this file uses it")]
pub(crate) fn nowhere() -> Environment {
    Environment::sandbox("http://127.0.0.1:9").unwrap()
}

/// Writes the account and its other records.
pub(crate) async fn write_account(
    store: &SqlxStore,
    settings: AccountSettings,
    mut changes: Changes,
) {
    let operator = vec![KeyDigest::of(OPERATOR)];
    changes.account = Some(Write::Put(AccountRecord::new(settings, operator)));
    let applied = store.apply(&account(), changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
}

pub(crate) fn account() -> AccountId {
    AccountId::new(ACCOUNT)
}

/// Returns settings that configure every direction.
pub(crate) fn settings() -> AccountSettings {
    let key = ReportLinkKey::new("2026", Secret::new("s".repeat(32))).unwrap();
    let mut settings = AccountSettings::new(ReportLinks::new(key, vec![]));
    let mut assessments = AssessmentSettings::new(vec![KeyDigest::of(KEY)]);
    assessments.completion = Some(CompletionCredential {
        user: Secret::new("user"),
        password: Secret::new("password"),
    });
    settings.assessments = Some(assessments);
    let credential = HarvestCredential::new("client", Some("secret".into())).unwrap();
    let mut push = PushSettings::new(credential);
    let mapping = |job| JobMapping::new(JobId::new(job), Some(StageId::new(job + 1)));
    push.jobs = (0..10)
        .map(|job| (ProductJobId::new(format!("job-{job}")), mapping(job)))
        .collect();
    settings.push = Some(push);
    let hook = HookKey::new(HOOK);
    settings.sync = Some(SyncSettings::new(hook, vec![HOOK_SECRET.into()]).unwrap());
    settings
}

pub(crate) const OPERATOR: &str = "operator";
pub(crate) const ACCOUNT: &str = "acme";
pub(crate) const KEY: &str = "gpk_5TKdXm0o2qg8aYc1sJwQn3rB6vHzL9uE4iPtF7kMxWA";
pub(crate) const HOOK: &str = "0123456789abcdef";
pub(crate) const HOOK_SECRET: &str = "a hook secret";
