//! Connects accounts to a partner's app by a consent in Greenhouse.

mod endpoint;
mod view;

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, MintError, Secret,
    settings::{
        ConnectedUser, Connection, ConsentAnswer, ConsentRefusal, ConsentStep, HarvestGrant,
        PushSettings, ScorecardForm,
    },
    store::{AccountRecord, Changes, Proposal, StoreError, Write, decide_and_apply},
};
use url::Url;

use super::engine::Engine;
use crate::{
    Access, Error, Identity, PartnerConnection,
    api::{SCORECARD_SCOPES, WEBHOOK_SCOPES, push_scopes},
};

pub(super) use self::endpoint::answer;
#[cfg(feature = "openapi")]
pub(super) use self::endpoint::operations;
pub use self::view::{ConnectionReport, ConnectionResult, ConnectionStatus, ConnectionView};

/// Service that connects accounts to a partner's app, and disconnects them.
///
/// Returned by [`PushService::connection`](crate::PushService::connection). Used by the endpoints.
///
/// # The endpoints
///
/// Under `/api/integrations/greenhouse`, with JSON bodies:
///
/// | endpoint | body |
/// |---|---|
/// | `GET connection` | returns a [`ConnectionView`] |
/// | `POST connection` | accepts an `action`, returns a [`ConnectionReport`] |
///
/// | `action` | members | effect |
/// |---|---|---|
/// | `start` | `also`: `["scorecards", "webhooks"]` | returns the `authorize_url` |
/// | `callback` | `code`, `state`, `error` | exchanges the code, or asks for a confirmation |
/// | `confirm` | `confirm` | exchanges the code of a consent that was begun in Greenhouse |
/// | `disconnect` | | removes the tokens |
///
/// The host's page at the redirect URI passes on the parameters of its query with `callback`, in the
/// session of the user whose account is connected, and then redirects to a page without them. The
/// `state` is bound to the account. It is valid once, for ten minutes, on every host.
///
/// A consent that was begun in Greenhouse has no `state`, so its code can come from another
/// organization. `callback` then exchanges nothing, and returns `confirm`, which the user sends
/// within the minute for which the code is valid.
///
/// The state is stored with the settings of the account, so the account must be in the store of the
/// ports.
///
/// | status | code | cause |
/// |---|---|---|
/// | 409 | `no_partner_app` | the credential is missing, or is not a partner's |
/// | 409 | `consent_unknown`, `consent_used`, `consent_expired` | the `state` is not valid |
/// | 409 | `consent_denied`, `consent_failed` | Greenhouse reported an error |
/// | 409 | `consent_incomplete` | there is no code |
/// | 409 | `consent_not_waiting`, `consent_code_expired` | nothing can be confirmed |
/// | 409 | `greenhouse_refused` | Greenhouse rejected the code or the credential |
/// | 503 | `greenhouse_unreachable`, `greenhouse_answer`, `rate_limited` | Greenhouse did not answer |
#[derive(Clone)]
pub struct ConnectionService {
    engine: Arc<Engine>,
}

/// Additional scopes to ask for. Greenhouse refuses a consent with a scope that the app is not
/// registered for (inferred), so they are asked for only on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OptionalScopes {
    /// Scopes for scorecards instead of notes.
    Scorecards,
    /// Scopes for creating webhooks.
    Webhooks,
}

