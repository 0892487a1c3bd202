//! Candidate Push: the connection to a partner's app.

use std::convert::Infallible;

use bytes::Bytes;
use console::MountPath;
use futures_util::stream;
use greenhouse_core::{ExchangeLimits, HttpTransport};
use greenhouse_harvest::ReqwestTransport;
use http::{Method, Request, Response, header};
use mock_greenhouse::{Consent, Fault, FaultKind};
use serde_json::{Value, json};
use url::Url;

use crate::stage::{Shown, Stage};

#[tokio::test]
async fn an_account_is_connected_and_disconnected() {
    let stage = with_app().await;
    let page = stage.get("/push").await;
    page.has("data-connection=\"not_connected\"");
    page.has("https://assess.example.com/mounted/push/connection/callback");
    page.has("Connect with Greenhouse").lacks("Disconnect");

    let back = consent(&start(&stage, &[]).await).await;
    let (shown, location) = returned(&stage, &back).await;
    assert_eq!(location, "/mounted/push?connection=connected#connection");
    shown.has("The Greenhouse account is connected now.");
    shown.has("data-connection=\"connected\"");
    shown.has(&format!("User {}", stage.greenhouse.site_admin()));
    shown.has(" · Site Admin").lacks("Scopes missing");
    shown.has("Connect again").has("Disconnect");

    // The address with the code, opened again from the history.
    let (shown, location) = returned(&stage, &back).await;
    assert_eq!(location, "/mounted/push?connection=consent_used#connection");
    shown
        .has("was already used")
        .has("data-connection=\"connected\"");

    let gone = stage
        .post_and_follow("/push/connection/disconnect", &[])
        .await;
    gone.has("data-connection=\"not_connected\"")
        .has("remove the app there");
    gone.lacks("Connect again");
}

#[tokio::test]
async fn additional_scopes_are_asked_for_if_checked() {
    let stage = with_app().await;
    let plain = start(&stage, &[]).await;
    assert!(!plain.as_str().contains("webhooks"), "{plain}");
    let more = start(&stage, &[("also.webhooks", "true")]).await;
    assert!(
        more.as_str().contains("harvest%3Awebhooks%3Acreate"),
        "{more}"
    );
}

#[tokio::test]
async fn a_user_who_is_no_site_admin_is_told_at_once() {
    let stage = with_app().await;
    let user = stage.greenhouse.job_admin();
    stage.greenhouse.set_consenting_user(user).unwrap();
    let back = consent(&start(&stage, &[]).await).await;
    let (shown, _) = returned(&stage, &back).await;
    shown
        .has("cannot be used like this yet")
        .has("Not a Site Admin");
    shown.has("Have a Site Admin connect the account again");
}

#[tokio::test]
async fn each_refusal_is_told_without_the_code_in_the_address() {
    let stage = with_app().await;
    let own = consent(&start(&stage, &[]).await).await;
    let query = own.query().unwrap().to_owned();
    let changed = |from: &str, to: &str| query.replace(from, to);
    for (query, code, text) in [
        (
            changed("state=", "state=0"),
            "consent_unknown",
            "not begun for this account",
        ),
        (
            changed("code=", "error=access_denied&code="),
            "consent_denied",
            "did not consent",
        ),
        (query.clone(), "consent_used", "already used"),
        (
            "error=access_denied".to_owned(),
            "consent_denied",
            "did not consent",
        ),
        (
            "error=%3Cimg%3E".to_owned(),
            "consent_failed",
            "did not grant the consent",
        ),
        (String::new(), "consent_incomplete", "sent no code"),
    ] {
        let mut back = own.clone();
        back.set_query(Some(&query));
        let (shown, location) = returned(&stage, &back).await;
        assert_eq!(
            location,
            format!("/mounted/push?connection={code}#connection")
        );
        shown.has(&format!("data-result=\"{code}\"")).has(text);
        shown.has("data-connection=\"not_connected\"");
    }
    // Anyone can write this address, so it only selects a text.
    let shown = stage.get("/push?connection=%3Cimg+onerror%3E").await;
    shown.has("Greenhouse could not be reached").lacks("<img");
    let shown = stage.get("/push?connection=connected").await;
    shown.lacks("is connected now");
    let shown = stage.get("/push?connection=disconnected").await;
    shown.has("data-connection=\"not_connected\"");

    stage
        .greenhouse
        .switch(|switches| switches.consent = Consent::Refuses);
    let denied = consent(&start(&stage, &[]).await).await;
    returned(&stage, &denied).await.0.has("did not consent");
}

#[tokio::test]
async fn a_consent_begun_in_greenhouse_is_confirmed() {
    let stage = with_app().await;
    let arrives = async || {
        let back: Url = stage
            .greenhouse
            .consent_in_greenhouse()
            .unwrap()
            .parse()
            .unwrap();
        let (shown, location) = returned(&stage, &back).await;
        let code = back.query_pairs().next().unwrap().1.into_owned();
        assert!(!location.contains(&code) && !shown.body.contains(&code));
        let (_, id) = location
            .split_once("/mounted/push/connection/confirm?id=")
            .unwrap();
        (shown, id.to_owned())
    };
    let (first, first_id) = arrives().await;
    first.has("Nothing is connected yet").has("for one minute");
    let (page, id) = arrives().await;
    page.has(&format!("name=\"id\" value=\"{id}\""))
        .has("Start again here");
    stage
        .get("/push")
        .await
        .has("data-connection=\"not_connected\"");

    let refused = stage
        .post("/push/connection/confirm", &[("id", &first_id)])
        .await;
    refused.is(409).has("has expired").has("Start again here");
    let old = format!("/push/connection/confirm?id={first_id}");
    stage
        .get(&old)
        .await
        .is(200)
        .has("has expired")
        .lacks("name=\"id\"");
    let hostile = stage
        .get("/push/connection/confirm?id=%22%3E%3Cimg%3E")
        .await;
    hostile.is(200).lacks("<img");

    let connected = stage
        .post_and_follow("/push/connection/confirm", &[("id", &id)])
        .await;
    connected
        .has("data-connection=\"connected\"")
        .has("is connected now");
}

