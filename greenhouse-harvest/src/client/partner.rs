use std::fmt;

use chrono::{DateTime, Utc};
use greenhouse_core::{Secret, settings::HarvestGrant};
use url::{Url, form_urlencoded};

use super::HarvestClient;
use crate::{Error, Route};

/// Connection of an account to a partner's app (documented).
///
/// 1. The host sends a person at the customer to [`authorize_url`](Self::authorize_url) for the
///    consent.
/// 2. Greenhouse redirects the person to the app's redirect URI with `state` and `code`. The host
///    checks that `state` is the value that it issued to this person, and passes the code to
///    [`exchange`](Self::exchange) within a minute.
/// 3. From then on, the client's calls refresh the token. A refresh token can be used once and
///    expires if unused. If calls may be rare, the host calls [`keep_alive`](Self::keep_alive) for
///    one account or runs [`KeepAlive`](crate::KeepAlive) for all of its accounts.
///
/// The operator endpoint `connection` does this with a `state` of its own; see
/// [`ConnectionService`](crate::ConnectionService).
///
/// Each new token is saved before it is used. If the host stops between Greenhouse's response to a
/// refresh and the save, the connection ends with
/// [`AuthProblem::Reconnect`](crate::AuthProblem::Reconnect). A token that could not be saved is
/// kept in memory, is not used, and is saved by the next call.
#[derive(Clone)]
pub struct PartnerConnection {
    client: HarvestClient,
    client_id: String,
    redirect_uri: String,
}

impl HarvestClient {
    /// Returns the account's connection to a partner's app, or `None` if the credential is the
    /// customer's own.
    pub fn partner(&self) -> Option<PartnerConnection> {
        match self.shared.credential.grant() {
            HarvestGrant::AuthorizationCode { redirect_uri, .. } => Some(PartnerConnection {
                client: self.clone(),
                client_id: self.shared.credential.client_id().to_owned(),
                redirect_uri: redirect_uri.clone(),
            }),
            _ => None,
        }
    }
}

impl PartnerConnection {
    /// Returns the URL at which a person at the customer consents to these scopes, such as
    /// `harvest:candidates:list`. Other scopes require a new consent.
    ///
    /// Greenhouse returns `state` with the code. The value must be unguessable and bound to this
    /// person's session. Without the check of `state`, an attacker could connect their own
    /// organization to this account.
    pub fn authorize_url<'a>(&self, scopes: impl IntoIterator<Item = &'a str>, state: &str) -> Url {
        let scopes: Vec<&str> = scopes.into_iter().collect();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", state)
            .finish();
        let mut url = self.client.shared.endpoints.auth_url("/authorize");
        // A form may encode a space as `+` or as `%20`, but any other part of a URL only as `%20`.
        url.set_query(Some(&query.replace('+', "%20")));
        url
    }

    /// Exchanges the code from a consent for the account's first token, and saves the token.
    /// Replaces any earlier token of the account.
    ///
    /// # Errors
    ///
    /// [`AuthProblem::CodeRefused`](crate::AuthProblem::CodeRefused) if the code has expired or was
    /// already used. A code is valid once, for one minute. After [`Error::Store`], the token is in
    /// memory but not saved; repeating the call saves the token.
    pub async fn exchange(&self, code: impl Into<Secret>) -> Result<(), Error> {
        self.client.shared.tokens.exchange(code.into()).await
    }

    /// Refreshes the token if the refresh token is old, even if no call needs a new token. Returns
    /// the time at which this method must be called again.
    ///
    /// An unused refresh token expires after 24 hours according to older Greenhouse documentation,
    /// and after 14 days according to newer documentation. By default, the refresh token is
    /// replaced after 12 hours; see
    /// [`TokenConfig::keep_alive_after`](crate::TokenConfig::keep_alive_after).
    ///
    /// # Errors
    ///
    /// [`AuthProblem::NotConnected`](crate::AuthProblem::NotConnected) before the first exchange,
    /// [`AuthProblem::Reconnect`](crate::AuthProblem::Reconnect) if the connection has ended.
    /// [`Error`] if the refresh fails for another reason.
    pub async fn keep_alive(&self) -> Result<DateTime<Utc>, Error> {
        self.client.shared.tokens.keep_alive().await
    }
}

impl PartnerConnection {
    /// Returns `true` if the account has a refresh token. The connection can have ended
    /// nevertheless, which only a call to Greenhouse shows.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the store failed.
    pub async fn is_connected(&self) -> Result<bool, Error> {
        let connected = self.client.shared.tokens.is_connected().await;
        connected.map_err(|source| Error::Store {
            route: TOKEN,
            source,
        })
    }

    /// Removes the account's tokens from the store. Other hosts stop using them with their next
    /// push.
    ///
    /// No call with which a partner revokes a token is documented, so Greenhouse is not called. A
    /// person at the customer removes the app in Greenhouse.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the store failed, [`Error::OutOfTime`] if another host was refreshing the
    /// token for too long.
    pub async fn disconnect(&self) -> Result<(), Error> {
        self.client.shared.tokens.disconnect().await
    }
}

const TOKEN: Route = Route::post("/token", "");

impl fmt::Debug for PartnerConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerConnection").finish_non_exhaustive()
    }
}
