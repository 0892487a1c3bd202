//! The console at `/console`: sign-in, sessions and their end.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::DateTime;
use greenhouse_core::{settings::KeyDigest, testing::ManualClock};
use http::{HeaderMap, Request, Response, header};
use server::{
    Host,
    keys::{KeyPurpose, NewKey},
};

use crate::terminal::{Terminal, account, master_key};

#[tokio::test]
async fn an_operator_token_opens_the_console() {
    let (_terminal, host) = started().await;
    let answer = get(&host, "/console/activity?from=mail", "").await;
    assert_eq!(answer.status(), 303);
    let sign_in = location(&answer);
    assert_eq!(
        sign_in,
        "/console/sign-in?next=%2Fconsole%2Factivity%3Ffrom%3Dmail"
    );

    let form = get(&host, &sign_in, "").await;
    assert_eq!(form.status(), 200);
    let policy = form.headers()[header::CONTENT_SECURITY_POLICY].to_str();
    assert!(policy.unwrap().contains("default-src 'none'"));
    let form = text(&form);
    for part in [
        "type=\"password\"",
        "autocomplete=\"off\"",
        "keys operator",
        "value=\"/console/activity?from=mail\"",
    ] {
        assert!(form.contains(part), "{part} in {form}");
    }
    assert!(!form.contains("Sign out"), "{form}");

    let answer = sign_in_with(
        &host,
        "token=acme+token&next=/console/activity%3Ffrom%3Dmail",
    )
    .await;
    assert_eq!(answer.status(), 303);
    assert_eq!(location(&answer), "/console/activity?from=mail");
    let set = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    let (name, rest) = set.split_once('=').unwrap();
    assert_eq!(name, "__Host-greenhouse-console");
    let (_, attributes) = rest.split_once("; ").unwrap();
    let expected = "Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure";
    assert_eq!(attributes, expected);

    let page = get(&host, "/console/activity", &cookie(&answer)).await;
    assert_eq!(page.status(), 200);
    let page = text(&page);
    assert!(page.contains("action=\"/console/sign-out\""), "{page}");
    assert!(page.contains("href=\"/console/push\""), "{page}");
    for root in ["/console", "/console/"] {
        let answer = get(&host, root, &cookie_of(&host).await).await;
        assert_eq!(location(&answer), "/console/assessments");
    }
    host.close().await;
}

#[tokio::test]
async fn a_wrong_token_opens_nothing() {
    let (_terminal, host) = started().await;
    let created = NewKey::new(KeyPurpose::Operator).unwrap().key;
    let hook = "acme-hook-key-0123456789";
    for token in ["", "acme+tok", "ACME+TOKEN", hook, created.expose()] {
        let answer = sign_in_with(&host, &format!("token={token}")).await;
        assert_eq!(answer.status(), 401, "{token}");
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        let page = text(&answer);
        assert!(
            page.contains("No account has this operator token"),
            "{page}"
        );
        assert!(token.is_empty() || !page.contains(token), "{page}");
    }
    for cookie in ["=", "=AAAA", "=null"] {
        let cookie = format!("__Host-greenhouse-console{cookie}");
        let answer = get(&host, "/console/activity", &cookie).await;
        assert_eq!(answer.status(), 303, "{cookie}");
    }
    host.close().await;
}

#[tokio::test]
async fn failed_sign_ins_are_limited_and_lock_no_created_token_out() {
    let terminal = Terminal::new();
    let created = NewKey::new(KeyPurpose::Operator).unwrap();
    let digest = KeyDigest::of("acme token").to_string();
    let both = format!("{digest}\", \"{}", created.digest.unwrap());
    assert!(terminal.apply(&account("acme").replace(&digest, &both)).ok);
    let clock = Arc::new(clock());
    let host = terminal.host_at(Arc::clone(&clock) as _).await;
    for attempt in 0..10 {
        let answer = sign_in_with(&host, "token=guess").await;
        assert_eq!(answer.status(), 401, "{attempt}");
    }
    clock.advance(Duration::from_secs(20));
    for token in ["guess", "acme+token"] {
        let answer = sign_in_with(&host, &format!("token={token}")).await;
        assert_eq!(answer.status(), 429, "{token}");
        assert_eq!(answer.headers()[header::RETRY_AFTER], "40");
        assert!(text(&answer).contains("Try again in 40 s"));
    }
    let token = format!("token={}", created.key.expose());
    for _ in 0..20 {
        assert_eq!(sign_in_with(&host, &token).await.status(), 303);
    }
    clock.advance(Duration::from_secs(40));
    for _ in 0..20 {
        let answer = sign_in_with(&host, "token=acme+token").await;
        assert_eq!(answer.status(), 303);
    }
    host.close().await;
}

