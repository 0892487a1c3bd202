use std::future::pending;

use async_trait::async_trait;
use greenhouse_core::{
    store::memory::MemoryStore,
    testing::{FailingStore, Failure, ManualClock, StoreFault},
};

use super::*;

fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn failing() -> Arc<FailingStore> {
    Arc::new(FailingStore::around(Arc::new(MemoryStore::default())))
}

fn said(response: &Response<Bytes>) -> (u16, &str) {
    let text = std::str::from_utf8(response.body()).unwrap();
    (response.status().as_u16(), text)
}

#[tokio::test]
async fn the_host_is_ready_while_the_database_answers() {
    let store = failing();
    let clock = Arc::new(ManualClock::at(start()));
    let probes = Probes::new(Arc::clone(&store) as _, Arc::clone(&clock) as _, || Ok(()));
    let ready = probes.ready(&Method::GET).await;
    assert_eq!(said(&ready), (200, "ready\n"));

    clock.advance(FRESH);
    store.plan(Some(StoreFault {
        call: 1,
        how: Failure::Before,
        lasts: true,
    }));
    let down = probes.ready(&Method::GET).await;
    assert_eq!(
        said(&down),
        (
            503,
            "not ready: the database cannot be asked; the log says why\n"
        )
    );

    store.heal();
    clock.advance(FRESH);
    let ready = probes.ready(&Method::HEAD).await;
    assert_eq!(said(&ready), (200, "ready\n"));
}

#[tokio::test]
async fn however_many_ask_the_database_is_asked_once_a_second() {
    let store = failing();
    let clock = Arc::new(ManualClock::at(start()));
    let probes = Probes::new(Arc::clone(&store) as _, Arc::clone(&clock) as _, || Ok(()));
    for _ in 0..100 {
        assert_eq!(probes.ready(&Method::GET).await.status(), StatusCode::OK);
    }
    assert_eq!(store.calls(), ["TaskQueue::next_due"]);
    clock.advance(FRESH);
    assert_eq!(probes.ready(&Method::GET).await.status(), StatusCode::OK);
    assert_eq!(store.calls().len(), 2);
}

#[tokio::test]
async fn a_database_that_says_nothing_is_waited_for_and_no_longer() {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::self_advancing(start()));
    let probes = Probes::new(failing() as _, Arc::clone(&clock), || Ok(()));
    // Whoever asks first never gets an answer.
    let _held = probes.last.lock().await;
    let slow = probes.ready(&Method::GET).await;
    assert_eq!(
        said(&slow),
        (
            503,
            "not ready: the database gave no answer within 2 seconds\n"
        )
    );
    assert_eq!(clock.now() - start(), chrono::TimeDelta::seconds(2));
}

#[tokio::test]
async fn a_host_that_is_being_stopped_is_not_ready_and_alive() {
    /// A clock that never comes to an end: the database is not even asked.
    #[derive(Debug)]
    struct Still;

    #[async_trait]
    impl Clock for Still {
        fn now(&self) -> DateTime<Utc> {
            start()
        }

        async fn sleep(&self, _: Duration) {
            pending().await
        }
    }

    let store = failing();
    let probes = Probes::new(Arc::clone(&store) as _, Arc::new(Still), || Ok(()));
    probes.stop();
    let stopping = probes.ready(&Method::GET).await;
    assert_eq!(
        said(&stopping),
        (503, "not ready: the host is being stopped\n")
    );
    assert_eq!(said(&Probes::live(&Method::GET)), (200, "alive\n"));
    assert!(store.calls().is_empty());
}

#[tokio::test]
async fn probes_are_read_only() {
    let store = failing();
    let probes = Probes::new(
        Arc::clone(&store) as _,
        Arc::new(ManualClock::at(start())),
        || Ok(()),
    );
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        for answer in [Probes::live(&method), probes.ready(&method).await] {
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
            assert_eq!(answer.headers()[header::ALLOW], "GET, HEAD");
        }
    }
    assert!(store.calls().is_empty());
}

#[tokio::test]
async fn a_host_with_a_halted_task_or_a_full_disk_is_not_ready() {
    for (unready, words) in [
        (Unready::Halted, "a background task is not running"),
        (Unready::Full, "the disk of the database is full"),
    ] {
        let store = failing();
        let clock = Arc::new(ManualClock::at(start()));
        let probes = Probes::new(Arc::clone(&store) as _, clock, move || Err(unready));
        let answer = probes.ready(&Method::GET).await;
        let (status, text) = said(&answer);
        assert!(status == 503 && text.contains(words), "{text}");
        assert_eq!(said(&Probes::live(&Method::GET)), (200, "alive\n"));
    }
}
