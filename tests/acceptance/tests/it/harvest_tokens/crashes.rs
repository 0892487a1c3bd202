//! A host crashes at every step of a token refresh, and another host continues.

use std::{
    collections::BTreeSet,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    ExchangeLimits, HttpTransport, TransportError, settings::HarvestCredential,
    store::memory::MemoryStore,
};
use greenhouse_harvest::{AuthProblem, Error};
use http::{Request, Response};
use tokio::sync::Notify;

use super::stage::{HOUR, Stage};

/// With client credentials, the client works again after every crash.
#[tokio::test(flavor = "multi_thread")]
async fn client_credentials_survive_every_crash() {
    let stage = Stage::set().await;
    let credential = stage.own();
    let (steps, lost) = crash_everywhere(&stage, &credential).await;
    assert_eq!(steps, STEPS);
    assert_eq!(lost, BTreeSet::new());
}

/// With a single-use refresh token, a response that was not saved is lost. After every other crash,
/// the client works again.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_crash_between_refresh_and_save_needs_a_new_consent() {
    let stage = Stage::set().await;
    let credential = stage.partner();
    let (steps, lost) = crash_everywhere(&stage, &credential).await;
    assert_eq!(steps, STEPS);
    let between = ["after /token", "before save_token"];
    assert_eq!(lost, between.into_iter().map(str::to_owned).collect());
}

/// Steps of a call with an expired token.
const STEPS: [&str; 12] = [
    "before token",
    "after token",
    "before lock_token",
    "after lock_token",
    "before token",
    "after token",
    "before /token",
    "after /token",
    "before save_token",
    "after save_token",
    "before /v3/jobs",
    "after /v3/jobs",
];

/// Returns the steps of a call, and the steps at which a crash loses the connection.
async fn crash_everywhere(
    stage: &Stage,
    credential: &HarvestCredential,
) -> (Vec<String>, BTreeSet<String>) {
    let steps = crash(stage, credential, usize::MAX).await.0;
    let mut lost = BTreeSet::new();
    for (at, step) in steps.iter().enumerate() {
        let (so_far, ended) = crash(stage, credential, at).await;
        assert_eq!(so_far.last(), Some(step));
        match ended {
            Ok(()) => {}
            Err(Error::Auth {
                problem: AuthProblem::Reconnect,
                ..
            }) => {
                lost.insert(step.clone());
            }
            Err(error) => panic!("{step}: {error:?}"),
        }
    }
    (steps, lost)
}

/// Crashes one host at this step. Another host makes the call after the lease has expired. Returns
/// the steps of the first host and the result of the second.
async fn crash(
    stage: &Stage,
    credential: &HarvestCredential,
    at: usize,
) -> (Vec<String>, Result<(), Error>) {
    let store = Arc::new(MemoryStore::new());
    let healthy = || stage.client_on(credential, stage.transport.clone(), store.clone(), &store);
    let first = healthy();
    if let Some(connection) = first.partner() {
        stage.connect(&connection).await;
    }
    stage.calls(&first).await.unwrap();
    stage.advance(HOUR + Duration::from_secs(1));

    let mortal = Arc::new(Crashing {
        store: store.clone(),
        transport: stage.transport.clone(),
        at,
        steps: Mutex::default(),
        died: Notify::new(),
    });
    let client = stage.client_on(credential, mortal.clone(), mortal.clone(), &store);
    tokio::select! {
        ended = stage.calls(&client) => {
            ended.unwrap();
            assert_eq!(at, usize::MAX);
        }
        () = mortal.died.notified() => {}
    }
    drop(client);
    stage.advance(Duration::from_secs(31));
    let second = healthy();
    let ended = stage.calls(&second).await;
    if ended.is_err() {
        // The state persists, without another request, until a new consent.
        let requests = stage.token_requests();
        stage.calls(&second).await.unwrap_err();
        stage.calls(&second).await.unwrap_err();
        assert_eq!(stage.token_requests(), requests);
        stage.connect(&second.partner().unwrap()).await;
        stage.calls(&second).await.unwrap();
    }
    let steps = mortal.steps.lock().unwrap().clone();
    (steps, ended)
}

/// Dependencies of a host that crashes. From the fatal step on, no call returns.
#[derive(Debug)]
struct Crashing {
    store: Arc<MemoryStore>,
    transport: Arc<dyn HttpTransport>,
    at: usize,
    steps: Mutex<Vec<String>>,
    died: Notify,
}

impl Crashing {
    async fn step<T>(&self, name: &str, call: impl Future<Output = T>) -> T {
        self.pass(format!("before {name}")).await;
        let answer = call.await;
        self.pass(format!("after {name}")).await;
        answer
    }

    async fn store_step<T>(&self, method: &str, call: impl Future<Output = T>) -> T {
        self.step(method.trim_start_matches("Shared::"), call).await
    }

    async fn pass(&self, step: String) {
        let dies = {
            let mut steps = self.steps.lock().unwrap();
            steps.push(step);
            steps.len() > self.at
        };
        if dies {
            self.died.notify_one();
            pending::<()>().await;
        }
    }
}

#[async_trait]
impl HttpTransport for Crashing {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path().to_owned();
        self.step(&path, self.transport.send(request, limits)).await
    }
}

greenhouse_core::forward_store!(Shared for Crashing => store_step(store));
