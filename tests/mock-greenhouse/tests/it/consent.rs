use std::collections::HashMap;
use std::time::Duration;

use http::Method;
use mock_greenhouse::Consent;
use serde_json::{Value, json};
use url::Url;

use crate::support::{Caller, Reply, Scene};

const CALLBACK: &str = "https%3A%2F%2Fpartner.example%2Fcallback";

async fn authorize(scene: &Scene, query: &str) -> Reply {
    let client = &scene.greenhouse.partner_credential().client_id;
    let path = format!("/authorize?client_id={client}&redirect_uri={CALLBACK}&state=s1&{query}");
    scene.harvest.call(Method::GET, &path, None).await
}

fn redirect_query(reply: &Reply) -> HashMap<String, String> {
    assert_eq!(reply.status, 302);
    let location = Url::parse(reply.header("location").unwrap()).unwrap();
    assert_eq!(location.host_str(), Some("partner.example"));
    location.query_pairs().into_owned().collect()
}

async fn code(scene: &Scene) -> String {
    let reply = authorize(scene, "response_type=code&scope=harvest:jobs:list").await;
    redirect_query(&reply)["code"].clone()
}

async fn token(scene: &Scene, form: &str) -> Reply {
    let partner = scene.greenhouse.partner_credential();
    scene
        .harvest
        .form("/token", &partner.client_id, &partner.client_secret, form)
        .await
}

async fn by_code(scene: &Scene, code: &str) -> Reply {
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    token(scene, &form).await
}

async fn refresh(scene: &Scene, token_value: &Value) -> Reply {
    let value = token_value.as_str().unwrap();
    token(
        scene,
        &format!("grant_type=refresh_token&refresh_token={value}"),
    )
    .await
}

#[tokio::test]
async fn a_consent_redirects_with_a_code_and_the_state() {
    let scene = Scene::new().await;
    let query = redirect_query(&authorize(&scene, "response_type=code").await);
    assert_eq!(query["state"], "s1");
    assert!(!query["code"].is_empty());
}

#[tokio::test]
async fn a_refusal_redirects_with_an_error() {
    let scene = Scene::new().await;
    scene
        .greenhouse
        .switch(|switches| switches.consent = Consent::Refuses);
    let refused = redirect_query(&authorize(&scene, "response_type=code").await);
    assert_eq!(
        (&*refused["error"], &*refused["state"]),
        ("access_denied", "s1")
    );
    for (query, error) in [
        ("response_type=token", "unsupported_response_type"),
        (
            "response_type=code&scope=harvest:everything",
            "invalid_scope",
        ),
    ] {
        assert_eq!(
            redirect_query(&authorize(&scene, query).await)["error"],
            error
        );
    }
}

#[tokio::test]
async fn an_unknown_redirect_address_is_refused_without_a_redirect() {
    let scene = Scene::new().await;
    let client = &scene.greenhouse.partner_credential().client_id;
    for query in [
        format!("client_id={client}&redirect_uri=https%3A%2F%2Fpartner.example%2Fcallback%2F"),
        format!("client_id=other-1&redirect_uri={CALLBACK}"),
        format!("client_id={client}"),
    ] {
        let path = format!("/authorize?response_type=code&{query}");
        let reply = scene.harvest.call(Method::GET, &path, None).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("location")),
            (400, None)
        );
    }
}

#[tokio::test]
async fn a_code_is_exchanged_for_one_token_with_the_consented_scopes() {
    let scene = Scene::new().await;
    let code = code(&scene).await;
    let reply = by_code(&scene, &code).await;
    assert_eq!(reply.status, 200);
    let body = reply.json();
    let mut members: Vec<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    members.sort_unstable();
    assert_eq!(
        members,
        ["access_token", "expires_at", "refresh_token", "token_type"]
    );
    let mut partner = Caller::stranger(&scene.greenhouse);
    partner.token = body["access_token"].as_str().map(str::to_owned);
    assert_eq!(partner.get("/v3/jobs").await.ids(), [scene.job.job_id]);
    assert_eq!(partner.get("/v3/candidates").await.status, 403);
    let again = by_code(&scene, &code).await;
    assert_eq!(
        (again.status.as_u16(), again.json()),
        (400, json!({ "error": "invalid_grant" }))
    );
}

#[tokio::test]
async fn a_code_is_valid_for_one_minute() {
    let scene = Scene::new().await;
    let code = code(&scene).await;
    scene.greenhouse.clock().advance(Duration::from_secs(60));
    assert_eq!(by_code(&scene, &code).await.status, 400);
}

#[tokio::test]
async fn a_code_is_bound_to_its_address() {
    let scene = Scene::new().await;
    let code = code(&scene).await;
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fother.example"
    );
    assert_eq!(token(&scene, &form).await.status, 400);
}

