//! Disconnection from a partner's app, while other hosts use or renew the token.

use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId, Clock,
    store::{Shared, TokenKey, TokenLock, memory::MemoryStore},
    testing::{FailingStore, Failure, ManualClock, StoreFault},
};
use greenhouse_harvest::{AuthProblem, Error, HarvestClient, api::JobFilter};

use crate::support::{
    start,
    token_host::{CODE, TokenHost},
};

/// Token host and store, with a client that is connected.
struct Scene {
    host: Arc<TokenHost>,
    store: Arc<MemoryStore>,
    failing_store: Arc<FailingStore>,
    client: HarvestClient,
}

impl Scene {
    async fn set(patience: Duration) -> Self {
        let clock = Arc::new(ManualClock::self_advancing(start()));
        let host = TokenHost::new(&clock);
        let store = Arc::new(MemoryStore::new());
        let failing_store = Arc::new(FailingStore::around(store.clone()));
        let builder = host.builder(TokenHost::partner(), failing_store.clone());
        let client = builder.patience(patience).build();
        let connection = client.partner().unwrap();
        assert!(!connection.is_connected().await.unwrap());
        connection.exchange(CODE).await.unwrap();
        assert!(connection.is_connected().await.unwrap());
        host.asked();
        Self {
            host,
            store,
            failing_store,
            client,
        }
    }

    async fn disconnect(&self) -> Result<(), Error> {
        self.client.partner().unwrap().disconnect().await
    }

    /// Another host that has begun to refresh the token.
    async fn lock(&self, lease: u64) -> u64 {
        let (now, lease) = (self.host.clock.now(), Duration::from_secs(lease));
        let locked = self.store.lock_token(&account(), &key(), now, lease).await;
        match locked.unwrap() {
            TokenLock::Ours { generation, .. } => generation,
            TokenLock::Theirs { .. } => panic!("the lock is taken"),
        }
    }
}

#[tokio::test]
async fn a_removed_token_is_used_by_no_call() {
    let scene = Scene::set(Duration::from_secs(60)).await;
    call(&scene.client).await.unwrap();
    scene.host.asked();
    for _ in 0..2 {
        scene.disconnect().await.unwrap();
    }
    let error = call(&scene.client).await.unwrap_err();
    let expected = AuthProblem::NotConnected;
    assert!(matches!(error, Error::Auth { problem, .. } if problem == expected));
    assert_eq!(scene.host.asked(), [""; 0]);
    let connection = scene.client.partner().unwrap();
    assert!(!connection.is_connected().await.unwrap());
    let stored = scene
        .store
        .token(&account(), &key())
        .await
        .unwrap()
        .unwrap();
    assert!(stored.is_removed() && stored.access.is_empty());
}

#[tokio::test]
async fn a_refresh_of_another_host_is_awaited() {
    for (patience, waits) in [(60, true), (5, false)] {
        let scene = Scene::set(Duration::from_secs(patience)).await;
        let late = scene.lock(30).await;
        let disconnected = scene.disconnect().await;
        let stored = scene
            .store
            .token(&account(), &key())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(stored.is_removed(), waits);
        if !waits {
            let error = disconnected.unwrap_err();
            assert!(matches!(error, Error::OutOfTime { .. }), "{error:?}");
            continue;
        }
        disconnected.unwrap();
        // The other host's response arrives after the disconnection.
        let token = stored.clone().with_refresh("late".into());
        let (account, key) = (account(), key());
        let saved = scene.store.save_token(&account, &key, late, token);
        let _ = saved.await.unwrap();
        let stored = scene.store.token(&account, &key).await.unwrap().unwrap();
        assert!(stored.is_removed(), "the late token was saved");
    }
}

#[tokio::test]
async fn a_failure_of_the_store_is_reported() {
    for how in [Failure::Before, Failure::After] {
        let scene = Scene::set(Duration::from_secs(60)).await;
        let save = StoreFault {
            call: 2,
            how,
            lasts: false,
        };
        scene.failing_store.plan(Some(save));
        let error = scene.disconnect().await.unwrap_err();
        assert!(matches!(error, Error::Store { .. }), "{error:?}");
        assert_eq!(scene.failing_store.failed(), Some("Shared::save_token"));
        scene.failing_store.plan(None);
        scene.disconnect().await.unwrap();
        assert!(call(&scene.client).await.is_err());
    }
}

async fn call(client: &HarvestClient) -> Result<(), Error> {
    client.jobs(&JobFilter::new()).all().await.map(drop)
}

fn account() -> AccountId {
    AccountId::new("acme")
}

fn key() -> TokenKey {
    TokenKey::new(TokenHost::partner().client_id(), None)
}
