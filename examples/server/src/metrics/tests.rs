use std::time::Duration;

use chrono::DateTime;
use greenhouse_core::{
    AccountId, AssessmentId, InvitationId,
    store::{
        Applied, Changes, Direction, DueTask, LogEntry, LogStatus, LogSubject, Task,
        memory::MemoryStore,
    },
    testing::{FailingStore, Failure, ManualClock, StoreFault},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::*;

struct Scene {
    clock: Arc<ManualClock>,
    failing: Arc<FailingStore>,
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    door: MetricsDoor,
}

impl Scene {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
        let failing = Arc::new(FailingStore::around(Arc::new(MemoryStore::default())));
        let metrics = Arc::new(Metrics::new(Arc::clone(&clock) as _).unwrap());
        let store = metrics.watch(Arc::clone(&failing) as _);
        let config = MetricsConfig {
            token: Some(Secret::new(TOKEN)),
        };
        let door = MetricsDoor::new(
            Arc::clone(&metrics),
            Arc::clone(&store),
            Arc::clone(&clock) as _,
            config,
        );
        Self {
            clock,
            failing,
            store,
            metrics,
            door,
        }
    }

    async fn apply(&self, changes: Changes) -> Applied {
        let account = AccountId::new("canary-account");
        self.store.apply(&account, changes).await.unwrap()
    }

    async fn shown(&self) -> String {
        let answer = self.door.answer(&Method::GET, &bearing(TOKEN)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(
            answer.headers()[header::CONTENT_TYPE],
            "text/plain; version=0.0.4"
        );
        String::from_utf8(answer.into_body().to_vec()).unwrap()
    }

    async fn shows(&self, lines: &[&str]) {
        let shown = self.shown().await;
        for line in lines {
            assert!(shown.lines().any(|one| one == *line), "{line} in\n{shown}");
        }
        assert!(!shown.contains("canary"), "{shown}");
    }
}

fn bearing(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
    headers.insert(header::AUTHORIZATION, value);
    headers
}

#[tokio::test]
async fn metrics_are_for_whoever_has_the_token() {
    let scene = Scene::new();
    for wrong in [
        HeaderMap::new(),
        bearing(""),
        bearing("another"),
        bearing(&TOKEN[1..]),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = scene.door.answer(&method, &wrong).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{wrong:?}");
            assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Bearer");
        }
    }
    assert!(scene.failing.calls().is_empty(), "strangers cost no read");
    let posted = scene.door.answer(&Method::POST, &bearing(TOKEN)).await;
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);

    let closed = MetricsDoor::new(
        Arc::clone(&scene.metrics),
        Arc::clone(&scene.store),
        Arc::clone(&scene.clock) as _,
        MetricsConfig::default(),
    );
    for headers in [HeaderMap::new(), bearing(""), bearing(TOKEN)] {
        let answer = closed.answer(&Method::GET, &headers).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn due_work_is_shown_by_kind_with_the_age_of_the_oldest() {
    let scene = Scene::new();
    let start = scene.clock.now();
    let mut changes = Changes::none();
    for (name, seconds) in [("canary-a", 3), ("b", 1), ("later", 1_000)] {
        let invitation = InvitationId::new(name);
        let due_at = start + Duration::from_secs(seconds);
        changes
            .due
            .push(DueTask::new(Task::Notify { invitation }, due_at));
    }
    let assessment = AssessmentId::new("canary-c");
    let due_at = start + Duration::from_secs(20);
    changes
        .due
        .push(DueTask::new(Task::Push { assessment }, due_at));
    assert_eq!(scene.apply(changes).await, Applied::Applied);
    scene.clock.advance(Duration::from_secs(31));
    scene
        .shows(&[
            "greenhouse_due_work{kind=\"notify\"} 2",
            "greenhouse_due_work_oldest_seconds{kind=\"notify\"} 30",
            "greenhouse_due_work{kind=\"push\"} 1",
            "greenhouse_due_work_oldest_seconds{kind=\"push\"} 11",
            "greenhouse_due_work{kind=\"reconcile\"} 0",
            "greenhouse_due_work_oldest_seconds{kind=\"reconcile\"} 0",
            "greenhouse_due_work_known 1",
        ])
        .await;
}

#[tokio::test]
async fn however_many_ask_the_due_work_is_read_once_in_five_seconds() {
    let scene = Scene::new();
    for _ in 0..50 {
        scene.shown().await;
    }
    assert_eq!(scene.failing.calls(), ["TaskQueue::overdue"]);
    scene.clock.advance(Duration::from_secs(5));
    scene.shown().await;
    assert_eq!(scene.failing.calls().len(), 2);
}

#[tokio::test]
async fn what_the_database_does_not_tell_is_not_shown_as_peace() {
    let scene = Scene::new();
    scene.shows(&["greenhouse_due_work_known 1"]).await;
    scene.clock.advance(Duration::from_secs(5));
    scene.failing.plan(Some(StoreFault {
        call: 1,
        how: Failure::Before,
        lasts: false,
    }));
    let shown = scene.shown().await;
    assert!(shown.contains("\ngreenhouse_due_work_known 0\n"), "{shown}");
    assert!(!shown.contains("greenhouse_due_work{"), "{shown}");
    assert!(!shown.contains("greenhouse_due_work_oldest_seconds{"));
    let failed =
        "greenhouse_store_failures_total{call=\"TaskQueue::overdue\",reason=\"unavailable\"} 1";
    assert!(shown.contains(failed), "{shown}");
    scene.clock.advance(Duration::from_secs(5));
    scene.shows(&["greenhouse_due_work_known 1"]).await;
}

#[tokio::test]
async fn outcomes_are_counted_once_they_are_durable() {
    let scene = Scene::new();
    let said = |subject, status| {
        let mut changes = Changes::none();
        let at = scene.clock.now();
        let text = "canary";
        changes.log = vec![LogEntry::new(
            at,
            Direction::ToGreenhouse,
            subject,
            status,
            text,
        )];
        changes
    };
    for (subject, status) in [
        (LogSubject::Push, LogStatus::Pending),
        (LogSubject::Push, LogStatus::Done),
        (LogSubject::Push, LogStatus::Done),
        (LogSubject::Push, LogStatus::Failed),
        (LogSubject::Push, LogStatus::Skipped),
        (LogSubject::Notice, LogStatus::Failed),
    ] {
        assert_eq!(scene.apply(said(subject, status)).await, Applied::Applied);
    }
    for how in [Failure::Before, Failure::Conflict] {
        scene.failing.plan(Some(StoreFault {
            call: 1,
            how,
            lasts: false,
        }));
        let account = AccountId::new("canary-account");
        let changes = said(LogSubject::Push, LogStatus::Failed);
        let applied = scene.store.apply(&account, changes).await;
        assert!(!matches!(applied, Ok(Applied::Applied)), "{applied:?}");
    }
    scene
        .shows(&[
            "greenhouse_outcomes_total{outcome=\"done\",subject=\"push\"} 2",
            "greenhouse_outcomes_total{outcome=\"failed\",subject=\"push\"} 1",
            "greenhouse_outcomes_total{outcome=\"skipped\",subject=\"push\"} 1",
            "greenhouse_outcomes_total{outcome=\"failed\",subject=\"notice\"} 1",
            "greenhouse_store_call_seconds_count{call=\"StoreWriter::apply\"} 8",
            "greenhouse_store_failures_total{call=\"StoreWriter::apply\",reason=\"unavailable\"} 1",
        ])
        .await;
    assert!(!scene.shown().await.contains("pending"));
}

#[tokio::test]
async fn requests_are_counted_by_endpoint_method_and_class_of_status() {
    let scene = Scene::new();
    let ask = |endpoint, method: &Method, status: Option<u16>| {
        let asked = scene.metrics.asked(endpoint, method);
        scene.clock.advance(Duration::from_millis(30));
        if let Some(status) = status {
            let seconds = asked.answered(StatusCode::from_u16(status).unwrap());
            assert!((seconds - 0.03).abs() < 1e-9, "{seconds}");
        }
    };
    ask("webhook", &Method::POST, Some(200));
    ask("webhook", &Method::POST, Some(401));
    ask("webhook", &Method::POST, None);
    ask("report", &Method::GET, Some(503));
    let canary = Method::from_bytes(b"CANARY").unwrap();
    ask("unknown", &canary, Some(404));
    let _open = scene.metrics.asked("send-test", &Method::POST);
    scene
        .shows(&[
            "greenhouse_http_requests_total{endpoint=\"webhook\",method=\"POST\",status=\"2xx\"} 1",
            "greenhouse_http_requests_total{endpoint=\"webhook\",method=\"POST\",status=\"4xx\"} 1",
            "greenhouse_http_requests_total{endpoint=\"webhook\",method=\"POST\",status=\"dropped\"} 1",
            "greenhouse_http_requests_total{endpoint=\"report\",method=\"GET\",status=\"5xx\"} 1",
            "greenhouse_http_requests_total{endpoint=\"unknown\",method=\"other\",status=\"4xx\"} 1",
            "greenhouse_http_request_seconds_bucket{endpoint=\"webhook\",le=\"0.025\"} 0",
            "greenhouse_http_request_seconds_bucket{endpoint=\"webhook\",le=\"0.05\"} 3",
            "greenhouse_webhook_durable_seconds_count 1",
            "greenhouse_http_requests_in_flight 1",
        ])
        .await;
}

/// Where nobody waits any longer for the database, that it was slow must not be lost.
#[tokio::test]
async fn a_call_of_the_database_that_is_given_up_is_counted() {
    let scene = Scene::new();
    let yielding = Arc::new(FailingStore::around(Arc::new(MemoryStore::default())).yielding());
    let store = scene.metrics.watch(yielding);
    let account = AccountId::new("canary-account");
    {
        let mut call = Box::pin(store.last_delivery_at(&account));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        scene.clock.advance(Duration::from_secs(3));
    }
    scene
        .shows(&[
            "greenhouse_store_failures_total{call=\"Records::last_delivery_at\",reason=\"dropped\"} 1",
            "greenhouse_store_call_seconds_sum{call=\"Records::last_delivery_at\"} 3",
        ])
        .await;
}

const TOKEN: &str = "canary-token-of-the-metrics";
