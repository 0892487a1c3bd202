mod health;
mod log;

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{OperatorPart, OperatorRequest, OperatorService, QueuedRetry};
use crate::{
    AccountId, AssessmentId, Text, answer,
    health::Check,
    store::{
        Changes, Direction, LogEntry, LogStatus, LogSubject, LoggedEntry, StoreError, StoreWriter,
        memory::MemoryStore,
    },
};

#[test]
fn a_request_without_an_account_is_unauthorized() {
    let request = http::Request::get("/api/integrations/greenhouse/health")
        .body(Bytes::new())
        .unwrap();
    let response = ready(service().handle(request));
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn an_invalid_account_is_refused() {
    for id in [
        "",
        " ",
        "ac me",
        "acme\n",
        "acme\0",
        "acme\u{200b}",
        "\u{202e}acme",
    ] {
        let mut request = http::Request::get("/api/integrations/greenhouse/health")
            .body(Bytes::new())
            .unwrap();
        request.extensions_mut().insert(AccountId::new(id));
        let response = ready(service().handle(request));
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{id:?}");
    }
}

#[test]
fn health_is_the_worst_of_all_parts() {
    let (status, body) = ask(Method::GET, "health", "");
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body,
        json!({ "state": "warning", "checks": [
            { "name": "part", "state": "warning", "text": "slow", "remedy": "wait" },
        ]})
    );
}

