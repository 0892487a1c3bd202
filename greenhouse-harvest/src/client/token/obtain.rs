//! Fetches a token under a lock that all hosts share.

use std::{sync::Arc, time::Duration};

use greenhouse_core::{Secret, chain, later, settings::HarvestGrant, store::StoredToken};

use super::{
    ATTEMPTS, Token, TokenFetcher,
    cache::{Replaces, Saved, Unsaved},
    failure::{Failed, Failure},
    grant::Grant,
    shelf::Lease,
};
use crate::AuthProblem;

/// Kind of token that a caller needs.
pub(super) enum Want {
    /// A token that does not expire soon.
    Valid,
    /// A token with a recent refresh token.
    Alive,
    /// The first token for the consent with this code.
    Code(Secret),
}

impl TokenFetcher {
    pub(super) async fn obtain(self: Arc<Self>, want: Want) -> Result<Arc<Token>, Failure> {
        let got = self.try_obtain(&want).await;
        if let Err(failure) = &got {
            self.cache().fail(failure.clone());
        }
        got
    }

    async fn try_obtain(&self, want: &Want) -> Result<Arc<Token>, Failure> {
        let mut patience = self.patience;
        let mut attempts = 0;
        loop {
            if self.save().await? == Saved::Busy {
                self.wait(
                    want,
                    self.config.poll_interval,
                    &mut patience,
                    Failure::OutOfTime,
                )
                .await?;
                continue;
            }
            // A caller that finds a suitable token needs no lock, and neither does a caller without
            // a grant.
            let stored = self.shelf.read().await?;
            if let Some(token) = self.suits(stored.as_ref(), want) {
                return Ok(token);
            }
            self.grant(stored.as_ref(), want)?;
            let Some(lease) = self.shelf.lock(self.now()).await? else {
                self.wait(
                    want,
                    self.config.poll_interval,
                    &mut patience,
                    Failure::OutOfTime,
                )
                .await?;
                continue;
            };
            let failed = match self.obtain_under(lease, want).await {
                Ok(token) => return Ok(token),
                Err(failed) => failed,
            };
            attempts += 1;
            match failed.wait(attempts).filter(|_| attempts < ATTEMPTS) {
                Some(wait) => self.wait(want, wait, &mut patience, failed.failure).await?,
                None => return Err(failed.failure),
            }
        }
    }

    /// Waits before the next attempt. Fails instead if the wait is too long, or if the caller has a
    /// valid token and needs no other.
    async fn wait(
        &self,
        want: &Want,
        wait: Duration,
        patience: &mut Duration,
        failure: Failure,
    ) -> Result<(), Failure> {
        if wait.is_zero() {
            return Ok(());
        }
        let does_without = matches!(want, Want::Valid) && self.cache().valid(self.now()).is_some();
        if does_without || wait > *patience {
            return Err(failure);
        }
        *patience = patience.saturating_sub(wait);
        self.server.clock().sleep(wait).await;
        Ok(())
    }

    /// Makes one attempt. Releases the lease, unless saving the token has already released it.
    async fn obtain_under(&self, lease: Lease, want: &Want) -> Result<Arc<Token>, Failed> {
        let grant = match self.check_under_lease(lease, want).await {
            Ok(LeaseCheck::Suits(token)) => {
                self.shelf.unlock(lease).await;
                return Ok(token);
            }
            Ok(LeaseCheck::Ask(grant)) => grant,
            Err(failed) => {
                self.shelf.unlock(lease).await;
                return Err(failed);
            }
        };
        match self.host.ask(&grant, self.config.deadline).await {
            Ok(given) => self.keep(given, grant, lease, want).await,
            Err(failed) => {
                let failed = self.note_rejected(failed, &grant);
                self.shelf.unlock(lease).await;
                Err(failed)
            }
        }
    }

    async fn check_under_lease(&self, lease: Lease, want: &Want) -> Result<LeaseCheck, Failed> {
        let stored = self.shelf.read().await?;
        if let Some(token) = self.suits(stored.as_ref(), want) {
            return Ok(LeaseCheck::Suits(token));
        }
        let grant = self.grant(stored.as_ref(), want)?;
        // The lock may be old, because only the next caller continues a dropped caller's fetch.
        // After the lease, another host may be sending the same request.
        if later(self.now(), self.config.deadline) >= lease.until {
            return Err(Failed::at_once(Failure::OutOfTime));
        }
        Ok(LeaseCheck::Ask(grant))
    }

    /// Remembers a rejected refresh token. The store is still read again, because a host that lost
    /// its lease may have saved a newer token.
    fn note_rejected(&self, failed: Failed, grant: &Grant) -> Failed {
        match (failed.failure, grant) {
            (failure @ Failure::Auth(AuthProblem::Reconnect), Grant::Refresh { token }) => {
                self.cache().rejected_refresh = Some(token.clone());
                Failed::at_once(failure)
            }
            (failure, _) => Failed {
                failure,
                again: failed.again,
            },
        }
    }

