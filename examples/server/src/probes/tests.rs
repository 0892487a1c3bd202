use std::future::pending;

use async_trait::async_trait;
use greenhouse_core::{
    store::memory::MemoryStore,
    testing::{FailingStore, Failure, ManualClock, StoreFault},
};
use http::header;

use super::*;

fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn failing() -> Arc<FailingStore> {
    Arc::new(FailingStore::around(Arc::new(MemoryStore::default())))
}

fn text_of(response: &Response<Bytes>) -> (u16, &str) {
    let text = std::str::from_utf8(response.body()).unwrap();
    (response.status().as_u16(), text)
}

#[tokio::test]
async fn the_host_is_ready_while_the_database_answers() {
    let store = failing();
    let clock = Arc::new(ManualClock::at(start()));
    let probes = Probes::new(Arc::clone(&store) as _, Arc::clone(&clock) as _, || Ok(()));
    let ready = probes.ready(&Method::GET).await;
    assert_eq!(text_of(&ready), (200, "ready\n"));

    clock.advance(CHECK_INTERVAL);
    store.plan(Some(StoreFault {
        call: 1,
        how: Failure::Before,
        lasts: true,
    }));
    let down = probes.ready(&Method::GET).await;
    assert_eq!(
        text_of(&down),
        (503, "not ready: the database is unavailable; see the log\n")
    );

    store.heal();
    clock.advance(CHECK_INTERVAL);
    let ready = probes.ready(&Method::HEAD).await;
    assert_eq!(text_of(&ready), (200, "ready\n"));
}

#[tokio::test]
async fn the_database_is_queried_once_a_second() {
    let store = failing();
    let clock = Arc::new(ManualClock::at(start()));
    let probes = Probes::new(Arc::clone(&store) as _, Arc::clone(&clock) as _, || Ok(()));
    for _ in 0..100 {
        assert_eq!(probes.ready(&Method::GET).await.status(), StatusCode::OK);
    }
    assert_eq!(store.calls(), ["TaskQueue::next_due"]);
    clock.advance(CHECK_INTERVAL);
    assert_eq!(probes.ready(&Method::GET).await.status(), StatusCode::OK);
    assert_eq!(store.calls().len(), 2);
}

#[tokio::test]
async fn a_silent_database_makes_the_host_unready_after_two_seconds() {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::self_advancing(start()));
    let probes = Probes::new(failing() as _, Arc::clone(&clock), || Ok(()));
    // Holds the lock, like a probe whose query is not answered.
    let _held = probes.last_check.lock().await;
    let slow = probes.ready(&Method::GET).await;
    assert_eq!(
        text_of(&slow),
        (
            503,
            "not ready: the database did not respond within 2 seconds\n"
        )
    );
    assert_eq!(clock.now() - start(), chrono::TimeDelta::seconds(2));
}

#[tokio::test]
async fn a_host_that_shuts_down_is_alive_and_not_ready() {
    /// Clock whose waits never end. The database must not be queried.
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
        text_of(&stopping),
        (503, "not ready: the host is shutting down\n")
    );
    assert_eq!(text_of(&Probes::live(&Method::GET)), (200, "alive\n"));
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
async fn a_host_with_a_stopped_task_or_a_full_disk_is_not_ready() {
    for (unready, words) in [
        (Unready::TaskStopped, "a background task has stopped"),
        (Unready::DiskFull, "the database's disk is full"),
    ] {
        let store = failing();
        let clock = Arc::new(ManualClock::at(start()));
        let probes = Probes::new(Arc::clone(&store) as _, clock, move || Err(unready));
        let answer = probes.ready(&Method::GET).await;
        let (status, text) = text_of(&answer);
        assert!(status == 503 && text.contains(words), "{text}");
        assert_eq!(text_of(&Probes::live(&Method::GET)), (200, "alive\n"));
    }
}