#[tokio::test]
async fn each_sign_in_begins_a_session_of_its_own() {
    let (_terminal, host) = started().await;
    let planted = cookie_of(&host).await;
    let request = Request::post("/console/sign-in")
        .header(header::COOKIE, &planted)
        .body("token=acme+token".into());
    let own = cookie(&host.handle(request.unwrap()).await);
    assert_ne!(own, planted);
    // The end of the planted session does not end the new one: they have different ids.
    assert_eq!(sign_out(&host, &planted).await.status(), 303);
    assert_eq!(
        get(&host, "/console/activity", &planted).await.status(),
        303
    );
    assert_eq!(get(&host, "/console/activity", &own).await.status(), 200);
    host.close().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_everywhere_and_for_good() {
    let (terminal, host) = started().await;
    let (copied, other) = (cookie_of(&host).await, cookie_of(&host).await);
    let second = terminal.host().await;
    let answer = sign_out(&host, &copied).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(location(&answer), "/console/sign-in");
    let cleared = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cleared.starts_with("__Host-greenhouse-console=; Path=/; Max-Age=0;"));
    let restarted = terminal.host().await;
    for host in [&host, &second, &restarted] {
        assert_eq!(get(host, "/console/activity", &copied).await.status(), 303);
        assert_eq!(get(host, "/console/activity", &other).await.status(), 200);
    }
    // A link or an image cannot sign a user out.
    assert_eq!(get(&host, "/console/sign-out", &other).await.status(), 405);
    assert_eq!(get(&host, "/console/activity", &other).await.status(), 200);
}

#[tokio::test]
async fn a_session_survives_a_restart_and_ends_with_its_token() {
    let (old, new) = (master_key(), master_key());
    let terminal = Terminal::with_keys(&[&old]);
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    let session = cookie_of(&host).await;
    let second = terminal.host().await;
    host.close().await;
    terminal.configure(&[&new, &old], "");
    let restarted = terminal.host().await;
    for host in [&second, &restarted] {
        assert_eq!(get(host, "/console/activity", &session).await.status(), 200);
    }

    let digest = |token: &str| KeyDigest::of(token).to_string();
    let rotated = account("acme").replace(&digest("acme token"), &digest("another token"));
    assert!(terminal.apply(&rotated).ok);
    for host in [&second, &restarted] {
        assert_eq!(get(host, "/console/activity", &session).await.status(), 303);
    }
    let again = sign_in_with(&restarted, "token=another+token").await;
    let again = cookie(&again);
    assert_eq!(
        get(&restarted, "/console/activity", &again).await.status(),
        200
    );
    let removed = terminal.run_command(&["accounts", "remove", "acme"]);
    assert!(removed.ok, "{removed:?}");
    assert_eq!(
        get(&restarted, "/console/activity", &again).await.status(),
        303
    );
}

/// A token that moves to another account does not take the session with it.
#[tokio::test]
async fn a_session_is_of_one_account() {
    let (terminal, host) = started().await;
    let session = cookie_of(&host).await;
    assert_eq!(
        get(&host, "/console/activity", &session).await.status(),
        200
    );
    let digest = |token: &str| KeyDigest::of(token).to_string();
    let (acme, zenith) = (account("acme"), account("zenith"));
    let acme = acme.replace(&digest("acme token"), &digest("another token"));
    assert!(terminal.apply(&acme).ok);
    let zenith = zenith.replace(&digest("zenith token"), &digest("acme token"));
    assert!(terminal.apply(&zenith).ok);
    assert_eq!(
        get(&host, "/console/activity", &session).await.status(),
        303
    );
    host.close().await;
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_even_if_it_is_used() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let clock = Arc::new(clock());
    let host = terminal.host_at(Arc::clone(&clock) as _).await;
    let session = cookie_of(&host).await;
    for (minutes, status) in [(0, 200), (360, 200), (359, 200), (1, 303)] {
        clock.advance(Duration::from_secs(minutes * 60));
        let answer = get(&host, "/console/activity", &session).await;
        assert_eq!(answer.status(), status, "{minutes}");
    }
    host.close().await;
}

#[tokio::test]
async fn posts_from_other_sites_are_refused() {
    let (_terminal, host) = started().await;
    let session = cookie_of(&host).await;
    for path in ["sign-in", "sign-out", "push"] {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
        ] {
            let request = Request::post(format!("/console/{path}"))
                .header(header::COOKIE, &session)
                .header(header::HOST, "assess.example.com")
                .header(name, value)
                .body("token=acme+token".into());
            let answer = host.handle(request.unwrap()).await;
            assert_eq!(answer.status(), 403, "{path} {value}");
            assert!(!answer.headers().contains_key(header::SET_COOKIE));
        }
    }
    assert_eq!(
        get(&host, "/console/activity", &session).await.status(),
        200
    );
    host.close().await;
}

