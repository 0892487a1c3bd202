//! How a token is got under the lock that all hosts respect.

use std::{sync::Arc, time::Duration};

use greenhouse_core::{Secret, later, settings::HarvestGrant, store::StoredToken};

use super::{
    ATTEMPTS, Shared, Token,
    failure::{Failed, Failure},
    grant::Grant,
    known::{Replaces, Saved, Unsaved},
    shelf::Lease,
};
use crate::AuthProblem;

/// Which token is wanted.
pub(super) enum Want {
    /// One that is good for a while.
    Good,
    /// One whose refresh token is young.
    Alive,
    /// The first one of the consent with this code.
    Code(Secret),
}

impl Shared {
    pub(super) async fn obtain(self: Arc<Self>, want: Want) -> Result<Arc<Token>, Failure> {
        let got = self.try_obtain(&want).await;
        if let Err(failure) = &got {
            self.known().fail(failure.clone());
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
                    self.config.look_again,
                    &mut patience,
                    Failure::OutOfTime,
                )
                .await?;
                continue;
            }
            // Who finds what it wants needs no lock, and nor does who has nothing to ask with.
            let stored = self.shelf.read().await?;
            if let Some(token) = self.suits(stored.as_ref(), want) {
                return Ok(token);
            }
            self.grant(stored.as_ref(), want)?;
            let Some(lease) = self.shelf.lock(self.now()).await? else {
                self.wait(
                    want,
                    self.config.look_again,
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

    /// Waits, unless that takes too long, or the caller has a token that is good still: then it does without another.
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
        let does_without = matches!(want, Want::Good) && self.known().good(self.now()).is_some();
        if does_without || wait > *patience {
            return Err(failure);
        }
        *patience = patience.saturating_sub(wait);
        self.server.clock().sleep(wait).await;
        Ok(())
    }

    /// One attempt. Gives the lease back, unless the token was kept, which does so by itself.
    async fn obtain_under(&self, lease: Lease, want: &Want) -> Result<Arc<Token>, Failed> {
        let grant = match self.look_again(lease, want).await {
            Ok(Looked::Suits(token)) => {
                self.shelf.unlock(lease).await;
                return Ok(token);
            }
            Ok(Looked::Ask(grant)) => grant,
            Err(failed) => {
                self.shelf.unlock(lease).await;
                return Err(failed);
            }
        };
        match self.host.ask(&grant, self.config.deadline).await {
            Ok(given) => self.keep(given, grant, lease, want).await,
            Err(failed) => {
                let failed = self.note_death(failed, &grant);
                self.shelf.unlock(lease).await;
                Err(failed)
            }
        }
    }

    async fn look_again(&self, lease: Lease, want: &Want) -> Result<Looked, Failed> {
        let stored = self.shelf.read().await?;
        if let Some(token) = self.suits(stored.as_ref(), want) {
            return Ok(Looked::Suits(token));
        }
        let grant = self.grant(stored.as_ref(), want)?;
        // Locked long ago, perhaps: what a caller began that has gone away, lies here until the next one comes. Beyond the
        // lease, another host may be sending the same.
        if later(self.now(), self.config.deadline) >= lease.until {
            return Err(Failed::at_once(Failure::OutOfTime));
        }
        Ok(Looked::Ask(grant))
    }

    /// A refused refresh token stays refused. A newer one is looked for all the same: a host that lost its lease may have
    /// saved it.
    fn note_death(&self, failed: Failed, grant: &Grant) -> Failed {
        match (failed.failure, grant) {
            (failure @ Failure::Auth(AuthProblem::Reconnect), Grant::Refresh { token }) => {
                self.known().dead = Some(token.clone());
                Failed::at_once(failure)
            }
            (failure, _) => Failed {
                failure,
                again: failed.again,
            },
        }
    }

    /// Keeps what the token host gave, before it is used.
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
                // An answer without a refresh token leaves the old one valid (RFC 6749, section 6).
                let next = given.refresh.clone().unwrap_or_else(|| used.clone());
                (given.with_refresh(next), Replaces::Refresh(used))
            }
        };
        let usable = self.token(&token);
        self.known().unsaved = Some(Unsaved {
            token,
            replaces,
            generation: lease.generation,
        });
        let mut saved = self.save().await;
        if saved.is_err() {
            saved = self.save().await;
        }
        match saved? {
            Saved::Ours => Ok(self.known().take(usable)),
            // Newer, or to be saved by whoever comes next.
            Saved::Nothing | Saved::Newer => Err(Failed::at_once(Failure::OutOfTime)),
            Saved::Busy => Err(Failed::later(Failure::OutOfTime)),
        }
    }

    /// A token of client credentials is good whether it is saved or not.
    async fn keep_own(&self, given: StoredToken, lease: Lease, want: &Want) -> Arc<Token> {
        match self.shelf.save(lease.generation, &given).await {
            Ok(true) => {}
            // Another host may have got one meanwhile.
            Ok(false) => {
                if let Ok(stored) = self.shelf.read().await
                    && let Some(token) = self.suits(stored.as_ref(), want)
                {
                    return token;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a token could not be saved, and is used by this process alone");
                self.shelf.unlock(lease).await;
            }
        }
        self.known().take(self.token(&given))
    }

    /// Saves a rotated token that is not saved yet.
    async fn save(&self) -> Result<Saved, Failure> {
        let unsaved = self.known().unsaved.clone();
        let Some(mut unsaved) = unsaved else {
            return Ok(Saved::Nothing);
        };
        if self.shelf.save(unsaved.generation, &unsaved.token).await? {
            self.known().saved(&unsaved);
            return Ok(Saved::Ours);
        }
        // The lease was lost, or the answer to an earlier save.
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
                self.known().unsaved = Some(unsaved.clone());
                if !self.shelf.save(lease.generation, &unsaved.token).await? {
                    return Ok(Saved::Busy);
                }
                self.known().saved(&unsaved);
                return Ok(Saved::Ours);
            }
            // Somebody got further: ours is not written over it.
            _ => Saved::Newer,
        };
        self.shelf.unlock(lease).await;
        match saved {
            Saved::Ours => self.known().saved(&unsaved),
            _ => self.known().unsaved = None,
        }
        Ok(saved)
    }

    /// The stored token, where it is what is wanted. One that is good and no more is kept at hand.
    fn suits(&self, stored: Option<&StoredToken>, want: &Want) -> Option<Arc<Token>> {
        let token = self.token(stored?);
        let now = self.now();
        let mut known = self.known();
        let refused = known.refused.as_ref() == Some(&token.bearer);
        let suits = match want {
            Want::Good => now < token.refresh_at && !refused,
            Want::Alive => now < later(token.obtained_at, self.config.keep_alive_after),
            Want::Code(code) => known.exchanged.as_ref() == Some(code),
        };
        if refused {
            return suits.then(|| Arc::new(token));
        }
        let known_until = known.good(now).map(|known| known.expires_at);
        if known_until.is_none_or(|until| until <= token.expires_at) {
            let token = known.take(token);
            return suits.then_some(token);
        }
        suits.then(|| Arc::new(token))
    }

    /// What the next token is asked for with.
    fn grant(&self, stored: Option<&StoredToken>, want: &Want) -> Result<Grant, Failure> {
        let problem = match (&self.grant, want) {
            (HarvestGrant::ClientCredentials, Want::Good) => {
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
                    Some(token) if self.known().dead.as_ref() == Some(&token) => {
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

enum Looked {
    Suits(Arc<Token>),
    Ask(Grant),
}