    /// Saves the fetched token before it is used.
    async fn keep(
        &self,
        given: StoredToken,
        grant: Grant,
        lease: Lease,
        want: &Want,
    ) -> Result<Arc<Token>, Failed> {
        let (token, replaces) = match grant {
            Grant::Own { .. } => return Ok(self.keep_own(given, lease, want).await),
            Grant::Code { code, .. } => (given, Replaces::Everything(code)),
            Grant::Refresh { token: used } => {
                // A response without a refresh token leaves the old refresh token valid (RFC 6749,
                // section 6).
                let next = given.refresh.clone().unwrap_or_else(|| used.clone());
                (given.with_refresh(next), Replaces::Refresh(used))
            }
        };
        let usable = self.token(&token);
        self.cache().unsaved = Some(Unsaved {
            token,
            replaces,
            generation: lease.generation,
        });
        let mut saved = self.save().await;
        if saved.is_err() {
            saved = self.save().await;
        }
        match saved? {
            Saved::Ours => Ok(self.cache().take(usable)),
            // The store has a newer token, or the next caller has to save this one.
            Saved::Nothing | Saved::Newer => Err(Failed::at_once(Failure::OutOfTime)),
            Saved::Busy => Err(Failed::later(Failure::OutOfTime)),
        }
    }

    /// Saves a client credentials token. The token can be used even if saving fails.
    async fn keep_own(&self, given: StoredToken, lease: Lease, want: &Want) -> Arc<Token> {
        match self.shelf.save(lease.generation, &given).await {
            Ok(true) => {}
            // Another host may have saved a token in the meantime.
            Ok(false) => {
                if let Ok(stored) = self.shelf.read().await
                    && let Some(token) = self.suits(stored.as_ref(), want)
                {
                    return token;
                }
            }
            Err(error) => {
                tracing::warn!(error = %chain(&error), "could not save a token; only this process \
                                                        uses it");
                self.shelf.unlock(lease).await;
            }
        }
        self.cache().take(self.token(&given))
    }

    /// Saves a rotated token that has not been saved yet.
    async fn save(&self) -> Result<Saved, Failure> {
        let unsaved = self.cache().unsaved.clone();
        let Some(mut unsaved) = unsaved else {
            return Ok(Saved::Nothing);
        };
        if self.shelf.save(unsaved.generation, &unsaved.token).await? {
            self.cache().saved(&unsaved);
            return Ok(Saved::Ours);
        }
        // The lease was lost, or the store's response to an earlier save was lost.
        let Some(lease) = self.shelf.lock(self.now()).await? else {
            return Ok(Saved::Busy);
        };
        let stored = match self.shelf.read().await {
            Ok(stored) => stored,
            Err(error) => {
                self.shelf.unlock(lease).await;
                return Err(error.into());
            }
        };
        let saved = match &stored {
            Some(stored) if stored.access == unsaved.token.access => Saved::Ours,
            stored if unsaved.replaces(stored.as_ref()) => {
                unsaved.generation = lease.generation;
                self.cache().unsaved = Some(unsaved.clone());
                if !self.shelf.save(lease.generation, &unsaved.token).await? {
                    return Ok(Saved::Busy);
                }
                self.cache().saved(&unsaved);
                return Ok(Saved::Ours);
            }
            // Another host has saved a newer token, which must not be overwritten.
            _ => Saved::Newer,
        };
        self.shelf.unlock(lease).await;
        match saved {
            Saved::Ours => self.cache().saved(&unsaved),
            _ => self.cache().unsaved = None,
        }
        Ok(saved)
    }

    /// Returns the stored token if it is suitable. Keeps a token that is merely valid as a
    /// fallback.
    fn suits(&self, stored: Option<&StoredToken>, want: &Want) -> Option<Arc<Token>> {
        let token = self.token(stored?);
        let now = self.now();
        let mut cache = self.cache();
        let refused = cache.refused.as_ref() == Some(&token.bearer);
        let suits = match want {
            Want::Valid => now < token.refresh_at && !refused,
            Want::Alive => now < later(token.obtained_at, self.config.keep_alive_after),
            Want::Code(code) => cache.exchanged.as_ref() == Some(code),
        };
        if refused {
            return suits.then(|| Arc::new(token));
        }
        let known_until = cache.valid(now).map(|known| known.expires_at);
        if known_until.is_none_or(|until| until <= token.expires_at) {
            let token = cache.take(token);
            return suits.then_some(token);
        }
        suits.then(|| Arc::new(token))
    }

    /// Returns the grant for the next token.
    fn grant(&self, stored: Option<&StoredToken>, want: &Want) -> Result<Grant, Failure> {
        let problem = match (&self.grant, want) {
            (HarvestGrant::ClientCredentials, Want::Valid) => {
                let acting_user = self.shelf.key.acting_user;
                return Ok(Grant::Own { acting_user });
            }
            (HarvestGrant::AuthorizationCode { redirect_uri, .. }, Want::Code(code)) => {
                return Ok(Grant::Code {
                    code: code.clone(),
                    redirect_uri: redirect_uri.clone(),
                });
            }
            (HarvestGrant::AuthorizationCode { .. }, _) => {
                match stored.and_then(|stored| stored.refresh.clone()) {
                    Some(token) if self.cache().rejected_refresh.as_ref() == Some(&token) => {
                        AuthProblem::Reconnect
                    }
                    Some(token) => return Ok(Grant::Refresh { token }),
                    None => AuthProblem::NotConnected,
                }
            }
            _ => AuthProblem::WrongGrant,
        };
        Err(problem.into())
    }
}

enum LeaseCheck {
    Suits(Arc<Token>),
    Ask(Grant),
}
