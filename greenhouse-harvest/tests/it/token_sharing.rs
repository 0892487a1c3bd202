//! Tokens shared between callers and hosts, with a store that fails.

use std::{
    error::Error as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use greenhouse_core::{
    AccountId, Clock,
    settings::HarvestCredential,
    store::{Shared, StoredToken, TokenKey, memory::MemoryStore},
    testing::{FailingStore, Failure, ManualClock, StoreFault, cut_short},
};
use greenhouse_harvest::{
    AuthProblem, Error, HarvestClient, HarvestEvent, HarvestObserver, api::JobFilter,
};

use crate::support::{
    start,
    token_host::{CODE, PARTNER_SECRET, TokenHost, Trouble},
};

/// Token host and store, with a client whose token has expired.
struct Scene {
    host: Arc<TokenHost>,
    store: Arc<MemoryStore>,
    failing_store: Arc<FailingStore>,
    credential: HarvestCredential,
    client: HarvestClient,
}

impl Scene {
    async fn set(credential: HarvestCredential) -> Self {
        let clock = Arc::new(ManualClock::self_advancing(start()));
        let host = TokenHost::new(&clock);
        let store = Arc::new(MemoryStore::new());
        let failing_store = Arc::new(FailingStore::around(store.clone()).yielding());
        let client = host
            .builder(credential.clone(), failing_store.clone())
            .build();
        if let Some(connection) = client.partner() {
            connection.exchange(CODE).await.unwrap();
        }
        call(&client).await.unwrap();
        let scene = Self {
            host,
            store,
            failing_store,
            credential,
            client,
        };
        scene.host.clock.advance(Duration::from_secs(3601));
        scene.host.asked();
        scene.failing_store.plan(None);
        scene
    }

    fn another(&self) -> HarvestClient {
        let credential = self.credential.clone();
        self.host
            .builder(credential, self.failing_store.clone())
            .build()
    }

    async fn stored(&self) -> StoredToken {
        let key = TokenKey::new(self.credential.client_id(), None);
        let token = self.store.token(&AccountId::new("acme"), &key).await;
        token.unwrap().unwrap()
    }
}

fn both() -> [HarvestCredential; 2] {
    [TokenHost::own(), TokenHost::partner()]
}

async fn call(client: &HarvestClient) -> Result<(), Error> {
    client.jobs(&JobFilter::new()).all().await.map(drop)
}

#[tokio::test]
async fn a_dropped_call_loses_no_response() {
    // The next caller starts immediately, too late for the lock to outlast a request, and after the
    // lock has expired.
    let later = [0, 25, 40];
    for (credential, seconds) in both()
        .into_iter()
        .flat_map(|one| later.map(|at| (one.clone(), at)))
    {
        for waits in 0.. {
            let scene = Scene::set(credential.clone()).await;
            let first = cut_short(waits, call(&scene.client)).await;
            scene.host.clock.advance(Duration::from_secs(seconds));
            call(&scene.client).await.unwrap();
            let asked = scene.host.tokens_asked();
            assert_eq!(asked, 1, "{waits} waits, {seconds} seconds");
            if first.is_some() {
                assert!(waits >= 8, "{waits}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn an_endless_request_is_abandoned() {
    let scene = Scene::set(TokenHost::own()).await;
    scene.host.troubles([Trouble::Held]);
    for seconds in [0, 90] {
        scene.host.clock.advance(Duration::from_secs(seconds));
        let stuck = tokio::time::timeout(Duration::from_millis(20), call(&scene.client)).await;
        assert!(stuck.is_err());
    }
    scene.host.clock.advance(Duration::from_secs(10));
    call(&scene.client).await.unwrap();
    assert_eq!(scene.host.tokens_asked(), 2);
}

#[tokio::test]
async fn the_connection_survives_every_store_fault() {
    for credential in both() {
        let healthy = Scene::set(credential.clone()).await;
        call(&healthy.client).await.unwrap();
        let faults = healthy.failing_store.faults();
        assert!(faults.len() >= 16, "{faults:?}");
        for fault in faults {
            let scene = Scene::set(credential.clone()).await;
            scene.failing_store.plan(Some(fault));
            // Each call succeeds or reports a store failure, and a rotated token is not used before
            // it is saved.
            for _ in 0..2 {
                match call(&scene.client).await {
                    Ok(()) => is_saved(&scene, fault).await,
                    Err(Error::Store { .. }) => {}
                    Err(error) => panic!("{fault}: {error:?}"),
                }
            }
            scene.failing_store.heal();
            for client in [scene.client.clone(), scene.another()] {
                call(&client)
                    .await
                    .unwrap_or_else(|error| panic!("{fault}: {error:?}"));
                is_saved(&scene, fault).await;
            }
        }
    }
}

async fn is_saved(scene: &Scene, fault: StoreFault) {
    if scene.client.partner().is_some() {
        let stored = scene.stored().await;
        assert_eq!(stored.access.expose(), scene.host.last_bearer(), "{fault}");
    }
}

#[tokio::test]
async fn a_host_that_lost_its_lease_still_saves_its_refresh_token() {
    let scene = Scene::set(TokenHost::partner()).await;
    let second = scene.another();
    scene.host.troubles([Trouble::Held]);
    let slow = call(&scene.client);
    let fast = async {
        while scene.host.tokens_asked() == 0 {
            tokio::task::yield_now().await;
        }
        // The lease has expired. The refresh token is used, and the next one is still in flight to
        // the other host.
        scene.host.clock.advance(Duration::from_secs(31));
        let refused = call(&second).await.unwrap_err();
        let reconnect = AuthProblem::Reconnect;
        assert!(matches!(refused, Error::Auth { problem, .. } if problem == reconnect));
        scene.host.held.notify_one();
    };
    let (slow, ()) = tokio::join!(slow, fast);
    slow.unwrap();
    call(&second).await.unwrap();
    assert_eq!(scene.stored().await.access.expose(), "canary.token.2");
}

#[tokio::test]
async fn a_refused_host_uses_the_newer_token_of_another_host() {
    for credential in both() {
        let scene = Scene::set(credential).await;
        let second = scene.another();
        call(&scene.client).await.unwrap();
        call(&second).await.unwrap();
        assert_eq!(scene.host.tokens_asked(), 1);

        scene.host.revoke();
        call(&scene.client).await.unwrap();
        assert_eq!(scene.host.tokens_asked(), 1);
        call(&second).await.unwrap();
        assert_eq!(scene.host.asked(), ["api", "api"]);
    }
}

#[tokio::test]
async fn a_failing_token_host_is_retried_with_backoff() {
    for credential in both() {
        let scene = Scene::set(credential).await;
        let before = scene.host.clock.now();
        scene.host.troubles([
            Trouble::Status(429, 7),
            Trouble::Status(503, 0),
            Trouble::Cut,
        ]);
        call(&scene.client).await.unwrap();
        assert_eq!(scene.host.tokens_asked(), 4);
        let waited = scene.host.clock.now() - before;
        assert_eq!(waited.num_milliseconds(), 7000 + 1000 + 2000);
    }
}

#[tokio::test]
async fn a_truncated_response_is_requested_again() {
    let own = Scene::set(TokenHost::own()).await;
    own.host.troubles([Trouble::Truncated]);
    call(&own.client).await.unwrap();
    assert_eq!(own.host.tokens_asked(), 2);

    // The lost response contained the next refresh token, and the previous one is used.
    let partner = Scene::set(TokenHost::partner()).await;
    partner.host.troubles([Trouble::Truncated]);
    let error = call(&partner.client).await.unwrap_err();
    let reconnect = AuthProblem::Reconnect;
    assert!(matches!(error, Error::Auth { problem, .. } if problem == reconnect));
}

#[tokio::test]
async fn waiting_callers_share_a_failure() {
    for credential in both() {
        let scene = Scene::set(credential).await;
        scene.host.troubles([Trouble::Status(503, 0); 100]);
        let callers: Vec<_> = (0..20)
            .map(|_| {
                let client = scene.client.clone();
                tokio::spawn(async move { call(&client).await })
            })
            .collect();
        for caller in callers {
            let error = caller.await.unwrap().unwrap_err();
            assert!(matches!(error, Error::Api { status: 503, .. }), "{error:?}");
        }
        assert_eq!(scene.host.tokens_asked(), 4);
    }

    let scene = Scene::set(TokenHost::own()).await;
    let fault = StoreFault {
        call: 1,
        how: Failure::Before,
        lasts: true,
    };
    scene.failing_store.plan(Some(fault));
    let error = call(&scene.client).await.unwrap_err();
    let mut causes = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(one) = cause {
        causes.push(one.to_string());
        cause = one.source();
    }
    let expected = ["the store is unavailable", "failed as planned"];
    assert_eq!(causes[1..], expected);
}

#[tokio::test]
async fn a_long_retry_after_of_the_token_host_is_an_error() {
    let scene = Scene::set(TokenHost::own()).await;
    scene.host.troubles([Trouble::Status(429, 66)]);
    let error = call(&scene.client).await.unwrap_err();
    let Error::RateLimited { retry_after, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(retry_after.as_secs(), 66);
    assert_eq!(scene.host.asked(), ["client_credentials"]);
}

#[tokio::test]
async fn an_unsaved_exchange_is_saved_by_a_repeated_call() {
    let clock = Arc::new(ManualClock::self_advancing(start()));
    let host = TokenHost::new(&clock);
    let failing_store = Arc::new(FailingStore::around(Arc::new(MemoryStore::new())));
    let client = host
        .builder(TokenHost::partner(), failing_store.clone())
        .build();
    let connection = client.partner().unwrap();
    let save = StoreFault {
        call: 4,
        how: Failure::Before,
        lasts: true,
    };
    failing_store.plan(Some(save));
    let error = connection.exchange(CODE).await.unwrap_err();
    assert!(matches!(error, Error::Store { .. }), "{error:?}");
    assert_eq!(failing_store.failed(), Some("Shared::save_token"));
    failing_store.heal();
    for _ in 0..2 {
        connection.exchange(CODE).await.unwrap();
    }
    call(&client).await.unwrap();
    assert_eq!(host.asked(), ["authorization_code", "api"]);

    let dead = connection.exchange("another").await.unwrap_err();
    let refused = AuthProblem::CodeRefused;
    assert!(matches!(dead, Error::Auth { problem, .. } if problem == refused));
    call(&client).await.unwrap();
}

#[tokio::test]
async fn an_observer_receives_token_events_without_secrets() {
    #[derive(Debug, Default)]
    struct ObservedTokens(Mutex<Vec<bool>>);

    impl HarvestObserver for ObservedTokens {
        fn observe(&self, event: &HarvestEvent) {
            if let HarvestEvent::Token { given, .. } = event {
                self.0.lock().unwrap().push(*given);
            }
        }
    }

    let observer = Arc::new(ObservedTokens::default());
    let clock = Arc::new(ManualClock::self_advancing(start()));
    let host = TokenHost::new(&clock);
    let builder = host
        .builder(TokenHost::partner(), Arc::new(MemoryStore::new()))
        .observer(observer.clone());
    let mut shown = format!("{builder:?}");
    let client = builder.build();
    let connection = client.partner().unwrap();
    shown.push_str(&format!(
        "{client:?} {connection:?} {:?}",
        TokenHost::partner()
    ));
    for (code, given) in [("canary-dead", false), (CODE, true)] {
        let exchanged = connection.exchange(code).await;
        assert_eq!(exchanged.is_ok(), given);
        shown.push_str(&format!("{exchanged:?}"));
    }
    assert_eq!(*observer.0.lock().unwrap(), [false, true]);
    for canary in [
        PARTNER_SECRET,
        "canary-dead",
        CODE,
        "canary.token",
        "canary-refresh",
    ] {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
    assert_eq!(
        connection
            .authorize_url(["harvest:jobs:list", "a b"], "s&1")
            .as_str(),
        "https://auth.greenhouse.io/authorize?response_type=code&client_id=canary-partner-8\
         &redirect_uri=https%3A%2F%2Fp.example%2Fback&scope=harvest%3Ajobs%3Alist%20a%20b&state=s%261"
    );
    assert!(
        host.builder(TokenHost::own(), Arc::new(MemoryStore::new()))
            .build()
            .partner()
            .is_none()
    );
}