/// The page that the user has open stays: its script shows that the session has ended.
#[tokio::test]
async fn requests_of_the_script_and_forms_without_a_session_get_401() {
    let (_terminal, host) = started().await;
    let fragment = Request::get("/console/activity").header("x-greenhouse-fragment", "1");
    let form = Request::post("/console/push");
    for request in [fragment, form] {
        let answer = host.handle(request.body(Bytes::new()).unwrap()).await;
        assert_eq!(answer.status(), 401);
        let page = text(&answer);
        assert!(page.contains("You are signed out"), "{page}");
        assert!(page.contains("href=\"/console/sign-in\""), "{page}");
    }
    let form = text(&get(&host, "/console/sign-in", "").await);
    for end in [".css", ".js"] {
        let mut addresses = form.split('"').filter(|part| part.ends_with(end));
        let asset = get(&host, addresses.next().unwrap(), "").await;
        assert_eq!(asset.status(), 200);
    }
    host.close().await;
}

#[tokio::test]
async fn a_sign_in_leads_to_no_other_site() {
    let (_terminal, host) = started().await;
    for next in [
        "https://evil.example/",
        "//evil.example/console/push",
        "/\\evil.example/console/push",
        "/console/../product/assessments",
        "/console/sign-out",
    ] {
        let encoded: String = next.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let form = get(&host, &format!("/console/sign-in?next={encoded}"), "").await;
        assert!(
            text(&form).contains("name=\"next\" value=\"/console\""),
            "{next}"
        );
        let answer = sign_in_with(&host, &format!("token=acme+token&next={encoded}")).await;
        assert_eq!(location(&answer), "/console", "{next}");
    }
    host.close().await;
}

#[tokio::test]
async fn the_console_can_be_switched_off() {
    let key = master_key();
    let terminal = Terminal::with_keys(&[&key]);
    assert!(terminal.apply(&account("acme")).ok);
    terminal.configure(&[&key], "[web]\nconsole = false");
    let host = terminal.host().await;
    for path in [
        "/console",
        "/console/",
        "/console/sign-in",
        "/console/activity",
    ] {
        assert_eq!(get(&host, path, "").await.status(), 404, "{path}");
    }
    host.close().await;
}

/// A session that cannot be checked may be valid, so the user is not sent to the sign-in.
#[tokio::test]
async fn without_a_database_nobody_is_signed_out() {
    let (_terminal, host) = started().await;
    let session = cookie_of(&host).await;
    host.close().await;
    let page = get(&host, "/console/activity", &session).await;
    assert_eq!(page.status(), 503);
    assert!(text(&page).contains("The database is unavailable"));
    assert_eq!(sign_in_with(&host, "token=acme+token").await.status(), 503);
    let out = sign_out(&host, &session).await;
    assert_eq!(out.status(), 503);
    assert!(
        !out.headers().contains_key(header::SET_COOKIE),
        "the session has not ended"
    );
}

async fn started() -> (Terminal, Host) {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    (terminal, host)
}

async fn get(host: &Host, path: &str, cookie: &str) -> Response<Bytes> {
    let request = Request::get(path).header(header::COOKIE, cookie);
    host.handle(request.body(Bytes::new()).unwrap()).await
}

async fn sign_in_with(host: &Host, form: &str) -> Response<Bytes> {
    let request = Request::post("/console/sign-in").body(form.to_owned().into());
    host.handle(request.unwrap()).await
}

async fn sign_out(host: &Host, cookie: &str) -> Response<Bytes> {
    let request = Request::post("/console/sign-out").header(header::COOKIE, cookie);
    host.handle(request.body(Bytes::new()).unwrap()).await
}

/// Signs in and returns the cookie of the new session.
async fn cookie_of(host: &Host) -> String {
    cookie(&sign_in_with(host, "token=acme+token").await)
}

fn cookie(answer: &Response<Bytes>) -> String {
    let set = first(answer.headers(), "set-cookie");
    set.split(';').next().unwrap().to_owned()
}

fn location(answer: &Response<Bytes>) -> String {
    first(answer.headers(), "location").to_owned()
}

fn first<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

fn text(answer: &Response<Bytes>) -> String {
    String::from_utf8(answer.body().to_vec()).unwrap()
}

fn clock() -> ManualClock {
    ManualClock::at(DateTime::from_timestamp(1_790_000_000, 0).unwrap())
}