#[tokio::test]
async fn an_ended_connection_is_shown_with_its_remedy() {
    let stage = with_app().await;
    let back = consent(&start(&stage, &[]).await).await;
    returned(&stage, &back).await;
    // Greenhouse rejects the access token of the next call, and then the refresh token.
    let (status, applied) = (400, false);
    let rejected = Fault::new("POST", "/token", FaultKind::Status { status, applied });
    stage.greenhouse.add_fault(rejected);
    stage
        .greenhouse
        .add_fault(Fault::new("GET", "/v3/jobs", FaultKind::ExpiredToken));
    let refused = stage.api(Method::GET, "choices/jobs", Value::Null).await;
    assert_eq!(refused["error"]["code"], "greenhouse_refused", "{refused}");
    let page = stage.get("/push").await;
    page.has("data-connection=\"ended\"")
        .has("The connection has ended.");
    page.has("Connect again").has("must renew the consent");
    let back = consent(&start(&stage, &[]).await).await;
    returned(&stage, &back)
        .await
        .0
        .has("data-connection=\"connected\"");
}

#[tokio::test]
async fn a_customers_own_credential_has_no_connection() {
    let stage = Stage::set_up().await;
    stage
        .get("/push")
        .await
        .lacks("push/connection")
        .lacks("data-connection");
    let refused = stage.post("/push/connection/start", &[]).await;
    let location = refused.is(303).location.as_deref();
    assert_eq!(
        location,
        Some("/mounted/push?connection=no_partner_app#connection")
    );
    stage.get("/push/connection/start").await.is(404);
    stage.get("/push/connection/disconnect").await.is(404);
}

/// The request from Greenhouse has no cookie with `SameSite=Strict`.
#[tokio::test]
async fn the_redirect_uri_is_opened_again_by_a_page_of_this_site() {
    let stage = with_app().await;
    let path = "/push/connection/callback?code=canary&state=x";
    let cross = signed_out(&stage, path, Some("cross-site")).await;
    assert_eq!(cross.status(), 200);
    let refresh = cross.headers()[header::REFRESH].to_str().unwrap();
    assert_eq!(refresh, format!("0; url=/mounted{path}&returned=1"));
    assert_eq!(cross.headers()[header::CACHE_CONTROL], "no-store");
    let again = format!("{path}&returned=1");
    for (path, site) in [
        (path, Some("same-origin")),
        (again.as_str(), Some("same-origin")),
        (again.as_str(), None),
    ] {
        let ended = signed_out(&stage, path, site).await;
        assert_eq!(ended.status(), 401, "{path} {site:?}");
        let body = String::from_utf8_lossy(ended.body()).into_owned();
        assert!(!body.contains("canary"), "{body}");
    }
    let other = signed_out(&stage, "/push?code=1", Some("cross-site")).await;
    assert_eq!(other.status(), 401);
}

async fn signed_out(stage: &Stage, path: &str, site: Option<&str>) -> Response<Bytes> {
    let mut request = Request::get(path).extension(MountPath::new("/mounted"));
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    let body = stream::iter([Ok::<_, Infallible>(Bytes::new())]);
    let request = request.body(body).unwrap();
    stage.console.handle_streamed(None, request).await
}

/// An account with the credential of a partner's app.
async fn with_app() -> Stage {
    let stage = Stage::empty().await;
    let app = stage.greenhouse.partner_credential().clone();
    let form = [
        ("credential.grant", "authorization_code"),
        ("credential.client_id", app.client_id.as_str()),
        ("credential.client_secret", app.client_secret.as_str()),
        ("credential.redirect_uri", app.redirect_uri.as_str()),
    ];
    stage.submit("/push/credential", &form).await.is(303);
    let health = stage.api(Method::GET, "connection", Value::Null).await;
    assert_eq!(health["status"], json!("not_connected"));
    stage
}

/// Clicks the button that connects, and returns the address of the link to Greenhouse.
async fn start(stage: &Stage, form: &[(&str, &str)]) -> Url {
    let page = stage.post("/push/connection/start", form).await;
    page.is(200).has("Continue to Greenhouse").has("Site Admin");
    let address = page.between("gh-primary\" href=\"", "\"");
    address.replace("&amp;", "&").parse().unwrap()
}

/// Consents in Greenhouse, and returns the address that the browser then opens.
async fn consent(url: &Url) -> Url {
    let request = Request::get(url.as_str()).body(Bytes::new()).unwrap();
    let transport = ReqwestTransport::direct().unwrap();
    let answer = transport.send(request, ExchangeLimits::default()).await;
    let answer = answer.unwrap();
    let location = answer.headers()[header::LOCATION].to_str().unwrap();
    location.parse().unwrap()
}

/// Opens the redirect URI. Returns the page to which it redirects, and its address.
async fn returned(stage: &Stage, back: &Url) -> (Shown, String) {
    let path = format!(
        "/push/connection/callback?{}",
        back.query().unwrap_or_default()
    );
    let shown = stage.get(&path).await;
    let location = shown.is(303).location.clone().unwrap();
    let page = location.split('#').next().unwrap();
    let page = stage.get(page.strip_prefix("/mounted").unwrap()).await;
    (page, location)
}