/// Error from [`ConnectionService`]. Contains neither codes nor tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// The account does not exist.
    #[error("unknown account")]
    NoAccount,
    /// The account has no credential, or not that of a partner's app.
    #[error("the credential is not a partner's")]
    NoPartnerApp,
    /// No code may be exchanged.
    #[error("the consent was refused: {0}")]
    Refused(#[from] ConsentRefusal),
    /// Greenhouse rejected the code, or was not reached.
    #[error("the call to Greenhouse failed")]
    Greenhouse(#[source] Error),
    /// There are no random bytes.
    #[error(transparent)]
    NoRandomness(#[from] MintError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The app's credential and the client that all tasks of this host share.
struct App {
    access: Access,
    connection: PartnerConnection,
    redirect_uri: String,
}

impl ConnectionService {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Returns the state of the account's connection. Calls Greenhouse if the account is connected.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::NoAccount`] if the account does not exist, [`ConnectionError::Store`] if
    /// the store failed. Any other failure is in the view.
    pub async fn view(&self, account: &AccountId) -> Result<ConnectionView, ConnectionError> {
        let record = self.record(account).await?;
        let app = match self.app(account, &record).await {
            Ok(app) => app,
            Err(ConnectionError::NoPartnerApp) => return Ok(ConnectionView::no_partner_app()),
            Err(error) => return Err(error),
        };
        let is_connected = app.connection.is_connected().await;
        if !is_connected.map_err(ConnectionError::of)? {
            return Ok(ConnectionView::not_connected(&app.redirect_uri));
        }
        let by = record.settings.connection.as_ref();
        let by = by.and_then(|own| own.by(app.access.settings.credential.client_id()));
        let needed = push_scopes(&app.access.settings);
        Ok(match identity(&app.access).await {
            Ok(identity) => ConnectionView::connected(&app.redirect_uri, by, &identity, &needed),
            Err(Error::Store { source, .. }) => return Err(source.into()),
            Err(error) => ConnectionView::failing(&app.redirect_uri, by, &error),
        })
    }

    /// Begins a consent, and returns the URL at which a user of the customer consents. Replaces a
    /// consent that was begun earlier.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] if the credential is not a partner's or the store failed.
    pub async fn start(
        &self,
        account: &AccountId,
        also: &[OptionalScopes],
    ) -> Result<Url, ConnectionError> {
        let record = self.record(account).await?;
        let app = self.app(account, &record).await?;
        let state = Connection::new_token()?;
        let now = self.engine.now();
        self.change(account, |connection| {
            connection.start(&state, now);
            Ok(())
        })
        .await??;
        let scopes = scopes(&app.access.settings, also);
        Ok(app.connection.authorize_url(scopes, state.expose()))
    }

    /// Handles Greenhouse's answer to a consent. The account is that of the signed-in user.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] if nothing was exchanged.
    pub async fn answered(
        &self,
        account: &AccountId,
        answer: ConsentAnswer,
    ) -> Result<ConnectionReport, ConnectionError> {
        let record = self.record(account).await?;
        let app = self.app(account, &record).await?;
        let id = Connection::new_token()?;
        let now = self.engine.now();
        let step = self
            .change(account, |own| own.answered(answer.clone(), &id, now))
            .await??;
        match step {
            ConsentStep::Exchange(code) => self.exchange(account, &app, code).await,
            ConsentStep::Confirm { expires_at } => Ok(ConnectionReport::confirm(&id, expires_at)),
            _ => Err(ConsentRefusal::NoCode.into()),
        }
    }

    /// Returns the time until which the consent with this id can be confirmed. `None` if it has
    /// expired or does not wait.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::NoAccount`] or [`ConnectionError::Store`].
    pub async fn confirmable_until(
        &self,
        account: &AccountId,
        id: &Secret,
    ) -> Result<Option<DateTime<Utc>>, ConnectionError> {
        let record = self.record(account).await?;
        let own = record.settings.connection.as_ref();
        Ok(own.and_then(|own| own.confirmable_until(id, self.engine.now())))
    }

    /// Exchanges the code of a consent that was begun in Greenhouse.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] if nothing was exchanged.
    pub async fn confirm(
        &self,
        account: &AccountId,
        id: &Secret,
    ) -> Result<ConnectionReport, ConnectionError> {
        let record = self.record(account).await?;
        let app = self.app(account, &record).await?;
        let now = self.engine.now();
        let code = self.change(account, |own| own.confirm(id, now)).await??;
        self.exchange(account, &app, code).await
    }

    /// Removes the account's tokens. A consent in progress can no longer connect the account.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] if the credential is not a partner's or the store failed.
    pub async fn disconnect(
        &self,
        account: &AccountId,
    ) -> Result<ConnectionReport, ConnectionError> {
        let record = self.record(account).await?;
        let app = self.app(account, &record).await?;
        self.change(account, |own| {
            own.disconnected();
            Ok(())
        })
        .await??;
        app.connection
            .disconnect()
            .await
            .map_err(ConnectionError::of)?;
        tracing::info!(%account, "the account was disconnected from the partner's app");
        Ok(ConnectionReport::disconnected(self.view(account).await?))
    }

    /// Exchanges a code that was removed from the store, so no other host exchanges it.
    async fn exchange(
        &self,
        account: &AccountId,
        app: &App,
        code: Secret,
    ) -> Result<ConnectionReport, ConnectionError> {
        let mut exchanged = app.connection.exchange(code.clone()).await;
        if matches!(exchanged, Err(Error::Store { .. })) {
            // The token is in memory. The second call only saves it.
            exchanged = app.connection.exchange(code).await;
        }
        exchanged.map_err(ConnectionError::of)?;
        let user = identity(&app.access).await.ok();
        let user = user.and_then(|identity| identity.user);
        let client_id = app.access.settings.credential.client_id();
        let by = ConnectedUser::new(self.engine.now(), client_id, user);
        self.change(account, |own| {
            own.connected(by.clone());
            Ok(())
        })
        .await??;
        tracing::info!(%account, "the account was connected to the partner's app");
        Ok(ConnectionReport::connected(self.view(account).await?))
    }

    async fn record(&self, account: &AccountId) -> Result<AccountRecord, ConnectionError> {
        let record = self.engine.store().account(account).await?;
        record.ok_or(ConnectionError::NoAccount)
    }

    /// Returns the app of the stored credential, also while the push is switched off.
    async fn app(
        &self,
        account: &AccountId,
        record: &AccountRecord,
    ) -> Result<App, ConnectionError> {
        let push = record.settings.push.as_ref();
        let push = push.ok_or(ConnectionError::NoPartnerApp)?;
        let HarvestGrant::AuthorizationCode { redirect_uri, .. } = push.credential.grant() else {
            return Err(ConnectionError::NoPartnerApp);
        };
        let settings = Arc::new(push.clone());
        let access = self.engine.clients.access_of_saved(account, settings);
        let access = access.await?.answering();
        let connection = access.client.partner();
        Ok(App {
            connection: connection.ok_or(ConnectionError::NoPartnerApp)?,
            redirect_uri: redirect_uri.clone(),
            access,
        })
    }

    /// Changes the stored state, also if the decision refuses, and returns the decision.
    async fn change<T>(
        &self,
        account: &AccountId,
        decide: impl Fn(&mut Connection) -> Result<T, ConsentRefusal> + Sync,
    ) -> Result<Result<T, ConsentRefusal>, ConnectionError> {
        let decide = &decide;
        let decided = decide_and_apply(self.engine.store(), account, || async move {
            let mut record = self.record(account).await?;
            let mut connection = record.settings.connection.clone().unwrap_or_default();
            let decision = decide(&mut connection);
            let connection = (connection != Connection::default()).then_some(connection);
            if record.settings.connection == connection {
                return Ok(Proposal::Keep(decision));
            }
            record.settings.connection = connection;
            let mut changes = Changes::none();
            changes.account = Some(Write::Put(record));
            Ok::<_, ConnectionError>(Proposal::Write(changes, decision))
        });
        let decided = decided.await?.applied();
        decided.ok_or_else(|| StoreError::unavailable("the decision was not applied").into())
    }
}

impl ConnectionError {
    fn of(error: Error) -> Self {
        match error {
            Error::Store { source, .. } => Self::Store(source),
            error => Self::Greenhouse(error),
        }
    }
}

impl fmt::Debug for ConnectionService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionService").finish_non_exhaustive()
    }
}

/// Returns the identity of the token. A token that has ended early is replaced.
async fn identity(access: &Access) -> Result<Identity, Error> {
    access.client.sees_all().await?;
    access.client.identity().await
}

/// Scopes to ask for, each once.
fn scopes(settings: &PushSettings, also: &[OptionalScopes]) -> Vec<&'static str> {
    let mut scopes = push_scopes(settings);
    let writes_scorecards = settings.scorecard != ScorecardForm::Note;
    if writes_scorecards && also.contains(&OptionalScopes::Scorecards) {
        scopes.extend(SCORECARD_SCOPES);
    }
    if also.contains(&OptionalScopes::Webhooks) {
        scopes.extend(WEBHOOK_SCOPES);
    }
    let mut seen = Vec::new();
    scopes.retain(|scope| {
        let is_new = !seen.contains(scope);
        seen.push(scope);
        is_new
    });
    scopes
}
