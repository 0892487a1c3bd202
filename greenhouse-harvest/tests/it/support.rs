//! Helpers for all tests.

mod dated;
pub(crate) mod desk;
pub(crate) mod greenhouse;
pub(crate) mod slow;
pub(crate) mod token_host;
pub(crate) mod world;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    Clock, UserId,
    integration::Ports,
    platform::AssessmentPlatform,
    settings::{HarvestCredential, Settings},
    store::Store,
    testing::{FakePlatform, ManualClock},
};
use greenhouse_harvest::{HarvestClient, HarvestClients, HarvestEndpoints};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, Respond, ResponseTemplate,
    matchers::{any, method, path},
};

pub(crate) use self::dated::Dated;

pub(crate) const SECRET: &str = "canary-secret";
pub(crate) const TOKEN: &str = "canary.token.jwt";
pub(crate) const EMAIL: &str = "canary@example.org";

pub(crate) fn start() -> DateTime<Utc> {
    "2026-05-11T13:54:09Z".parse().unwrap()
}

/// Starts a server that fails the test on every unexpected request.
pub(crate) async fn server() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(418))
        .with_priority(200)
        .expect(0)
        .named("an unexpected request")
        .mount(&server)
        .await;
    server
}

pub(crate) async fn with_tokens(server: &MockServer) {
    Mock::given(method("POST"))
        .and(path("/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token()))
        .with_priority(100)
        .mount(server)
        .await;
}

pub(crate) fn token() -> Value {
    json!({"token_type": "Bearer", "access_token": TOKEN, "expires_at": "2026-05-11T14:54:09Z"})
}

pub(crate) fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

/// Response with the date of this clock. By default, a test server sends the real time.
pub(crate) fn dated(clock: &Arc<ManualClock>, answer: ResponseTemplate) -> impl Respond + use<> {
    let clock = clock.clone();
    move |_: &Request| {
        answer
            .clone()
            .insert_header("date", clock.now().to_rfc2822())
    }
}

pub(crate) fn client(server: &MockServer) -> HarvestClient {
    client_on(server, Arc::new(ManualClock::self_advancing(start())))
}

pub(crate) fn client_on(server: &MockServer, clock: Arc<ManualClock>) -> HarvestClient {
    let credential = HarvestCredential::new("client-7", Some(SECRET.into())).unwrap();
    let transport = Dated::by(clock.clone());
    let user = Some(UserId::new(5_400_012_002));
    HarvestClient::builder(transport, clock, credential)
        .acting_as(user)
        .endpoints(endpoints(server))
        .build()
}

/// Ports of a host with a fake product, which sends real requests to the test server.
pub(crate) fn ports(
    settings: Arc<dyn Settings>,
    store: impl Store + 'static,
    clock: Arc<ManualClock>,
) -> Ports {
    ports_of(FakePlatform::new(), settings, store, clock)
}

pub(crate) fn ports_of(
    product: impl AssessmentPlatform + 'static,
    settings: Arc<dyn Settings>,
    store: impl Store + 'static,
    clock: Arc<ManualClock>,
) -> Ports {
    Ports::builder(product, store)
        .public_url("https://product.example")
        .unwrap()
        .settings(settings)
        .transport(Dated::by(clock.clone()))
        .clock(clock)
        .build()
        .unwrap()
}

pub(crate) fn clients(ports: &Ports, endpoints: HarvestEndpoints) -> Arc<HarvestClients> {
    let clients = HarvestClients::builder(ports).endpoints(endpoints);
    Arc::new(clients.build().unwrap())
}

pub(crate) fn endpoints(server: &MockServer) -> HarvestEndpoints {
    let url: url::Url = server.uri().parse().unwrap();
    HarvestEndpoints::new(url.clone(), url).unwrap()
}

/// Requests to this path, in order.
pub(crate) async fn requests_to(server: &MockServer, path: &str) -> Vec<Request> {
    let all = server.received_requests().await.unwrap();
    all.into_iter()
        .filter(|request| request.url.path() == path)
        .collect()
}

pub(crate) fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.get(name).unwrap().to_str().unwrap()
}
