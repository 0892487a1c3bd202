use std::fmt;

use chrono::{DateTime, Utc};
use greenhouse_core::{Secret, settings::HarvestGrant};
use url::{Url, form_urlencoded};

use super::HarvestClient;
use crate::Error;

/// How an account is connected to the app of a partner, and stays connected (documented).
///
/// 1. A person at the customer is sent to [`authorize_url`](Self::authorize_url), and consents.
/// 2. Greenhouse sends the person back to the app's redirect URI with `state` and `code`. The host checks that `state` is the
///    one that it gave this person, and passes the code to [`exchange`](Self::exchange) within a minute.
/// 3. From then on the client's calls refresh the token by themselves. Refresh tokens are good once and die unused, so
///    somebody calls [`keep_alive`](Self::keep_alive) where calls may stay away for long; [`KeepAlive`](crate::KeepAlive)
///    does for all accounts of a host.
///
/// Each new token is saved before it is used. A host that goes away between Greenhouse's answer to a refresh and the save
/// ends the connection: [`AuthProblem::Reconnect`](crate::AuthProblem::Reconnect). A token that could not be saved is kept in
/// memory, not used, and saved by the next call.
#[derive(Clone)]
pub struct PartnerConnection {
    client: HarvestClient,
    client_id: String,
    redirect_uri: String,
}

impl HarvestClient {
    /// The connection of the account to a partner's app; none where the credential is a customer's own.
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
    /// Where a person at the customer goes to consent to these scopes, such as `harvest:candidates:list`. Other scopes need
    /// a new consent.
    ///
    /// `state` comes back with the code. It has to be a value that nobody can guess, bound to the session of this person:
    /// without that check, a stranger could connect an organisation of theirs to this account.
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
        // A blank may be written either way in a form, and in one way only elsewhere in a URL.
        url.set_query(Some(&query.replace('+', "%20")));
        url
    }

    /// Buys the account's first token with the code of a consent, and saves it. Whatever token the account had is
    /// replaced.
    ///
    /// # Errors
    ///
    /// [`AuthProblem::CodeRefused`](crate::AuthProblem::CodeRefused) where the code is dead: it lives one minute and is good
    /// once. After [`Error::Store`] the token is in memory and not saved: the same call again saves it.
    pub async fn exchange(&self, code: impl Into<Secret>) -> Result<(), Error> {
        self.client.shared.tokens.exchange(code.into()).await
    }

    /// Gets a new token where the refresh token is no longer young, used or not; answers when the next call is due.
    ///
    /// Refresh tokens die unused after 24 hours by older texts of Greenhouse, after 14 days by newer ones. By default one
    /// is replaced after 12 hours; see [`TokenConfig::keep_alive_after`](crate::TokenConfig::keep_alive_after).
    ///
    /// # Errors
    ///
    /// [`AuthProblem::NotConnected`](crate::AuthProblem::NotConnected) before a first exchange,
    /// [`AuthProblem::Reconnect`](crate::AuthProblem::Reconnect) where the connection has ended, and those of a call.
    pub async fn keep_alive(&self) -> Result<DateTime<Utc>, Error> {
        self.client.shared.tokens.keep_alive().await
    }
}

impl fmt::Debug for PartnerConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerConnection").finish_non_exhaustive()
    }
}
