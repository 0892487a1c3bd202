use std::time::Duration;

use chrono::DateTime;
use greenhouse_core::{
    AccountId, AssessmentId, InvitationId,
    body::BodyBudget,
    store::{
        Applied, Changes, Direction, DueTask, LogEntry, LogStatus, LogSubject, Task,
        memory::MemoryStore,
    },
    testing::{FailingStore, Failure, ManualClock, StoreFault},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::*;

struct Fixture {
    clock: Arc<ManualClock>,
    failing: Arc<FailingStore>,
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    bodies: BodyBudget,
    endpoint: MetricsEndpoint,
}

impl Fixture {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
        let failing = Arc::new(FailingStore::around(Arc::new(MemoryStore::default())));
        let metrics = Arc::new(Metrics::new(Arc::clone(&clock) as _).unwrap());
        let store = metrics.meter(Arc::clone(&failing) as _);
        let config = MetricsConfig {
            token: Some(Secret::new(TOKEN)),
        };
        let bodies = BodyBudget::new(1000);
        let endpoint = MetricsEndpoint::new(
            Arc::clone(&metrics),
            Arc::clone(&store),
            Arc::clone(&clock) as _,
            bodies.clone(),
            config,
        );
        Self {
            clock,
            failing,
            store,
            metrics,
            bodies,
            endpoint,
        }
    }

    async fn apply(&self, changes: Changes) -> Applied {
        let account = AccountId::new("canary-account");
        self.store.apply(&account, changes).await.unwrap()
    }

    async fn text(&self) -> String {
        let answer = self
            .endpoint
            .answer(&Method::GET, &authorization(TOKEN))
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(
            answer.headers()[header::CONTENT_TYPE],
            "text/plain; version=0.0.4"
        );
        String::from_utf8(answer.into_body().to_vec()).unwrap()
    }

    async fn expect_lines(&self, lines: &[&str]) {
        let text = self.text().await;
        for line in lines {
            assert!(text.lines().any(|one| one == *line), "{line} in\n{text}");
        }
        assert!(!text.contains("canary"), "{text}");
    }
}

fn authorization(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
    headers.insert(header::AUTHORIZATION, value);
    headers
}

