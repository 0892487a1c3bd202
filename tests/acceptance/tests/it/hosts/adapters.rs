//! One test suite for all adapters, as an embedding service uses them.

mod pages;

use std::{convert::Infallible, error::Error, time::Duration};

use axum::{Router, routing::get};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use greenhouse_core::{
    AccountId,
    integration::{CreatedAccount, Integration, NewAccount},
    store::memory::MemoryStore,
    testing::{FakePlatform, ScriptedTransport},
};
use greenhouse_partner::Partner;
use http::{Request, Response, request::Parts};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::Service,
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    time::Instant,
};
use warp::Filter;

use super::wire::{Reply, exchange, rest};

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_answered_with_413() {
    for host in hosts().await {
        for body in [long_body(70_000), chunked(&vec![b'x'; 70_000], "0\r\n\r\n")] {
            let key = host.partner_key();
            let reply = host.post(SEND_TEST, &key, &body).await;
            host.expect_error(&reply, 413, "too_large");
        }
        let body = long_body(1024 * 1024 + 1);
        let path = format!("{OPERATOR}settings/push");
        let reply = host.put(&path, SESSION, &body).await;
        host.expect_error(&reply, 413, "too_large");
        let token = host.operator_token();
        let path = format!("{TOKENS}settings/push");
        let reply = host.put(&path, &token, &body).await;
        host.expect_error(&reply, 413, "too_large");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_arrive_is_answered_with_408() {
    for host in hosts().await {
        let (key, token) = (host.partner_key(), host.operator_token());
        let stops = b"content-length: 10\r\n\r\n{".to_vec();
        let public = SEND_TEST;
        for (path, header, body) in [
            (public.to_owned(), key.as_str(), &stops),
            (public.to_owned(), &key, &chunked(b"{", "")),
            (format!("{OPERATOR}preview"), SESSION, &stops),
            (format!("{TOKENS}preview"), &token, &stops),
        ] {
            let start = now();
            let reply = host.post(&path, header, body).await;
            host.expect_error(&reply, 408, "too_slow");
            assert!(start.elapsed() >= BODY_DEADLINE, "{}: {path}", host.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_budget_is_answered_with_503_until_there_is_room() {
    for host in hosts_with(1024 * 1024, Duration::from_secs(20)).await {
        let body = vec![b' '; 60_000];
        let (key, head) = (host.partner_key(), long_head(body.len() + 2));
        let begin = format!("POST {SEND_TEST} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{key}");
        let begin = [begin.as_bytes(), &head, &body].concat();
        let mut begun = Vec::new();
        for _ in 0..17 {
            let mut client = TcpStream::connect(&host.address).await.unwrap();
            client.write_all(&begin).await.unwrap();
            begun.push(client);
        }
        let budget = host.greenhouse.body_budget();
        let free = budget.bytes() - 17 * 60_000;
        until(async || (budget.free() == free).then_some(())).await;
        let body = [long_head(60_000), vec![b' '; 60_000]].concat();
        let reply = host.post(SEND_TEST, &key, &body).await;
        host.expect_error(&reply, 503, "busy");
        assert_eq!(reply.header("retry-after"), Some("10"), "{}", host.name);
        // A small body still fits in the budget, and a request without a body needs no budget.
        let small = [long_head(2), b"{}".to_vec()].concat();
        let reply = host.post(SEND_TEST, &key, &small).await;
        assert_eq!(reply.statuses(), [422], "{}: {reply:?}", host.name);
        let reply = host.send("GET", LIST_TESTS, &key, b"\r\n").await;
        assert_eq!(reply.statuses(), [200], "{}: {reply:?}", host.name);

        // Every started body is processed, and its share of the budget is released.
        for mut client in begun {
            client.write_all(b"{}").await.unwrap();
            assert_eq!(rest(&mut client).await.statuses(), [422], "{}", host.name);
        }
        until(async || (budget.free() == budget.bytes()).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_credential_is_answered_before_the_body_arrives() {
    for host in hosts().await {
        let hook = "/api/webhooks/greenhouse/an-unknown-hook-key";
        let preview = format!("{OPERATOR}preview");
        let with_token = format!("{TOKENS}preview");
        let start = now();
        for (path, header, status) in [
            (SEND_TEST, "", 401),
            (SEND_TEST, "authorization: Basic d3Jvbmc6\r\n", 401),
            (hook, "signature: sha256 00\r\n", 404),
            ("/api/webhooks/greenhouse", "", 404),
            (&preview, "", 401),
            (&with_token, "authorization: Bearer another\r\n", 401),
        ] {
            let body = long_head(50_000);
            let reply = host.post(path, header, &body).await;
            assert_eq!(reply.statuses(), [status], "{}: {path}", host.name);
        }
        assert!(start.elapsed() < BODY_DEADLINE * 6, "{}", host.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_the_account_of_its_session_and_no_other() {
    for host in hosts().await {
        let body = json!({ "api_call": "list_tests", "errors": ["bad"] }).to_string();
        let body = [long_head(body.len()), body.into_bytes()].concat();
        let path = "/api/greenhouse/response-error";
        let reply = host.post(path, &host.partner_key(), &body).await;
        assert_eq!(reply.statuses(), [200], "{}: {reply:?}", host.name);

        let entries = async |path: &str, header: &str| {
            let reply = host.send("GET", path, header, b"\r\n").await;
            let log: Value = serde_json::from_str(reply.body()).unwrap();
            (reply.statuses(), log["entries"].as_array().map(Vec::len))
        };
        let (log, with_token) = (format!("{OPERATOR}sync-log"), format!("{TOKENS}sync-log"));
        assert_eq!(entries(&log, SESSION).await, (vec![200], Some(1)));
        let other = "x-session: bolt\r\n";
        assert_eq!(entries(&log, other).await, (vec![200], Some(0)));
        let token = host.operator_token();
        assert_eq!(entries(&with_token, &token).await, (vec![200], Some(1)));

        for (path, header) in [
            (&log, ""),
            (&log, token.as_str()),
            (&with_token, ""),
            (&with_token, SESSION),
            (&with_token, "authorization: Bearer another\r\n"),
        ] {
            let reply = host.send("GET", path, header, b"\r\n").await;
            host.expect_error(&reply, 401, "unauthorized");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_paths_are_left_to_the_service() {
    for host in hosts().await {
        let own = host.send("GET", "/my/own/route", "", b"\r\n").await;
        assert_eq!((own.statuses(), own.body()), (vec![200], "mine"));
        let none = host.send("GET", "/nothing", "", b"\r\n").await;
        assert_eq!(none.statuses(), [404], "{}", host.name);
        let ours = host.send("GET", "/api/greenhouse/nothing", "", b"\r\n");
        assert_eq!(ours.await.statuses(), [404], "{}", host.name);
    }
}

/// A service on one framework, with its own routes and the integration.
struct EmbeddedHost {
    name: &'static str,
    address: String,
    greenhouse: Integration,
    acme: CreatedAccount,
}

/// Returns the same service on each framework.
async fn hosts() -> [EmbeddedHost; 2] {
    hosts_with(64 * 1024 * 1024, BODY_DEADLINE).await
}

async fn hosts_with(body_budget: usize, body_deadline: Duration) -> [EmbeddedHost; 2] {
    let (greenhouse, acme) = integration(body_budget, body_deadline).await;
    let router = Router::new()
        .route("/my/own/route", get(async || "mine"))
        .merge(axum_host::public(&greenhouse))
        .nest(
            OPERATOR.trim_end_matches('/'),
            axum_host::operator(&greenhouse, account_of_session),
        )
        .nest("/settings", {
            let pages = axum_host::console(&greenhouse, account_of_session);
            Router::new().nest_service("/greenhouse", pages)
        })
        .nest(
            TOKENS.trim_end_matches('/'),
            axum_host::operator_with_token(&greenhouse),
        );
    let axum = EmbeddedHost {
        name: "axum",
        address: serve(TowerToHyperService::new(router)).await,
        greenhouse,
        acme,
    };

    let (greenhouse, acme) = integration(body_budget, body_deadline).await;
    let session = warp::header::optional::<String>("x-session");
    let session = session.map(|name: Option<String>| account_of(&name?));
    let filter = warp::path!("my" / "own" / "route")
        .map(|| "mine")
        .or(warp_host::public(&greenhouse))
        .or(warp::path!("api" / "integrations" / "greenhouse" / ..)
            .and(warp_host::operator(&greenhouse, session)))
        .or(warp::path!("settings" / "greenhouse" / ..)
            .and(warp_host::console(&greenhouse, session)))
        .or(warp::path!("api" / "tokens" / ..).and(warp_host::operator_with_token(&greenhouse)));
    let warp = EmbeddedHost {
        name: "warp",
        address: serve(TowerToHyperService::new(warp::service(filter))).await,
        greenhouse,
        acme,
    };
    [axum, warp]
}

async fn account_of_session(head: Parts) -> Option<AccountId> {
    account_of(head.headers.get("x-session")?.to_str().ok()?)
}

fn account_of(session: &str) -> Option<AccountId> {
    Some(AccountId::new(session))
}

async fn integration(body_budget: usize, body_deadline: Duration) -> (Integration, CreatedAccount) {
    let greenhouse = Integration::builder(FakePlatform::new(), MemoryStore::new())
        .public_url("https://assess.example.com")
        .unwrap()
        .transport(ScriptedTransport::new())
        .body_deadline(body_deadline)
        .body_budget(body_budget)
        .with(Partner::new())
        .build()
        .unwrap();
    let accounts = greenhouse.accounts();
    let acme = accounts.create(NewAccount::new("acme")).await.unwrap();
    accounts.create(NewAccount::new("bolt")).await.unwrap();
    (greenhouse, acme)
}

/// Starts the service, which runs until the end of the test. Returns its address.
async fn serve<S, B>(service: S) -> String
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let stream = TokioIo::new(stream);
                drop(
                    http1::Builder::new()
                        .serve_connection(stream, service)
                        .await,
                );
            });
        }
    });
    address
}

impl EmbeddedHost {
    fn partner_key(&self) -> String {
        let key = self.acme.partner_key.as_ref().unwrap().expose();
        format!(
            "authorization: Basic {}\r\n",
            STANDARD.encode(format!("{key}:"))
        )
    }

    fn operator_token(&self) -> String {
        format!(
            "authorization: Bearer {}\r\n",
            self.acme.operator_token.expose()
        )
    }

    async fn post(&self, path: &str, header: &str, body: &[u8]) -> Reply {
        self.send("POST", path, header, body).await
    }

    async fn put(&self, path: &str, header: &str, body: &[u8]) -> Reply {
        self.send("PUT", path, header, body).await
    }

    /// Sends a request. `rest` is the rest of the head, followed by the body.
    async fn send(&self, method: &str, path: &str, header: &str, rest: &[u8]) -> Reply {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{header}");
        exchange(&self.address, &[head.as_bytes(), rest].concat()).await
    }

    /// Asserts that the response is a JSON error with this status and code.
    fn expect_error(&self, reply: &Reply, status: u16, code: &str) {
        assert_eq!(reply.statuses(), [status], "{}: {reply:?}", self.name);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let body: Value = serde_json::from_str(reply.body()).unwrap();
        assert_eq!(body["error"]["code"], code, "{}", self.name);
        assert!(body["error"]["message"].is_string(), "{}", self.name);
    }
}

/// Repeats the attempt until it returns a value.
async fn until<T>(attempt: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..500 {
        if let Some(value) = attempt().await {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the attempt did not succeed");
}

fn long_head(length: usize) -> Vec<u8> {
    format!("content-length: {length}\r\n\r\n").into_bytes()
}

fn long_body(length: usize) -> Vec<u8> {
    [long_head(length), vec![b'x'; length]].concat()
}

fn chunked(body: &[u8], end: &str) -> Vec<u8> {
    let mut sent = b"transfer-encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.chunks(8_000) {
        sent.extend(format!("{:x}\r\n", chunk.len()).bytes());
        sent.extend(chunk);
        sent.extend(b"\r\n");
    }
    sent.extend(end.bytes());
    sent
}

#[expect(clippy::disallowed_methods, reason = "the deadline is in real time")]
fn now() -> Instant {
    Instant::now()
}

const BODY_DEADLINE: Duration = Duration::from_millis(200);
const SEND_TEST: &str = "/api/greenhouse/send-test";
const LIST_TESTS: &str = "/api/greenhouse/list-tests";
const OPERATOR: &str = "/api/integrations/greenhouse/";
const TOKENS: &str = "/api/tokens/";
const SESSION: &str = "x-session: acme\r\n";
