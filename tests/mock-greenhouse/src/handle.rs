use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::background::Background;
use crate::clock::MockClock;
use crate::config::{
    CompletionCredential, Config, Credential, Organization, Partner, PartnerCredential,
};
use crate::server::{Server, StartError};
use crate::switches::Switches;
use crate::world::World;

pub use self::seed::{SeededField, SeededJob, SeededStage};

mod act;
mod assert;
mod assess;
mod change;
mod disturb;
mod hold;
mod people;
mod read;
mod seed;

/// A running mock Greenhouse. Stops when it is dropped; [`stop`](Self::stop) also waits for what is still under way.
///
/// Needs a tokio runtime. Every method may be called from any task at any time.
pub struct MockGreenhouse {
    world: Arc<World>,
    server: Option<Server>,
    background: Option<Background>,
}

impl MockGreenhouse {
    /// Starts a mock on 127.0.0.1; from the return on it answers.
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`] if the port is taken or not allowed.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let (server, world) = Server::start(config).await?;
        let background = Background::start(&world);
        Ok(Self {
            world,
            server: Some(server),
            background: Some(background),
        })
    }

    /// The base URL of all three hosts, `http://127.0.0.1:<port>` without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.world.base_url
    }

    /// The clock that the mock runs on.
    #[must_use]
    pub fn clock(&self) -> &MockClock {
        &self.world.config.clock
    }

    /// The organisation that this Greenhouse belongs to.
    #[must_use]
    pub fn organization(&self) -> &Organization {
        &self.world.config.organization
    }

    /// The Harvest credential: what a client needs for `POST /token`.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.world.config.credential
    }

    /// The Harvest credential of a partner: what it needs for `/authorize` and `POST /token`.
    #[must_use]
    pub fn partner_credential(&self) -> &PartnerCredential {
        &self.world.config.partner_credential
    }

    /// What a partner must show on the completion call.
    #[must_use]
    pub fn completion_credential(&self) -> &CompletionCredential {
        &self.world.config.completion_credential
    }

    /// Works with this assessment partner from now on.
    pub fn set_partner(&self, partner: Partner) {
        self.world.set_partner(partner);
    }

    /// How this Greenhouse behaves where the truth is unknown.
    #[must_use]
    pub fn switches(&self) -> Switches {
        self.world.switches()
    }

    /// Changes that behaviour from now on: `greenhouse.switch(|switches| switches.read_lag_seconds = 5)`.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        let mut switches = self.world.switches();
        change(&mut switches);
        self.world.set_switches(switches);
    }

    /// Waits until Greenhouse has done what it does by itself after an answer: asking for a result and opening its link after a
    /// completion call, delivering webhooks after a Harvest call. At most 30 seconds; returns whether nothing is left.
    pub async fn settled(&self) -> bool {
        self.world.tasks.settled(LONGEST_SETTLE).await
    }

    /// Waits for requests and background work in progress, each within a bound, and frees the port.
    pub async fn stop(mut self) {
        if let Some(background) = self.background.take() {
            background.stop().await;
        }
        self.world.tasks.settled(LONGEST_STOP).await;
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        self.world.tasks.settled(LONGEST_STOP).await;
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