#[tokio::test]
async fn metrics_require_the_token() {
    let fixture = Fixture::new();
    for wrong in [
        HeaderMap::new(),
        authorization(""),
        authorization("another"),
        authorization(&TOKEN[1..]),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = fixture.endpoint.answer(&method, &wrong).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{wrong:?}");
            assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Bearer");
        }
    }
    assert!(
        fixture.failing.calls().is_empty(),
        "requests without the token cost no read"
    );
    let posted = fixture
        .endpoint
        .answer(&Method::POST, &authorization(TOKEN))
        .await;
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);

    let closed = MetricsEndpoint::new(
        Arc::clone(&fixture.metrics),
        Arc::clone(&fixture.store),
        Arc::clone(&fixture.clock) as _,
        fixture.bodies.clone(),
        MetricsConfig::default(),
    );
    for headers in [HeaderMap::new(), authorization(""), authorization(TOKEN)] {
        let answer = closed.answer(&Method::GET, &headers).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn due_tasks_are_reported_by_kind_with_the_age_of_the_oldest() {
    let fixture = Fixture::new();
    let start = fixture.clock.now();
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
    assert_eq!(fixture.apply(changes).await, Applied::Applied);
    fixture.clock.advance(Duration::from_secs(31));
    fixture
        .expect_lines(&[
            "greenhouse_due_tasks{kind=\"notify\"} 2",
            "greenhouse_due_tasks_oldest_seconds{kind=\"notify\"} 30",
            "greenhouse_due_tasks{kind=\"push\"} 1",
            "greenhouse_due_tasks_oldest_seconds{kind=\"push\"} 11",
            "greenhouse_due_tasks{kind=\"reconcile\"} 0",
            "greenhouse_due_tasks_oldest_seconds{kind=\"reconcile\"} 0",
            "greenhouse_due_tasks_known 1",
        ])
        .await;
}

#[tokio::test]
async fn the_due_tasks_are_read_once_in_five_seconds() {
    let fixture = Fixture::new();
    for _ in 0..50 {
        fixture.text().await;
    }
    assert_eq!(fixture.failing.calls(), ["TaskQueue::overdue"]);
    fixture.clock.advance(Duration::from_secs(5));
    fixture.text().await;
    assert_eq!(fixture.failing.calls().len(), 2);
}

#[tokio::test]
async fn stale_values_are_cleared_if_the_database_is_unavailable() {
    let fixture = Fixture::new();
    fixture
        .expect_lines(&["greenhouse_due_tasks_known 1"])
        .await;
    fixture.clock.advance(Duration::from_secs(5));
    fixture.failing.plan(Some(StoreFault {
        call: 1,
        how: Failure::Before,
        lasts: false,
    }));
    let text = fixture.text().await;
    assert!(text.contains("\ngreenhouse_due_tasks_known 0\n"), "{text}");
    assert!(!text.contains("greenhouse_due_tasks{"), "{text}");
    assert!(!text.contains("greenhouse_due_tasks_oldest_seconds{"));
    let failed =
        "greenhouse_store_failures_total{call=\"TaskQueue::overdue\",reason=\"unavailable\"} 1";
    assert!(text.contains(failed), "{text}");
    fixture.clock.advance(Duration::from_secs(5));
    fixture
        .expect_lines(&["greenhouse_due_tasks_known 1"])
        .await;
}

#[tokio::test]
async fn outcomes_are_counted_once_they_are_committed() {
    let fixture = Fixture::new();
    let changes_with = |subject, status| {
        let mut changes = Changes::none();
        let at = fixture.clock.now();
        let text = "canary";
        changes.log = vec![LogEntry::new(
            at,
            Direction::ToGreenhouse,
            subject,
            status,
            greenhouse_core::Text::new("test", text),
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
        assert_eq!(
            fixture.apply(changes_with(subject, status)).await,
            Applied::Applied
        );
    }
    for how in [Failure::Before, Failure::Conflict] {
        fixture.failing.plan(Some(StoreFault {
            call: 1,
            how,
            lasts: false,
        }));
        let account = AccountId::new("canary-account");
        let changes = changes_with(LogSubject::Push, LogStatus::Failed);
        let applied = fixture.store.apply(&account, changes).await;
        assert!(!matches!(applied, Ok(Applied::Applied)), "{applied:?}");
    }
    fixture
        .expect_lines(&[
            "greenhouse_outcomes_total{outcome=\"done\",subject=\"push\"} 2",
            "greenhouse_outcomes_total{outcome=\"failed\",subject=\"push\"} 1",
            "greenhouse_outcomes_total{outcome=\"skipped\",subject=\"push\"} 1",
            "greenhouse_outcomes_total{outcome=\"failed\",subject=\"notice\"} 1",
            "greenhouse_store_call_seconds_count{call=\"StoreWriter::apply\"} 8",
            "greenhouse_store_failures_total{call=\"StoreWriter::apply\",reason=\"unavailable\"} 1",
        ])
        .await;
    assert!(!fixture.text().await.contains("pending"));
}

#[tokio::test]
async fn requests_are_counted_by_endpoint_method_and_status_class() {
    let fixture = Fixture::new();
    let send = |endpoint, method: &Method, status: Option<u16>| {
        let timer = fixture.metrics.start_request(endpoint, method);
        fixture.clock.advance(Duration::from_millis(30));
        if let Some(status) = status {
            let seconds = timer.finish(StatusCode::from_u16(status).unwrap());
            assert!((seconds - 0.03).abs() < 1e-9, "{seconds}");
        }
    };
    send("webhook", &Method::POST, Some(200));
    send("webhook", &Method::POST, Some(401));
    send("webhook", &Method::POST, None);
    send("report", &Method::GET, Some(503));
    let canary = Method::from_bytes(b"CANARY").unwrap();
    send("unknown", &canary, Some(404));
    let _open = fixture.metrics.start_request("send-test", &Method::POST);
    fixture
        .expect_lines(&[
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

#[tokio::test]
async fn bytes_of_bodies_in_memory_are_reported() {
    let fixture = Fixture::new();
    let budget = "greenhouse_body_budget_bytes 1000";
    let (mut first, mut second) = (fixture.bodies.share(), fixture.bodies.share());
    assert!(first.grow(600) && second.grow(150));
    let lines = ["greenhouse_body_bytes 750", budget];
    fixture.expect_lines(&lines).await;
    drop(first);
    let lines = ["greenhouse_body_bytes 150", budget];
    fixture.expect_lines(&lines).await;
}

/// A caller that stops waiting drops the call. The duration is still recorded.
#[tokio::test]
async fn a_dropped_database_call_is_counted() {
    let fixture = Fixture::new();
    let yielding = Arc::new(FailingStore::around(Arc::new(MemoryStore::default())).yielding());
    let store = fixture.metrics.meter(yielding);
    let account = AccountId::new("canary-account");
    {
        let mut call = Box::pin(store.last_delivery_at(&account));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        fixture.clock.advance(Duration::from_secs(3));
    }
    fixture
        .expect_lines(&[
            "greenhouse_store_failures_total{call=\"Records::last_delivery_at\",reason=\"dropped\"} 1",
            "greenhouse_store_call_seconds_sum{call=\"Records::last_delivery_at\"} 3",
        ])
        .await;
}

const TOKEN: &str = "canary-token-of-the-metrics";
