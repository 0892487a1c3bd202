//! Token for one credential and acting user: cached in memory, shared through the store, fetched
//! from the token host.

mod answer;
mod cache;
mod connection;
mod failure;
mod forbidden;
mod grant;
mod host;
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
    cache::TokenCache,
    failure::Failure,
    host::{INTROSPECT, TOKEN, TokenHost},
    obtain::Want,
    shelf::Shelf,
};
use super::{HarvestClientBuilder, ServerTime, TokenConfig};
use crate::{Error, Identity};

pub(super) use self::cache::Token;

/// Source of a client's token, which is replaced before it expires, fetched once for all waiting
/// callers, and shared through the store.
pub(super) struct TokenSource {
    shared: Arc<TokenFetcher>,
    /// Lock held by the caller that fetches a token for all callers. The fetch outlives a dropped
    /// caller. The next caller continues the fetch, so that the response to a refresh is not lost.
    turn: tokio::sync::Mutex<Option<Running>>,
    /// Lock held by the caller that introspects the token for all callers that received a 403.
    introspecting: tokio::sync::Mutex<()>,
}

/// Running fetch of a token.
struct Running {
    fetch: Pin<Box<dyn Future<Output = Result<Arc<Token>, Failure>> + Send>>,
    /// Clock time after which the fetch is abandoned.
    abandoned_at: DateTime<Utc>,
}

struct TokenFetcher {
    host: TokenHost,
    shelf: Shelf,
    grant: HarvestGrant,
    server: Arc<ServerTime>,
    patience: Duration,
    config: TokenConfig,
    cache: Mutex<TokenCache>,
}

impl TokenSource {
    pub(super) fn new(parts: &HarvestClientBuilder, server: Arc<ServerTime>) -> Self {
        let config = parts.token_config.with_long_lease();
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
        let shared = TokenFetcher {
            host,
            shelf,
            grant,
            server,
            patience: parts.patience,
            config,
            cache: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            turn: tokio::sync::Mutex::default(),
            introspecting: tokio::sync::Mutex::default(),
        }
    }

    /// Returns a valid token. Fetches a new token if the current one expires soon. While a token is
    /// being fetched, callers without a valid token wait for the fetch and share its failure.
    pub(super) async fn current(&self) -> Result<Arc<Token>, Error> {
        let (fresh, valid, failures) = {
            let (cache, now) = (self.shared.cache(), self.shared.now());
            (cache.fresh(now), cache.valid(now), cache.failures())
        };
        if let Some(token) = fresh {
            return Ok(token);
        }
        let mut turn = match (self.turn.try_lock(), valid) {
            (Ok(turn), _) => turn,
            (Err(_), Some(token)) => return Ok(token),
            (Err(_), None) => self.turn.lock().await,
        };
        self.carry_on(&mut turn).await;
        {
            let (cache, now) = (self.shared.cache(), self.shared.now());
            if let Some(token) = cache.fresh(now) {
                return Ok(token);
            }
            let failure = cache.failure_since(failures);
            if let Some(failure) = failure.filter(|_| cache.valid(now).is_none()) {
                return Err(failure.into_error(TOKEN));
            }
        }
        self.run(&mut turn, Want::Valid).await
    }

    /// Replaces a token that Harvest rejected. Uses the store's token if it is newer.
    pub(super) async fn renew(&self, refused: &Token) -> Result<Arc<Token>, Error> {
        self.shared.cache().refuse(refused);
        self.current().await
    }

    /// Exchanges the code from a consent for the first token. The token has been saved when this
    /// method returns.
    pub(super) async fn exchange(&self, code: Secret) -> Result<(), Error> {
        let mut turn = self.turn.lock().await;
        self.carry_on(&mut turn).await;
        self.run(&mut turn, Want::Code(code)).await.map(drop)
    }

    /// Refreshes the token if the refresh token is old. Returns the time at which the next refresh
    /// is due, on the client's own clock.
    pub(super) async fn keep_alive(&self) -> Result<DateTime<Utc>, Error> {
        let mut turn = self.turn.lock().await;
        self.carry_on(&mut turn).await;
        let token = self.run(&mut turn, Want::Alive).await?;
        let due = later(token.obtained_at, self.shared.config.keep_alive_after);
        let wait = due.signed_duration_since(self.shared.now());
        let wait = wait.to_std().unwrap_or_default();
        Ok(later(self.shared.server.clock().now(), wait))
    }

    /// Returns `true` if the token acts as a Site Admin. The result `true` is cached for the life
    /// of the token. A token that has ended early is replaced.
    pub(super) async fn sees_all(&self) -> Result<bool, Error> {
        let token = self.current().await?;
        let known = self
            .shared
            .cache()
            .identity(&token)
            .map(|known| known.0.sees_all());
        if known == Some(true) {
            return Ok(true);
        }
        let mut identity = self.introspect_token(&token).await?;
        if !identity.active {
            let token = self.renew(&token).await?;
            identity = self.introspect_token(&token).await?;
        }
        Ok(identity.sees_all())
    }

    pub(super) async fn identity(&self) -> Result<Identity, Error> {
        let token = self.current().await?;
        let known = self
            .shared
            .cache()
            .identity(&token)
            .map(|known| known.0.clone());
        match known {
            Some(identity) => Ok(identity),
            None => self.introspect_token(&token).await,
        }
    }

    pub(super) async fn introspect(&self) -> Result<Identity, Error> {
        let token = self.current().await?;
        self.introspect_token(&token).await
    }

    async fn introspect_token(&self, token: &Token) -> Result<Identity, Error> {
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
                        .cache()
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

    /// Finishes the fetch of a caller that was dropped. The result is stored in the cache.
    async fn carry_on(&self, turn: &mut Option<Running>) {
        if let Some(running) = turn.as_mut() {
            let given_up = running.abandoned_at < self.shared.server.clock().now();
            poll_fn(|context| match running.fetch.as_mut().poll(context) {
                Poll::Pending if !given_up => Poll::Pending,
                _ => Poll::Ready(()),
            })
            .await;
        }
        *turn = None;
    }

    /// Fetches a token while the caller holds the lock. If the fetch fails, an API call uses the
    /// old token while it is valid.
    async fn run(&self, turn: &mut Option<Running>, want: Want) -> Result<Arc<Token>, Error> {
        let calls = matches!(want, Want::Valid);
        let longest = self
            .shared
            .patience
            .saturating_add(self.shared.config.lease);
        let running = turn.insert(Running {
            fetch: Box::pin(Arc::clone(&self.shared).obtain(want)),
            abandoned_at: later(self.shared.server.clock().now(), longest),
        });
        let result = running.fetch.as_mut().await;
        *turn = None;
        let failure = match result {
            Ok(token) => return Ok(token),
            Err(failure) => failure,
        };
        let now = self.shared.now();
        let mut cache = self.shared.cache();
        match cache.valid(now).filter(|_| calls) {
            Some(token) => {
                cache.pause(later(now, self.shared.config.pause));
                Ok(token)
            }
            None => Err(failure.into_error(TOKEN)),
        }
    }
}

impl TokenFetcher {
    fn cache(&self) -> MutexGuard<'_, TokenCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> DateTime<Utc> {
        self.server.now()
    }

    fn token(&self, stored: &StoredToken) -> Token {
        Token::of(stored, self.config.early)
    }
}

/// Maximum number of requests to the token host for one call.
const ATTEMPTS: u32 = 4;
