use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::future::join_all;
use greenhouse_core::{
    AccountId, Clock,
    settings::KeyDigest,
    store::{
        Applied, Changes, Direction, LogEntry, LogFilter, LogStatus, LogSubject, StoreWriter,
        SyncLog,
    },
};
use greenhouse_harvest::SystemClock;
use http::{Method, Request, StatusCode, header};
use serde_json::Value;

use crate::terminal::{self, Terminal, account};

/// A token cannot be verified while the database is unavailable.
#[tokio::test]
async fn an_unverifiable_token_is_unavailable_and_not_unauthorized() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    let ask = |path: &str, token: &str| {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        host.handle(request.body(Bytes::new()).unwrap())
    };
    let (log, product) = (
        "/api/integrations/greenhouse/sync-log",
        "/product/assessments",
    );
    for path in [log, product] {
        assert_eq!(ask(path, "acme token").await.status(), StatusCode::OK);
        assert_eq!(
            ask(path, "another").await.status(),
            StatusCode::UNAUTHORIZED
        );
    }

    host.close().await;
    for path in [log, product] {
        for token in ["acme token", "another"] {
            let answer = ask(path, token).await;
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        }
    }
}

#[tokio::test]
async fn account_changes_take_effect_at_once() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    let ask = async |token: &str| {
        let request = Request::get("/api/integrations/greenhouse/sync-log")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = host.handle(request.body(Bytes::new()).unwrap()).await;
        answer.status()
    };
    assert_eq!(ask("zenith token").await, StatusCode::UNAUTHORIZED);
    assert!(terminal.apply(&account("zenith")).ok);
    assert_eq!(ask("zenith token").await, StatusCode::OK);
    assert_eq!(ask("acme token").await, StatusCode::OK);
    host.close().await;
}

/// An operator creates the key for Greenhouse. The accounts file does not contain this key and is
/// applied repeatedly.
#[tokio::test]
async fn an_operators_key_survives_applied_files() {
    let terminal = Terminal::new();
    let file = format!(
        "{}[accounts.assessments]\npartner_keys = [\"{}\"]\n",
        account("acme"),
        KeyDigest::of("old")
    );
    assert!(terminal.apply(&file).ok);
    let host = terminal.host().await;
    let keys = "/api/integrations/greenhouse/keys";
    let mint = Request::post(keys).header(header::AUTHORIZATION, "Bearer acme token");
    let minted = host.handle(mint.body(Bytes::new()).unwrap()).await;
    assert_eq!(minted.status(), StatusCode::CREATED);
    let minted: Value = serde_json::from_slice(minted.body()).unwrap();
    let minted = minted["key"].as_str().unwrap().to_owned();
    let list = async |key: &str| {
        let basic = STANDARD.encode(format!("{key}:"));
        let list = Request::get("/api/greenhouse/list-tests")
            .header(header::AUTHORIZATION, format!("Basic {basic}"));
        let answer = host.handle(list.body(Bytes::new()).unwrap()).await;
        answer.status()
    };
    let listed = async || {
        let listing = Request::get(keys).header(header::AUTHORIZATION, "Bearer acme token");
        let listed = host.handle(listing.body(Bytes::new()).unwrap()).await;
        serde_json::from_slice::<Value>(listed.body()).unwrap()["keys"].clone()
    };
    assert_eq!(list(&minted).await, StatusCode::OK);
    let before = listed().await;
    for (old, new) in [("old", "old"), ("old", "new")] {
        let digest = |name| KeyDigest::of(name).to_string();
        let said = terminal.apply(&file.replace(&digest(old), &digest(new)));
        assert!(said.ok, "{said:?}");
        assert_eq!(list(&minted).await, StatusCode::OK, "{new}");
        let after = listed().await;
        assert_eq!(after[1], before[1], "{new}");
    }
    assert_eq!(list("old").await, StatusCode::UNAUTHORIZED);
    assert_eq!(list("new").await, StatusCode::OK);
    host.close().await;
}

