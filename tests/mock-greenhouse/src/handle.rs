use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::background::Background;
use crate::clock::MockClock;
use crate::config::{
    CompletionCredential, Config, Credential, Organization, Partner, PartnerCredential,
};
use crate::server::{Server, StartError, answer_in_process};
use crate::switches::Switches;
use crate::world::World;

pub use self::seed::{SeededField, SeededJob, SeededStage};

mod admin;
mod applications;
mod assert;
mod assessment;
mod candidates;
mod consent;
mod faults;
mod read;
mod seed;
mod webhooks;

/// A running mock Greenhouse. Stops on drop; [`stop`](Self::stop) also waits for work in progress.
///
/// Requires a Tokio runtime. Every method can be called from any task at any time.
pub struct MockGreenhouse {
    world: Arc<World>,
    server: Option<Server>,
    background: Option<Background>,
}

impl MockGreenhouse {
    /// Starts a mock on 127.0.0.1. The mock serves requests when this method returns.
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`] if the port is in use or the user may not use it.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let (server, world) = Server::start(config).await?;
        let background = Background::start(&world);
        Ok(Self {
            world,
            server: Some(server),
            background: Some(background),
        })
    }

    /// Answers a request to one of the hosts without a socket, for tests with many requests.
    /// Injected faults do not apply.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        answer_in_process(&self.world, request).await
    }

    /// Returns the base URL of all three hosts, `http://127.0.0.1:<port>` without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.world.base_url
    }

    /// Returns the mock's clock.
    #[must_use]
    pub fn clock(&self) -> &MockClock {
        &self.world.config.clock
    }

    /// Returns the customer organisation of this Greenhouse.
    #[must_use]
    pub fn organization(&self) -> &Organization {
        &self.world.config.organization
    }

    /// Returns the Harvest credential for `POST /token`.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.world.config.credential
    }

    /// Returns the partner's Harvest credential for `/authorize` and `POST /token`.
    #[must_use]
    pub fn partner_credential(&self) -> &PartnerCredential {
        &self.world.config.partner_credential
    }

    /// Returns the credential for the completion call.
    #[must_use]
    pub fn completion_credential(&self) -> &CompletionCredential {
        &self.world.config.completion_credential
    }

    /// Replaces the assessment partner.
    pub fn set_partner(&self, partner: Partner) {
        self.world.set_partner(partner);
    }

    /// Returns the current switches, which select behaviour that is unknown in the real Greenhouse.
    #[must_use]
    pub fn switches(&self) -> Switches {
        self.world.switches()
    }

    /// Changes switches, for example `greenhouse.switch(|switches| switches.read_lag_seconds = 5)`.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        let mut switches = self.world.switches();
        change(&mut switches);
        self.world.set_switches(switches);
    }

    /// Waits up to 30 seconds for background work to finish: the result request after a completion
    /// call, and webhooks after a Harvest call. Returns `true` if all work has finished.
    pub async fn settle(&self) -> bool {
        self.world.tasks.settle(LONGEST_SETTLE).await
    }

    /// Waits for requests and background work in progress, each with a time limit, and frees the
    /// port.
    pub async fn stop(mut self) {
        if let Some(background) = self.background.take() {
            background.stop().await;
        }
        self.world.tasks.settle(LONGEST_STOP).await;
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        self.world.tasks.settle(LONGEST_STOP).await;
    }
}

impl Drop for MockGreenhouse {
    fn drop(&mut self) {
        self.world.tasks.end();
        self.fail_on_unexpected();
    }
}

impl fmt::Debug for MockGreenhouse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockGreenhouse")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

const LONGEST_SETTLE: Duration = Duration::from_secs(30);
const LONGEST_STOP: Duration = Duration::from_secs(5);
