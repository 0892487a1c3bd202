//! Hosts that start and stop on one database.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{AccountId, Clock, Environment};
use greenhouse_harvest::ReqwestTransport;
use mock_greenhouse::MockClock;
use server::{Config, Host, HostEnvironment};
use url::Url;

use crate::product::Product;

/// Dependencies of every host in a life.
pub(crate) struct Hosts {
    pub(crate) account: AccountId,
    pub(crate) config: Config,
    pub(crate) greenhouse: Url,
    pub(crate) network: Arc<ReqwestTransport>,
    pub(crate) clock: MockClock,
    pub(crate) product: Arc<Product>,
}

impl Hosts {
    pub(crate) async fn open(&self) -> Arc<Host> {
        let greenhouse = self.greenhouse.clone();
        let outside = HostEnvironment {
            environment: Environment::sandbox(&greenhouse).unwrap(),
            transport: self.network.clone(),
            clock: Arc::new(Held(self.clock.clone())),
        };
        let opened =
            Host::open_with_product(self.product.clone(), self.config.clone(), outside).await;
        Arc::new(opened.unwrap())
    }
}

#[derive(Debug)]
struct Held(MockClock);

#[async_trait]
impl Clock for Held {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}