#[test]
fn the_log_is_paged_and_filtered() {
    let (status, body) = ask(Method::GET, "sync-log?limit=1", "");
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body["entries"][0],
        json!({
            "id": 2, "at": "2026-06-02T08:11:40.000Z", "direction": "to_greenhouse", "subject": "push",
            "status": "failed", "code": "push_failed", "text": "it failed", "assessment": "a/1", "invitation": null, "application": null,
            "candidate": null, "greenhouse_url": null, "retry": true, "push": false,
        })
    );
    assert_eq!(body["next"], 2);
    assert_eq!(
        ask(Method::GET, "sync-log?before=2", "").1["entries"][0]["id"],
        1
    );
    assert_eq!(
        ask(Method::GET, "sync-log?assessment=a%2F1", "").1["entries"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(ask(Method::GET, "sync-log/1", "").1["push"], true);
    assert_eq!(ask(Method::GET, "sync-log/3", "").0, StatusCode::NOT_FOUND);
}

#[test]
fn only_failed_entries_are_retried() {
    assert_eq!(
        ask(Method::POST, "sync-log/2/retry", "").0,
        StatusCode::ACCEPTED
    );
    assert_eq!(
        ask(Method::POST, "sync-log/1/retry", "").0,
        StatusCode::CONFLICT
    );
    assert_eq!(
        ask(Method::POST, "sync-log/9/retry", "").0,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn the_preview_shows_ranges_and_rejects_invalid_thresholds() {
    let (status, body) = ask(
        Method::POST,
        "preview",
        r#"{"thresholds":{"strong_yes":80,"yes":60,"mixed":40,"no":20}}"#,
    );
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body["ranges"],
        json!([
            { "recommendation": "definitely_yes", "label": "Strong Yes", "range": "80 to 100",
              "overall": "strong_yes", "attribute_rating": "strong_yes" },
            { "recommendation": "yes", "label": "Yes", "range": "60 to below 80",
              "overall": "yes", "attribute_rating": "yes" },
            { "recommendation": "mixed", "label": "Mixed", "range": "40 to below 60",
              "overall": "no_decision", "attribute_rating": "mixed" },
            { "recommendation": "no", "label": "No", "range": "20 to below 40",
              "overall": "no", "attribute_rating": "no" },
            { "recommendation": "definitely_not", "label": "Definitely Not", "range": "below 20",
              "overall": "strong_no", "attribute_rating": "definitely_not" },
        ])
    );
    let (_, body) = ask(
        Method::POST,
        "preview",
        r#"{"thresholds":{"strong_yes":80,"yes":60,"mixed":40,"no":20},"mixed_overall":"yes"}"#,
    );
    assert_eq!(body["ranges"][2]["overall"], "yes");
    let (status, body) = ask(
        Method::POST,
        "preview",
        r#"{"thresholds":{"strong_yes":80,"yes":60,"mixed":40,"no":20},"mixed_overall":"mixed"}"#,
    );
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("mixed_overall"), "{message}");
    assert_eq!(body["error"]["member"], "mixed_overall");
    for (thresholds, member) in [
        (
            r#"{"strong_yes":20,"yes":60,"mixed":40,"no":20}"#,
            "thresholds",
        ),
        (
            r#"{"strong_yes":101,"yes":60,"mixed":40,"no":20}"#,
            "thresholds",
        ),
        (
            r#"{"strong_yes":80,"yes":60,"mixed":40,"no":0}"#,
            "thresholds",
        ),
        (
            r#"{"strong_yes":"abc","yes":60,"mixed":40,"no":20}"#,
            "thresholds.strong_yes",
        ),
        (r#"{"strong_yes":80}"#, "thresholds"),
    ] {
        let (status, body) = ask(
            Method::POST,
            "preview",
            &format!(r#"{{"thresholds":{thresholds}}}"#),
        );
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{thresholds}");
        assert_eq!(body["error"]["code"], "bad_body");
        assert_eq!(body["error"]["member"], member, "{thresholds}");
        assert!(
            body["error"]["message"]
                .as_str()
                .unwrap()
                .starts_with("thresholds"),
            "{body}"
        );
    }
}

#[test]
fn bad_queries_and_unknown_paths_are_client_errors() {
    for (method, path, status) in [
        (Method::GET, "sync-log?limit=0", StatusCode::BAD_REQUEST),
        (Method::GET, "sync-log?limit=501", StatusCode::BAD_REQUEST),
        (Method::GET, "sync-log?before=x", StatusCode::BAD_REQUEST),
        (Method::GET, "sync-log?status=odd", StatusCode::BAD_REQUEST),
        (
            Method::GET,
            "sync-log?direction=odd",
            StatusCode::BAD_REQUEST,
        ),
        (Method::GET, "sync-log/x", StatusCode::NOT_FOUND),
        (
            Method::POST,
            "sync-log/summary",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (Method::POST, "health", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "health/more", StatusCode::NOT_FOUND),
        (Method::GET, "", StatusCode::NOT_FOUND),
        (Method::GET, "%ff", StatusCode::NOT_FOUND),
        (Method::GET, "nothing", StatusCode::NOT_FOUND),
        (Method::GET, "part", StatusCode::OK),
    ] {
        assert_eq!(ask(method.clone(), path, "").0, status, "{method} {path}");
    }
}

fn ask(method: Method, path: &str, body: &str) -> (StatusCode, Value) {
    ask_service(&service(), method, path, body)
}

fn ask_service(
    service: &OperatorService,
    method: Method,
    path: &str,
    body: &str,
) -> (StatusCode, Value) {
    let mut request = http::Request::new(Bytes::copy_from_slice(body.as_bytes()));
    *request.method_mut() = method;
    *request.uri_mut() = format!("/api/integrations/greenhouse/{path}")
        .parse()
        .unwrap();
    request.extensions_mut().insert(account());
    let response = ready(service.handle(request));
    (
        response.status(),
        serde_json::from_slice(response.body()).unwrap_or(Value::Null),
    )
}

fn service() -> OperatorService {
    let entry = |status, text: Text| {
        LogEntry::new(
            at(),
            Direction::ToGreenhouse,
            LogSubject::Push,
            status,
            text,
        )
    };
    service_with([
        entry(
            LogStatus::Skipped,
            Text::new("push_skipped", "below the minimum"),
        ),
        entry(LogStatus::Failed, Text::new("push_failed", "it failed"))
            .about_assessment(AssessmentId::new("a/1")),
    ])
}

fn service_with(entries: impl IntoIterator<Item = LogEntry>) -> OperatorService {
    let store = Arc::new(MemoryStore::new());
    let mut changes = Changes::none();
    changes.log.extend(entries);
    let _ = ready(store.apply(&account(), changes)).unwrap();
    OperatorService::new(store, vec![Arc::new(Part::default())])
}

fn at() -> DateTime<Utc> {
    "2026-06-02T08:11:40Z".parse().unwrap()
}

#[test]
fn all_failed_operations_are_retried_page_by_page() {
    let failed = |subject, code: &'static str| {
        let text = Text::new(code, "it failed");
        LogEntry::new(
            at(),
            Direction::ToGreenhouse,
            subject,
            LogStatus::Failed,
            text,
        )
    };
    let service = service_with([
        failed(LogSubject::Push, "push_failed"),
        failed(LogSubject::Notice, "notice_failed"),
        failed(LogSubject::Push, "unknown_outcome"),
        failed(LogSubject::Push, "push_failed"),
        failed(LogSubject::Event, "event_failed"),
    ]);
    let ask = |method, path: &str| ask_service(&service, method, path, "");
    let (status, body) = ask(Method::POST, "sync-log/retry-failed?limit=4");
    assert_eq!(status, StatusCode::OK);
    let refused = |log, code, message| json!({ "log": log, "code": code, "message": message });
    let not_offered =
        "this server does not run the direction of the entry, so it cannot retry the entry";
    assert_eq!(
        body,
        json!({ "queued": 1, "next": 2, "refused": [
            refused(3, "not_settled", "the outcome is unknown"),
            refused(2, "not_offered", not_offered),
        ]})
    );
    let (_, body) = ask(Method::POST, "sync-log/retry-failed?limit=4&before=2");
    assert_eq!(body, json!({ "queued": 1, "next": null, "refused": [] }));

    let service = service_with([
        failed(LogSubject::Push, "push_failed"),
        failed(LogSubject::Push, "product_down"),
        failed(LogSubject::Push, "push_failed"),
    ]);
    let (_, body) = ask_service(&service, Method::POST, "sync-log/retry-failed", "");
    assert_eq!(
        body,
        json!({ "queued": 1, "next": 2, "refused": [refused(2, "product_unavailable", "down")] })
    );

    let (status, body) = ask(Method::POST, "sync-log/retry-failed?limit=0");
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["error"]["code"], "bad_query");
    for refused in ["status=failed", "limit=1&asessment=a"] {
        let path = format!("sync-log/retry-failed?{refused}");
        let (status, body) = ask(Method::POST, &path);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{refused}");
        assert_eq!(body["error"]["code"], "unknown_query");
        let text = body["error"]["message"].as_str().unwrap();
        let known = "one of limit, before, direction, assessment, from, until";
        assert!(text.ends_with(known), "{text}");
    }
    let (_, body) = ask(Method::POST, "sync-log/retry-failed?assessment=another");
    assert_eq!(body["queued"], 0);
    let (status, _) = ask(Method::GET, "sync-log/retry-failed");
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

fn account() -> AccountId {
    AccountId::new("acme")
}

#[derive(Debug, Default)]
struct Part {
    retried: Mutex<usize>,
}

#[async_trait]
impl OperatorPart for Part {
    async fn answer(&self, request: &OperatorRequest) -> Option<Response<Bytes>> {
        (request.path() == ["part"]).then(|| answer::empty(StatusCode::OK))
    }

    async fn retry(
        &self,
        _request: &OperatorRequest,
        _entry: &LoggedEntry,
    ) -> Option<Response<Bytes>> {
        *self.retried.lock().unwrap() += 1;
        Some(answer::empty(StatusCode::ACCEPTED))
    }

    async fn queue_retry(
        &self,
        _account: &AccountId,
        entry: &LoggedEntry,
    ) -> Result<Option<QueuedRetry>, StoreError> {
        if entry.entry.subject == LogSubject::Notice {
            return Ok(None);
        }
        *self.retried.lock().unwrap() += 1;
        Ok(Some(match entry.entry.code.as_str() {
            "push_failed" => QueuedRetry::Queued,
            "product_down" => QueuedRetry::Unavailable(Text::new("product_unavailable", "down")),
            _ => QueuedRetry::Refused(Text::new("not_settled", "the outcome is unknown")),
        }))
    }

    async fn checks(&self, _account: &AccountId) -> Vec<Check> {
        vec![Check::warning("part", "slow", "wait")]
    }
}

/// Polls once; nothing here waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future is not ready"),
    }
}
