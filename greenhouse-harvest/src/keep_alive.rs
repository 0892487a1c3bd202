use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, Background, Clock, chain, later,
    store::{AccountPage, Records, StoreError},
};
use tokio::sync::Mutex;

use crate::{AuthProblem, Error, HarvestClients};

/// Background task that keeps accounts connected to a partner's app; see
/// [`PartnerConnection`](crate::PartnerConnection).
///
/// Every host runs this task, but each token is refreshed by only one host. A round visits all
/// accounts once an hour. An account whose push is switched off is skipped, so its connection
/// expires.
pub struct KeepAlive {
    clients: Arc<HarvestClients>,
    accounts: Arc<dyn Records>,
    clock: Arc<dyn Clock>,
    every: Duration,
    round: Mutex<KeepAliveRound>,
}

/// Progress of a round through the accounts.
#[derive(Default)]
struct KeepAliveRound {
    after: Option<AccountId>,
    next_at: Option<DateTime<Utc>>,
}

impl KeepAlive {
    /// Creates the task for the accounts in this store.
    pub fn new(
        clients: Arc<HarvestClients>,
        accounts: Arc<dyn Records>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            clients,
            accounts,
            clock,
            every: EVERY,
            round: Mutex::default(),
        }
    }

    /// Sets the interval between rounds. Must be well below half the lifetime of a refresh token.
    /// Default: one hour.
    #[must_use]
    pub fn every(self, every: Duration) -> Self {
        Self { every, ..self }
    }

    async fn keep(&self, account: &AccountId) -> Result<(), StoreError> {
        let Some(connection) = self.clients.partner(account).await? else {
            return Ok(());
        };
        match connection.keep_alive().await {
            Ok(_) => {}
            Err(Error::Store { source, .. }) => return Err(source),
            Err(Error::Auth {
                problem: AuthProblem::NotConnected,
                ..
            }) => {}
            // Health reports this account. The round continues with the other accounts.
            Err(error) => {
                tracing::warn!(
                    %account,
                    error = %chain(&error),
                    "could not refresh the partner token of an account; see the account's health"
                );
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Background for KeepAlive {
    fn name(&self) -> &'static str {
        "keep_alive"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut round = self.round.lock().await;
        let now = self.clock.now();
        // A clock that was ahead and has been corrected must not delay the next round.
        let latest = later(now, self.every);
        let next = round.next_at.filter(|at| (now < *at) && (*at <= latest));
        if let Some(at) = next {
            return Ok(Some(at));
        }
        let limit = limit.clamp(1, AccountPage::MAX_LIMIT);
        let page = self.accounts.accounts(round.after.as_ref(), limit).await?;
        for account in &page.accounts {
            self.keep(account).await?;
            round.after = Some(account.clone());
        }
        round.next_at = page.next.is_none().then(|| later(now, self.every));
        round.after = page.next;
        Ok(Some(round.next_at.unwrap_or(now)))
    }

    /// Never returns. A newly connected account has a new token, so its first refresh can wait for
    /// the next round.
    async fn woken(&self) {
        std::future::pending().await
    }
}

impl fmt::Debug for KeepAlive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeepAlive")
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}

const EVERY: Duration = Duration::from_secs(3600);
