use chrono::{DateTime, Utc};
use greenhouse_core::{Secret, UserId, settings::ConnectedUser};
use serde::Serialize;

use crate::{
    AuthProblem, Error, Identity,
    push::texts::{connection as texts, settings::rejected, time},
};

/// State of an account's connection to a partner's app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectionStatus {
    /// The credential is missing, or is not a partner's. There is nothing to connect.
    NoPartnerApp,
    /// No user has consented, or the account was disconnected.
    NotConnected,
    /// The account is connected.
    Connected,
    /// The connection has ended. A user must consent again.
    Ended,
    /// The account was connected, but Greenhouse could not be asked, or rejects the credential.
    Unknown,
}

/// An account's connection to a partner's app. Contains no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "Connection"))]
#[non_exhaustive]
pub struct ConnectionView {
    /// State of the connection.
    pub status: ConnectionStatus,
    /// Redirect URI of the credential. `None` without a partner's app.
    pub redirect_uri: Option<String>,
    /// Time of the consent. ISO 8601 in UTC. `None` if unknown.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<chrono::DateTime<chrono::Utc>>")
    )]
    pub connected_at: Option<String>,
    /// User who consented, and as whom the push acts. `None` if unknown.
    pub user: Option<UserId>,
    /// `false` if the user does not see every record. `None` if unknown.
    pub site_admin: Option<bool>,
    /// Granted scopes. `None` if unknown.
    pub scopes: Option<Vec<String>>,
    /// Scopes that a push needs and that were not granted.
    pub missing_scopes: Vec<String>,
    /// What is wrong, for people. `None` if nothing is.
    pub message: Option<String>,
    /// Remedy for what is wrong.
    pub remedy: Option<String>,
    /// Time until which the consent in the query parameter `confirm` can be confirmed. `None` if it
    /// cannot.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<chrono::DateTime<chrono::Utc>>")
    )]
    pub confirmable_until: Option<String>,
}

impl ConnectionView {
    pub(super) fn no_partner_app() -> Self {
        Self {
            status: ConnectionStatus::NoPartnerApp,
            redirect_uri: None,
            connected_at: None,
            user: None,
            site_admin: None,
            scopes: None,
            missing_scopes: Vec::new(),
            message: None,
            remedy: None,
            confirmable_until: None,
        }
    }

    pub(super) fn not_connected(redirect_uri: &str) -> Self {
        Self {
            status: ConnectionStatus::NotConnected,
            redirect_uri: Some(redirect_uri.to_owned()),
            ..Self::no_partner_app()
        }
    }

    /// `needed` are the scopes that a push needs.
    pub(super) fn connected(
        redirect_uri: &str,
        by: Option<&ConnectedUser>,
        identity: &Identity,
        needed: &[&'static str],
    ) -> Self {
        if !identity.active {
            return Self::rejected(redirect_uri, by, AuthProblem::TokenRejected);
        }
        let missing = identity.missing(needed).unwrap_or_default();
        let (mut messages, mut remedies) = (Vec::new(), Vec::new());
        if !identity.sees_all() {
            let (message, remedy) = texts::no_site_admin(identity.user);
            messages.push(message);
            remedies.push(remedy.to_owned());
        }
        if let Some(scope) = missing.first() {
            messages.push(texts::scopes_missing(&missing));
            remedies.push(AuthProblem::MissingScope { scope }.remedy());
        }
        let joined = |texts: Vec<String>| (!texts.is_empty()).then(|| texts.join(" "));
        Self {
            user: identity.user.or(by.and_then(|by| by.user)),
            site_admin: Some(identity.sees_all()),
            scopes: identity.scopes.clone().map(Vec::from_iter),
            missing_scopes: missing.into_iter().map(str::to_owned).collect(),
            message: joined(messages),
            remedy: joined(remedies),
            ..Self::of(ConnectionStatus::Connected, redirect_uri, by)
        }
    }

    /// The view of a connection that Greenhouse did not confirm.
    pub(super) fn failing(redirect_uri: &str, by: Option<&ConnectedUser>, error: &Error) -> Self {
        match error {
            // Another host has disconnected the account in the meantime.
            Error::Auth {
                problem: AuthProblem::NotConnected,
                ..
            } => Self::not_connected(redirect_uri),
            Error::Auth { problem, .. } => Self::rejected(redirect_uri, by, *problem),
            error => Self {
                message: Some(format!("The connection could not be checked: {error}.")),
                remedy: Some(error.remedy()),
                ..Self::of(ConnectionStatus::Unknown, redirect_uri, by)
            },
        }
    }

    fn rejected(redirect_uri: &str, by: Option<&ConnectedUser>, problem: AuthProblem) -> Self {
        let status = match problem {
            AuthProblem::Reconnect => ConnectionStatus::Ended,
            _ => ConnectionStatus::Unknown,
        };
        Self {
            message: Some(rejected(problem)),
            remedy: Some(problem.remedy()),
            ..Self::of(status, redirect_uri, by)
        }
    }

    fn of(status: ConnectionStatus, redirect_uri: &str, by: Option<&ConnectedUser>) -> Self {
        Self {
            status,
            connected_at: by.map(|by| time(by.at)),
            user: by.and_then(|by| by.user),
            ..Self::not_connected(redirect_uri)
        }
    }

    pub(super) fn with_confirmable_until(self, at: Option<DateTime<Utc>>) -> Self {
        Self {
            confirmable_until: at.map(time),
            ..self
        }
    }
}

/// What `POST connection` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectionResult {
    /// A consent was begun. Send the user to `authorize_url`.
    Started,
    /// The account is connected; see `connection`.
    Connected,
    /// Nothing was exchanged. The user must confirm the consent with `confirm`.
    Confirm,
    /// The tokens were removed.
    Disconnected,
}

