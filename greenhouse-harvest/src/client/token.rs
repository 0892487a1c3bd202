//! The token of one credential and acting user: in memory, in the store, and from the token host.

mod answer;
mod config;
mod failure;
mod forbidden;
mod grant;
mod host;
mod known;
mod obtain;
mod refusal;
mod shelf;

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    Secret, later,
    settings::HarvestGrant,
    store::{StoredToken, TokenKey},
};

use self::{
    failure::Failure,
    host::{INTROSPECT, TOKEN, TokenHost},
    known::Known,
    obtain::Want,
    shelf::Shelf,
};
use super::{HarvestClientBuilder, ServerTime};
use crate::{Error, Identity};

pub use self::config::TokenConfig;

pub(super) use self::known::Token;

/// The token of one client: got early, by one for all who wait, and shared through the store.
pub(super) struct TokenSource {
    shared: Arc<Shared>,
    /// One gets a token for all. What it does outlives it: where its caller goes away, the next one carries it on, so that the
    /// answer to a refresh is not lost.
    turn: tokio::sync::Mutex<Option<Running>>,
    /// One asks who the token is for all who were forbidden something.
    asking: tokio::sync::Mutex<()>,
}

/// A token that is being got.
struct Running {
    got: Pin<Box<dyn Future<Output = Result<Arc<Token>, Failure>> + Send>>,
    /// When it has taken so long that nothing will come of it.
    given_up_at: DateTime<Utc>,
}

struct Shared {
    host: TokenHost,
    shelf: Shelf,
    grant: HarvestGrant,
    server: Arc<ServerTime>,
    patience: Duration,
    config: TokenConfig,
    known: Mutex<Known>,
}

