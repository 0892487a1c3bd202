//! Health with checks that ran before.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::{ask_service, at};
use crate::{
    AccountId,
    health::Check,
    operator::{OperatorPart, OperatorRequest, OperatorService},
    store::memory::MemoryStore,
    testing::ManualClock,
};

#[test]
fn checks_are_returned_again_up_to_the_accepted_age() {
    let scene = Scene::new();
    assert_eq!(scene.runs_of("health"), 1);
    assert_eq!(scene.runs_of("health?max_age=60"), 0);
    assert_eq!(scene.runs_of("health?max_age=0"), 1);
    scene.clock.advance(Duration::from_secs(59));
    assert_eq!(scene.runs_of("health?max_age=60"), 0);
    scene.clock.advance(Duration::from_secs(1));
    assert_eq!(scene.runs_of("health?max_age=60"), 1);
}

#[test]
fn a_change_makes_the_checks_run_again() {
    let scene = Scene::new();
    scene.runs_of("health");
    for (method, path, runs) in [
        (Method::GET, "part", 0),
        (Method::POST, "preview", 0),
        (Method::POST, "settings/push/check", 0),
        (Method::POST, "settings/push/estimate", 0),
        (Method::PUT, "settings/push", 1),
        (Method::POST, "keys", 1),
        (Method::DELETE, "keys/1", 1),
    ] {
        ask_service(&scene.service, method.clone(), path, "");
        let ran = scene.runs_of("health?max_age=60");
        assert_eq!(ran, runs, "{method} {path}");
    }
}

#[test]
fn an_invalid_age_is_refused() {
    let scene = Scene::new();
    for path in [
        "health?max_age=-1",
        "health?max_age=3601",
        "health?max_age=",
    ] {
        let (status, body) = ask_service(&scene.service, Method::GET, path, "");
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(body["error"]["code"], "bad_query", "{path}");
    }
}

struct Scene {
    service: OperatorService,
    clock: Arc<ManualClock>,
    part: Arc<CountingPart>,
}

impl Scene {
    fn new() -> Self {
        let part = Arc::new(CountingPart::default());
        let clock = Arc::new(ManualClock::at(at()));
        let parts: Vec<Arc<dyn OperatorPart>> = vec![part.clone()];
        let service = OperatorService::new(Arc::new(MemoryStore::new()), parts);
        let service = service.with_clock(clock.clone());
        Self {
            service,
            clock,
            part,
        }
    }

    /// Number of runs of the checks for this request.
    fn runs_of(&self, path: &str) -> usize {
        let before = self.part.runs.load(Ordering::Relaxed);
        let (status, body) = ask_service(&self.service, Method::GET, path, "");
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(body["checks"][0]["name"], "counted");
        self.part.runs.load(Ordering::Relaxed) - before
    }
}

#[derive(Debug, Default)]
struct CountingPart {
    runs: AtomicUsize,
}

#[async_trait]
impl OperatorPart for CountingPart {
    async fn answer(&self, _request: &OperatorRequest) -> Option<Response<Bytes>> {
        None
    }

    async fn checks(&self, _account: &AccountId) -> Vec<Check> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        vec![Check::ok("counted", "fine")]
    }
}