/// Result of `POST connection`. Debug shows only what was done, because `authorize_url` contains the
/// `state`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ConnectionReport {
    /// What was done.
    pub result: ConnectionResult,
    /// URL at which a user of the customer consents, after `start`.
    pub authorize_url: Option<String>,
    /// Id of the consent that waits for a confirmation.
    pub confirm: Option<String>,
    /// Time at which the `authorize_url` or the consent expires. ISO 8601 in UTC.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<chrono::DateTime<chrono::Utc>>")
    )]
    pub expires_at: Option<String>,
    /// The connection, after `connected` and `disconnected`.
    pub connection: Option<ConnectionView>,
    /// What is left to do, for people.
    pub remedy: Option<String>,
}

impl ConnectionReport {
    pub(super) fn started(url: &url::Url, expires_at: DateTime<Utc>) -> Self {
        Self {
            authorize_url: Some(url.to_string()),
            expires_at: Some(time(expires_at)),
            ..Self::of(ConnectionResult::Started)
        }
    }

    pub(super) fn confirm(id: &Secret, expires_at: DateTime<Utc>) -> Self {
        Self {
            confirm: Some(id.expose().to_owned()),
            expires_at: Some(time(expires_at)),
            ..Self::of(ConnectionResult::Confirm)
        }
    }

    pub(super) fn connected(connection: ConnectionView) -> Self {
        Self {
            remedy: connection.remedy.clone(),
            connection: Some(connection),
            ..Self::of(ConnectionResult::Connected)
        }
    }

    pub(super) fn disconnected(connection: ConnectionView) -> Self {
        Self {
            remedy: Some(texts::REMOVE_APP.to_owned()),
            connection: Some(connection),
            ..Self::of(ConnectionResult::Disconnected)
        }
    }

    fn of(result: ConnectionResult) -> Self {
        Self {
            result,
            authorize_url: None,
            confirm: None,
            expires_at: None,
            connection: None,
            remedy: None,
        }
    }
}

impl std::fmt::Debug for ConnectionReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionReport")
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Route;

    const TOKEN: Route = Route::post("/token", "");
    const URI: &str = "https://p.example/back";

    #[test]
    fn an_identity_is_shown_with_what_is_wrong() {
        let by = ConnectedUser::new(DateTime::UNIX_EPOCH, "app", Some(UserId::new(7)));
        let identity = |active, role: &str, scopes: Option<&[&str]>| Identity {
            active,
            user: Some(UserId::new(8)),
            scopes: scopes.map(|own| own.iter().map(|own| (*own).to_owned()).collect()),
            role: Some(role.to_owned()),
        };
        let all: Option<&[&str]> = Some(&["a", "b"]);
        for (identity, status, admin, missing, told) in [
            (
                identity(true, "site_admin", all),
                ConnectionStatus::Connected,
                Some(true),
                0,
                vec![],
            ),
            (
                identity(true, "Site Admin", None),
                ConnectionStatus::Connected,
                Some(true),
                0,
                vec![],
            ),
            (
                identity(true, "job_admin", Some(&["a"])),
                ConnectionStatus::Connected,
                Some(false),
                1,
                vec!["User 8", "not a Site Admin", "lacks the scope b"],
            ),
            (
                identity(false, "", all),
                ConnectionStatus::Unknown,
                None,
                0,
                vec!["was rejected"],
            ),
        ] {
            let view = ConnectionView::connected(URI, Some(&by), &identity, &["a", "b"]);
            assert_eq!((view.status, view.site_admin), (status, admin), "{view:?}");
            assert_eq!(view.missing_scopes.len(), missing, "{view:?}");
            assert_eq!(view.message.is_none(), told.is_empty(), "{view:?}");
            assert_eq!(view.remedy.is_none(), told.is_empty(), "{view:?}");
            for part in told {
                assert!(view.message.as_deref().unwrap().contains(part), "{view:?}");
            }
            assert_eq!(view.connected_at.as_deref(), Some("1970-01-01T00:00:00Z"));
        }
        let unknown = Identity {
            scopes: Some(BTreeSet::new()),
            ..identity(true, "site_admin", None)
        };
        let view = ConnectionView::connected(URI, None, &unknown, &["a"]);
        assert_eq!((view.connected_at, view.user), (None, Some(UserId::new(8))));
    }

    #[test]
    fn each_failure_has_a_status_and_a_remedy() {
        let auth = |problem| Error::Auth {
            route: TOKEN,
            problem,
        };
        for (error, status) in [
            (auth(AuthProblem::Reconnect), ConnectionStatus::Ended),
            (
                auth(AuthProblem::NotConnected),
                ConnectionStatus::NotConnected,
            ),
            (auth(AuthProblem::Credential), ConnectionStatus::Unknown),
            (Error::OutOfTime { route: TOKEN }, ConnectionStatus::Unknown),
        ] {
            let view = ConnectionView::failing(URI, None, &error);
            assert_eq!(view.status, status, "{error}");
            let is_wrong = status != ConnectionStatus::NotConnected;
            assert_eq!(view.message.is_some(), is_wrong, "{view:?}");
            assert_eq!(view.remedy.is_some(), is_wrong, "{view:?}");
            assert_eq!(view.redirect_uri.as_deref(), Some(URI));
        }
    }
}
