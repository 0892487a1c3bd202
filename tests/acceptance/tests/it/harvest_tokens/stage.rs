//! Greenhouse, its clock, and clients.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, Clock, HttpTransport,
    settings::HarvestCredential,
    store::{Shared, memory::MemoryStore},
};
use greenhouse_harvest::{
    Error, HarvestClient, HarvestEndpoints, PartnerConnection, ReqwestTransport, api::JobFilter,
};
use mock_greenhouse::{Config, Direction, MockClock, MockGreenhouse};
use reqwest::redirect;
use url::Url;

pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// A mock Greenhouse with a held clock and a transport. Clones share the state.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) greenhouse: Arc<MockGreenhouse>,
    pub(super) clock: Arc<SharedClock>,
    pub(super) transport: Arc<dyn HttpTransport>,
}

impl Stage {
    pub(super) async fn set() -> Self {
        let at = "2026-06-02T12:00:00Z".parse().unwrap();
        let clock = MockClock::held(at);
        let mut config = Config::default().with_rate_limit(100_000);
        config.clock = clock.clone();
        Self {
            greenhouse: Arc::new(MockGreenhouse::start(config).await.unwrap()),
            clock: Arc::new(SharedClock(clock)),
            transport: Arc::new(ReqwestTransport::direct().unwrap()),
        }
    }

    pub(super) fn advance(&self, by: Duration) {
        self.clock.0.advance(by);
    }

    /// Returns a client of a customer's own integration.
    pub(super) fn client(&self, store: &Arc<MemoryStore>) -> HarvestClient {
        self.client_on(&self.own(), self.transport.clone(), store.clone(), store)
    }

    pub(super) fn client_on(
        &self,
        credential: &HarvestCredential,
        transport: Arc<dyn HttpTransport>,
        tokens: Arc<dyn Shared>,
        store: &Arc<MemoryStore>,
    ) -> HarvestClient {
        HarvestClient::builder(transport, self.clock.clone(), credential.clone())
            .endpoints(self.endpoints())
            .sharing(AccountId::new("acme"), tokens, store.clone())
            .build()
    }

    pub(super) fn endpoints(&self) -> HarvestEndpoints {
        let url: Url = self.greenhouse.url().parse().unwrap();
        HarvestEndpoints::new(url.clone(), url).unwrap()
    }

    pub(super) fn own(&self) -> HarvestCredential {
        let own = self.greenhouse.credential();
        HarvestCredential::new(&own.client_id, Some((&own.client_secret).into())).unwrap()
    }

    pub(super) fn partner(&self) -> HarvestCredential {
        let app = self.greenhouse.partner_credential();
        let secret = Some((&app.client_secret).into());
        HarvestCredential::partner(&app.client_id, secret, &app.redirect_uri).unwrap()
    }

    /// Consents as one of the customer's users and returns the code from the redirect.
    pub(super) async fn consent(&self, connection: &PartnerConnection) -> String {
        let url =
            connection.authorize_url(["harvest:jobs:list", "harvest:users:list"], "state 1+1");
        let browser = reqwest::Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        let back = browser.get(url).send().await.unwrap();
        assert_eq!(back.status(), 302);
        let back: Url = back.headers()["location"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        let parameter = |name| back.query_pairs().find(|(member, _)| member == name);
        assert_eq!(parameter("state").unwrap().1, "state 1+1");
        parameter("code").unwrap().1.into_owned()
    }

    pub(super) async fn connect(&self, connection: &PartnerConnection) {
        let code = self.consent(connection).await;
        connection.exchange(code).await.unwrap();
    }

    pub(super) async fn calls(&self, client: &HarvestClient) -> Result<(), Error> {
        client.jobs(&JobFilter::new()).all().await.map(drop)
    }

    pub(super) fn token_requests(&self) -> usize {
        let exchanges = self.greenhouse.exchanges();
        let to_token = exchanges.iter().filter(|exchange| {
            exchange.direction == Direction::Inbound && exchange.url == "/token"
        });
        to_token.count()
    }
}

/// The mock's clock for the client. A sleep advances it after a short real delay, so that responses
/// can arrive in between.
#[derive(Debug)]
pub(super) struct SharedClock(pub(super) MockClock);

#[async_trait]
impl Clock for SharedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(Duration::from_millis(10)).await;
        self.0.advance(duration);
    }
}