/// Retention follows the configuration.
#[tokio::test]
async fn log_entries_are_kept_for_the_configured_time() {
    let terminal = Terminal::with_keys(&[]);
    let key = terminal::master_key();
    for (retention, kept) in [("", 2), ("[retention]\nlog_days = 2", 1)] {
        terminal.configure(&[&key], retention);
        let acme = AccountId::new("acme");
        if retention.is_empty() {
            assert!(terminal.apply(&account("acme")).ok);
            let mut changes = Changes::none();
            for days in [3, 1] {
                changes.log.push(LogEntry::new(
                    SystemClock.now() - TimeDelta::days(days),
                    Direction::FromGreenhouse,
                    LogSubject::Problem,
                    LogStatus::Failed,
                    greenhouse_core::Text::new("test", "unreadable"),
                ));
            }
            let store = terminal.store().await;
            let applied = store.apply(&acme, changes).await;
            assert_eq!(applied.unwrap(), Applied::Applied);
            store.close().await;
        }
        let host = terminal.host().await;
        let mut services = host.background().into_iter();
        let retention = services.find(|one| format!("{one:?}").starts_with("RetentionService"));
        retention.unwrap().run_due(10).await.unwrap();
        host.close().await;
        let store = terminal.store().await;
        let page = store.log_page(&acme, &LogFilter::newest(9)).await.unwrap();
        assert_eq!(page.entries.len(), kept);
        store.close().await;
    }
}

/// A path of each operator endpoint, with its methods.
pub(crate) const OPERATOR_PATHS: [(&str, &str); 31] = [
    ("health", "GET"),
    ("sync-log", "GET"),
    ("sync-log/1", "GET"),
    ("sync-log/1/retry", "POST"),
    ("sync-log/retry-failed", "POST"),
    ("sync-log/summary", "GET"),
    ("hooks", "GET, POST"),
    ("connection", "GET, POST"),
    ("backfill", "GET, POST"),
    ("settings/push/estimate", "POST"),
    ("settings/push/check", "POST"),
    ("preview", "POST"),
    ("push/a-1", "GET, POST"),
    ("push/a-1/ready", "GET"),
    ("set-up", "GET"),
    ("set-up/push", "GET"),
    ("settings/push", "GET, PUT"),
    ("settings/assessments", "GET, PUT"),
    ("settings/sync", "GET, PUT"),
    ("choices/jobs", "GET"),
    ("choices/stages", "GET"),
    ("choices/users", "GET"),
    ("choices/fields", "GET"),
    ("choices/sources", "GET"),
    ("choices/rejection-reasons", "GET"),
    ("openapi.json", "GET"),
    ("keys", "GET, POST"),
    ("keys/1", "DELETE"),
    ("keys/1/rotate", "POST"),
    ("report-links/a-1/revoke", "POST"),
    // The last path, because an allowed method removes the account.
    ("account", "GET, PUT, DELETE"),
];

/// RFC 9110 requires `Allow` in a 405 response.
#[tokio::test]
async fn every_operator_path_refuses_other_methods_and_names_its_own() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    let check = async |path: &str, allowed: &str, method: Method| {
        let request = Request::builder()
            .method(&method)
            .uri(format!("/api/integrations/greenhouse/{path}"))
            .header(header::AUTHORIZATION, "Bearer acme token");
        let answer = host.handle(request.body(Bytes::new()).unwrap()).await;
        let is_allowed = allowed.split(", ").any(|one| one == method);
        let is_refused = answer.status() == StatusCode::METHOD_NOT_ALLOWED;
        assert_eq!(is_refused, !is_allowed, "{method} {path}");
        if is_refused {
            assert_eq!(answer.headers()[header::ALLOW], allowed, "{method} {path}");
        }
    };
    // At once, because some endpoints wait for Greenhouse.
    let checks = OPERATOR_PATHS.iter().flat_map(|(path, allowed)| {
        let methods = [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ];
        methods.map(|method| Box::pin(check(path, allowed, method)))
    });
    join_all(checks).await;
    host.close().await;
}

#[tokio::test]
async fn an_invalid_body_for_the_product_is_described_in_terms_of_json() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    for (path, body, expected) in [
        (
            "assessments",
            r#"{"scenario": 7}"#,
            "scenario: expected a string, got the number 7 (line 1, column 14)",
        ),
        (
            "assessments",
            r#"{"scenaro": "a"}"#,
            "scenaro: unknown member `scenaro`, expected one of `scenario`, `job`, `person`, \
             `phone_numbers`, `links` (line 1, column 10)",
        ),
        (
            "assessments/1/complete",
            "{}",
            "`score` is missing (line 1, column 2)",
        ),
        (
            "assessments/1/complete",
            "",
            "not JSON: the document ends where a value is expected (line 1, column 0)",
        ),
    ] {
        let request = Request::post(format!("/product/{path}"))
            .header(header::AUTHORIZATION, "Bearer acme token");
        let answer = host.handle(request.body(Bytes::from(body)).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let error: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(error["error"]["code"], "bad_body");
        assert_eq!(error["error"]["message"], expected);
    }
    host.close().await;
}