#[tokio::test]
async fn a_refresh_token_rotates_and_is_valid_once() {
    let scene = Scene::new().await;
    let first = by_code(&scene, &code(&scene).await).await.json();
    let second = refresh(&scene, &first["refresh_token"]).await;
    assert_eq!(second.status, 200);
    assert_ne!(second.json()["refresh_token"], first["refresh_token"]);
    assert_eq!(refresh(&scene, &first["refresh_token"]).await.status, 400);
    scene
        .greenhouse
        .clock()
        .advance(Duration::from_secs(14 * 24 * 3600));
    let late = refresh(&scene, &second.json()["refresh_token"]).await;
    assert_eq!(late.status, 400);
}

#[tokio::test]
async fn the_members_of_a_grant_may_be_in_the_query() {
    let scene = Scene::new().await;
    let code = code(&scene).await;
    let path = format!("/token?grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    let partner = scene.greenhouse.partner_credential();
    let reply = scene
        .harvest
        .form(&path, &partner.client_id, &partner.client_secret, "")
        .await;
    assert_eq!(reply.status, 200);
    for exchange in scene.greenhouse.exchanges() {
        assert!(!exchange.url.contains(&code));
    }
}

#[tokio::test]
async fn a_partner_has_no_client_credentials_grant_and_a_customer_no_codes() {
    let scene = Scene::new().await;
    let reply = token(&scene, "grant_type=client_credentials").await;
    assert_eq!(
        (reply.status.as_u16(), reply.json()),
        (400, json!({ "error": "unauthorized_client" }))
    );
    let code = code(&scene).await;
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    let customer = scene.harvest.token_form(&scene.greenhouse, &form).await;
    assert_eq!(customer.status, 400);
}

#[tokio::test]
async fn a_page_asks_the_user() {
    let scene = Scene::new().await;
    scene
        .greenhouse
        .switch(|switches| switches.consent = Consent::Asks);
    let query = "response_type=code&scope=harvest:jobs:list";
    let page = authorize(&scene, query).await;
    assert_eq!(page.status, 200);
    let html = String::from_utf8(page.body.to_vec()).unwrap();
    for part in [
        "<li>harvest:jobs:list</li>",
        "name=\"state\" value=\"s1\"",
        "Allow",
        "Deny",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let allowed = authorize(&scene, &format!("{query}&decision=allow")).await;
    let allowed = redirect_query(&allowed);
    assert!(allowed.contains_key("code") && allowed["state"] == "s1");
    let denied = authorize(&scene, &format!("{query}&decision=deny")).await;
    assert_eq!(redirect_query(&denied)["error"], "access_denied");
    let invalid = authorize(&scene, "response_type=code&scope=harvest:everything").await;
    assert_eq!(redirect_query(&invalid)["error"], "invalid_scope");
}

#[tokio::test]
async fn a_consent_in_greenhouse_has_a_code_without_state() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let over_http = caller
        .call(Method::POST, "/_mock/consent", None)
        .await
        .json();
    for location in [
        scene.greenhouse.consent_in_greenhouse().unwrap(),
        over_http["location"].as_str().unwrap().to_owned(),
    ] {
        let location = Url::parse(&location).unwrap();
        assert_eq!(location.host_str(), Some("partner.example"));
        let query: HashMap<_, _> = location.query_pairs().into_owned().collect();
        assert_eq!(query.keys().collect::<Vec<_>>(), ["code"]);
        assert_eq!(by_code(&scene, &query["code"]).await.status, 200);
    }
}

#[tokio::test]
async fn the_token_acts_as_the_user_who_consented() {
    let scene = Scene::new().await;
    let job_admin = scene.greenhouse.job_admin();
    scene.greenhouse.set_consenting_user(job_admin).unwrap();
    assert!(scene.greenhouse.set_consenting_user(1).is_err());
    scene.greenhouse.set_consenting_user(job_admin).unwrap();
    let token = by_code(&scene, &code(&scene).await).await.json();
    let mut partner = Caller::stranger(&scene.greenhouse);
    partner.token = token["access_token"].as_str().map(str::to_owned);
    let jobs = partner.get("/v3/jobs").await;
    assert_eq!((jobs.status.as_u16(), jobs.ids()), (200, Vec::new()));
}

#[tokio::test]
async fn another_redirect_uri_can_be_registered() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let other = json!({ "redirect_uri": "https://other.example/back" });
    assert_eq!(caller.patch("/_mock/consent", other).await.status, 200);
    let refused = authorize(&scene, "response_type=code").await;
    assert_eq!(refused.status, 400);
    let location = scene.greenhouse.consent_in_greenhouse().unwrap();
    assert!(location.starts_with("https://other.example/back?code="));
}
