//! Connection to a partner's app, as far as it consists of tokens.

use greenhouse_core::{
    settings::HarvestGrant,
    store::{StoreError, StoredToken},
};

use super::{TokenSource, failure::Failure, host::TOKEN};
use crate::Error;

impl TokenSource {
    /// Returns `true` if the store has a refresh token. The connection can have ended nevertheless.
    pub(in crate::client) async fn is_connected(&self) -> Result<bool, StoreError> {
        let stored = self.shared.shelf.read().await?;
        Ok(stored.is_some_and(|stored| stored.refresh.is_some()))
    }

    /// Removes the token from the store and from this client. Waits for another host that is
    /// refreshing the token.
    pub(in crate::client) async fn disconnect(&self) -> Result<(), Error> {
        let mut turn = self.turn.lock().await;
        self.carry_on(&mut turn).await;
        self.shared
            .remove()
            .await
            .map_err(|failure| failure.into_error(TOKEN))
    }

    /// Follows a connection or disconnection by another host. Does nothing with client credentials.
    pub(in crate::client) async fn follow_store(&self) -> Result<(), StoreError> {
        let shared = &self.shared;
        if shared.grant == HarvestGrant::ClientCredentials {
            return Ok(());
        }
        let stored = shared.shelf.read().await?;
        let token = stored.as_ref().map(|stored| shared.token(stored));
        let mut cache = shared.cache();
        match token {
            // A token that could not be saved is not used before it is.
            _ if cache.unsaved.is_some() => {}
            Some(token) => cache.follow(token),
            None => cache.forget(),
        }
        Ok(())
    }
}

impl super::TokenFetcher {
    async fn remove(&self) -> Result<(), Failure> {
        let mut patience = self.patience;
        loop {
            if let Some(lease) = self.shelf.lock(self.now()).await? {
                let removed = StoredToken::removed(self.now());
                match self.shelf.save(lease.generation, &removed).await {
                    Ok(true) => {
                        self.cache().forget();
                        return Ok(());
                    }
                    // The lease was lost to another host.
                    Ok(false) => {}
                    Err(error) => {
                        self.shelf.unlock(lease).await;
                        return Err(error.into());
                    }
                }
            }
            let wait = self.config.poll_interval;
            if wait > patience {
                return Err(Failure::OutOfTime);
            }
            patience = patience.saturating_sub(wait);
            self.server.clock().sleep(wait).await;
        }
    }
}