impl TokenSource {
    pub(super) fn new(parts: &HarvestClientBuilder, server: Arc<ServerTime>) -> Self {
        let config = parts.token_config.sound();
        let grant = parts.credential.grant().clone();
        let acting_user = match &grant {
            HarvestGrant::ClientCredentials => parts.acting_user,
            _ => None,
        };
        let host = TokenHost {
            transport: Arc::clone(&parts.transport),
            server: Arc::clone(&server),
            token_url: parts.endpoints.auth_url("/token"),
            introspect_url: parts.endpoints.auth_url("/introspect"),
            credential: parts.credential.clone(),
            observer: parts.observer.clone(),
        };
        let shelf = Shelf {
            store: Arc::clone(&parts.tokens),
            account: parts.account.clone(),
            key: TokenKey::new(parts.credential.client_id(), acting_user),
            lease: config.lease,
        };
        let shared = Shared {
            host,
            shelf,
            grant,
            server,
            patience: parts.patience,
            config,
            known: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            turn: tokio::sync::Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// A token that is good for a while. Whoever comes while it is being got waits for it, and shares the failure if there
    /// is none; whoever has a good one still waits for nobody.
    pub(super) async fn current(&self) -> Result<Arc<Token>, Error> {
        let (fresh, good, failures) = {
            let (known, now) = (self.shared.known(), self.shared.now());
            (known.fresh(now), known.good(now), known.failures())
        };
        if let Some(token) = fresh {
            return Ok(token);
        }
        let mut turn = match (self.turn.try_lock(), good) {
            (Ok(turn), _) => turn,
            (Err(_), Some(token)) => return Ok(token),
            (Err(_), None) => self.turn.lock().await,
        };
        self.carry_on(&mut turn).await;
        {
            let (known, now) = (self.shared.known(), self.shared.now());
            if let Some(token) = known.fresh(now) {
                return Ok(token);
            }
            let failure = known.failure_since(failures);
            if let Some(failure) = failure.filter(|_| known.good(now).is_none()) {
                return Err(failure.into_error(TOKEN));
            }
        }
        self.run(&mut turn, Want::Good).await
    }

    /// Another token than this one, which Harvest did not take: the store's, if that has a newer one.
    pub(super) async fn renew(&self, refused: &Token) -> Result<Arc<Token>, Error> {
        self.shared.known().refuse(refused);
        self.current().await
    }

    /// Buys the first token of a consent. It is saved once this answers.
    pub(super) async fn exchange(&self, code: Secret) -> Result<(), Error> {
        let mut turn = self.turn.lock().await;
        self.carry_on(&mut turn).await;
        self.run(&mut turn, Want::Code(code)).await.map(drop)
    }

    /// Refreshes where the refresh token is no longer young; answers when it is due again, on the client's own clock.
    pub(super) async fn keep_alive(&self) -> Result<DateTime<Utc>, Error> {
        let mut turn = self.turn.lock().await;
        self.carry_on(&mut turn).await;
        let token = self.run(&mut turn, Want::Alive).await?;
        let due = later(token.obtained_at, self.shared.config.keep_alive_after);
        let wait = due.signed_duration_since(self.shared.now());
        let wait = wait.to_std().unwrap_or_default();
        Ok(later(self.shared.server.clock().now(), wait))
    }

    /// Whether the token acts as a Site Admin. A yes is remembered as long as the token.
    pub(super) async fn sees(&self) -> Result<bool, Error> {
        let token = self.current().await?;
        let known = self
            .shared
            .known()
            .identity(&token)
            .map(|known| known.0.sees());
        if known == Some(true) {
            return Ok(true);
        }
        Ok(self.ask_who(&token).await?.sees())
    }

    pub(super) async fn identity(&self) -> Result<Identity, Error> {
        let token = self.current().await?;
        let known = self
            .shared
            .known()
            .identity(&token)
            .map(|known| known.0.clone());
        match known {
            Some(identity) => Ok(identity),
            None => self.ask_who(&token).await,
        }
    }

    pub(super) async fn introspect(&self) -> Result<Identity, Error> {
        let token = self.current().await?;
        self.ask_who(&token).await
    }

    async fn ask_who(&self, token: &Token) -> Result<Identity, Error> {
        let shared = &self.shared;
        let mut waited = Duration::ZERO;
        let mut attempts = 0;
        loop {
            let asked = shared
                .host
                .introspect(&token.bearer, shared.config.deadline);
            let failed = match asked.await {
                Ok(identity) => {
                    shared
                        .known()
                        .identify(token, identity.clone(), shared.now());
                    return Ok(identity);
                }
                Err(failed) => failed,
            };
            attempts += 1;
            let wait = failed.wait(attempts).filter(|_| attempts < ATTEMPTS);
            waited = waited.saturating_add(wait.unwrap_or_default());
            match wait {
                Some(wait) if waited <= shared.patience => shared.server.clock().sleep(wait).await,
                _ => return Err(failed.failure.into_error(INTROSPECT)),
            }
        }
    }

    /// Ends what a caller began that has gone away. How it ended is known to the shared state.
    async fn carry_on(&self, turn: &mut Option<Running>) {
        if let Some(running) = turn.as_mut() {
            let given_up = running.given_up_at < self.shared.server.clock().now();
            poll_fn(|context| match running.got.as_mut().poll(context) {
                Poll::Pending if !given_up => Poll::Pending,
                _ => Poll::Ready(()),
            })
            .await;
        }
        *turn = None;
    }

    /// Gets a token in the caller's turn. A token that is good still does where no other is to be had.
    async fn run(&self, turn: &mut Option<Running>, want: Want) -> Result<Arc<Token>, Error> {
        let calls = matches!(want, Want::Good);
        let longest = self
            .shared
            .patience
            .saturating_add(self.shared.config.lease);
        let running = turn.insert(Running {
            got: Box::pin(Arc::clone(&self.shared).obtain(want)),
            given_up_at: later(self.shared.server.clock().now(), longest),
        });
        let got = running.got.as_mut().await;
        *turn = None;
        let failure = match got {
            Ok(token) => return Ok(token),
            Err(failure) => failure,
        };
        let now = self.shared.now();
        let mut known = self.shared.known();
        match known.good(now).filter(|_| calls) {
            Some(token) => {
                known.pause(later(now, self.shared.config.pause));
                Ok(token)
            }
            None => Err(failure.into_error(TOKEN)),
        }
    }
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> DateTime<Utc> {
        self.server.now()
    }

    fn token(&self, stored: &StoredToken) -> Token {
        Token::of(stored, self.config.early)
    }
}

/// How often the token host is asked for one call, at most.
const ATTEMPTS: u32 = 4;
