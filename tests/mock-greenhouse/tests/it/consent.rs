use std::collections::HashMap;
use std::time::Duration;

use http::Method;
use mock_greenhouse::Consent;
use serde_json::{Value, json};
use url::Url;

use crate::support::{Caller, Reply, Set};

const CALLBACK: &str = "https%3A%2F%2Fpartner.example%2Fcallback";

async fn authorize(set: &Set, query: &str) -> Reply {
    let client = &set.greenhouse.partner_credential().client_id;
    let path = format!("/authorize?client_id={client}&redirect_uri={CALLBACK}&state=s1&{query}");
    set.harvest.call(Method::GET, &path, None).await
}

fn told(reply: &Reply) -> HashMap<String, String> {
    assert_eq!(reply.status, 302);
    let location = Url::parse(reply.header("location").unwrap()).unwrap();
    assert_eq!(location.host_str(), Some("partner.example"));
    location.query_pairs().into_owned().collect()
}

async fn code(set: &Set) -> String {
    let reply = authorize(set, "response_type=code&scope=harvest:jobs:list").await;
    told(&reply)["code"].clone()
}

async fn token(set: &Set, form: &str) -> Reply {
    let partner = set.greenhouse.partner_credential();
    set.harvest
        .form("/token", &partner.client_id, &partner.client_secret, form)
        .await
}

async fn by_code(set: &Set, code: &str) -> Reply {
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    token(set, &form).await
}

async fn refresh(set: &Set, token_value: &Value) -> Reply {
    let value = token_value.as_str().unwrap();
    token(
        set,
        &format!("grant_type=refresh_token&refresh_token={value}"),
    )
    .await
}

#[tokio::test]
async fn a_consent_leads_back_with_a_code_and_the_state() {
    let set = Set::new().await;
    let told = told(&authorize(&set, "response_type=code").await);
    assert_eq!(told["state"], "s1");
    assert!(!told["code"].is_empty());
}

#[tokio::test]
async fn a_refusal_leads_back_with_an_error() {
    let set = Set::new().await;
    set.greenhouse
        .switch(|switches| switches.consent = Consent::Refuses);
    let refused = told(&authorize(&set, "response_type=code").await);
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
        assert_eq!(told(&authorize(&set, query).await)["error"], error);
    }
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_the_partners() {
    let set = Set::new().await;
    let client = &set.greenhouse.partner_credential().client_id;
    for query in [
        format!("client_id={client}&redirect_uri=https%3A%2F%2Fpartner.example%2Fcallback%2F"),
        format!("client_id=other-1&redirect_uri={CALLBACK}"),
        format!("client_id={client}"),
    ] {
        let path = format!("/authorize?response_type=code&{query}");
        let reply = set.harvest.call(Method::GET, &path, None).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("location")),
            (400, None)
        );
    }
}

#[tokio::test]
async fn a_code_buys_one_token_with_the_scopes_that_were_consented_to() {
    let set = Set::new().await;
    let code = code(&set).await;
    let reply = by_code(&set, &code).await;
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
    let mut partner = Caller::stranger(&set.greenhouse);
    partner.token = body["access_token"].as_str().map(str::to_owned);
    assert_eq!(partner.get("/v3/jobs").await.ids(), [set.job.job_id]);
    assert_eq!(partner.get("/v3/candidates").await.status, 403);
    let again = by_code(&set, &code).await;
    assert_eq!(
        (again.status.as_u16(), again.json()),
        (400, json!({ "error": "invalid_grant" }))
    );
}

#[tokio::test]
async fn a_code_lives_a_minute() {
    let set = Set::new().await;
    let code = code(&set).await;
    set.greenhouse.clock().advance(Duration::from_secs(60));
    assert_eq!(by_code(&set, &code).await.status, 400);
}

#[tokio::test]
async fn a_code_is_bound_to_its_address() {
    let set = Set::new().await;
    let code = code(&set).await;
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fother.example"
    );
    assert_eq!(token(&set, &form).await.status, 400);
}

#[tokio::test]
async fn a_refresh_token_rotates_and_is_good_once() {
    let set = Set::new().await;
    let first = by_code(&set, &code(&set).await).await.json();
    let second = refresh(&set, &first["refresh_token"]).await;
    assert_eq!(second.status, 200);
    assert_ne!(second.json()["refresh_token"], first["refresh_token"]);
    assert_eq!(refresh(&set, &first["refresh_token"]).await.status, 400);
    set.greenhouse
        .clock()
        .advance(Duration::from_secs(14 * 24 * 3600));
    let late = refresh(&set, &second.json()["refresh_token"]).await;
    assert_eq!(late.status, 400);
}

#[tokio::test]
async fn the_members_of_a_grant_may_stand_in_the_query() {
    let set = Set::new().await;
    let code = code(&set).await;
    let path = format!("/token?grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    let partner = set.greenhouse.partner_credential();
    let reply = set
        .harvest
        .form(&path, &partner.client_id, &partner.client_secret, "")
        .await;
    assert_eq!(reply.status, 200);
    for exchange in set.greenhouse.exchanges() {
        assert!(!exchange.url.contains(&code));
    }
}

#[tokio::test]
async fn a_partner_has_no_client_credentials_grant_and_a_customer_no_codes() {
    let set = Set::new().await;
    let reply = token(&set, "grant_type=client_credentials").await;
    assert_eq!(
        (reply.status.as_u16(), reply.json()),
        (400, json!({ "error": "unauthorized_client" }))
    );
    let code = code(&set).await;
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    let customer = set.harvest.token_form(&set.greenhouse, &form).await;
    assert_eq!(customer.status, 400);
}
