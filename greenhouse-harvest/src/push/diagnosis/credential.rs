//! Checks of the credential and the acting user.

use greenhouse_core::{UserId, settings::PushSettings};

use super::{PushDiagnosis, PushFinding, Reader, lists::Rows};
use crate::{
    Access, AuthProblem, Error, HarvestClient, Identity,
    api::{User, push_scopes},
    push::texts::{diagnosis as texts, settings as problems},
};

/// Credential that Greenhouse accepts.
pub(super) struct Accepted {
    pub(super) reader: Reader,
    identity: Identity,
    /// Reason why Greenhouse rejected the acting user. `None` if it did not.
    refusal: Option<AuthProblem>,
    is_partner: bool,
}

/// Returns the credential, or `None` if Greenhouse rejected it.
pub(super) async fn check(
    access: &Access,
    diagnosis: &mut PushDiagnosis,
) -> Result<Option<Accepted>, (&'static str, Error)> {
    let unknown = |error| ("harvest_credential", error);
    let acting = identify(&access.client).await.map_err(unknown)?;
    let acting_sees = acting.as_ref().is_ok_and(Identity::sees_all);
    let own = match access.own().filter(|_| !acting_sees) {
        Some(client) => Some((client, identify(client).await.map_err(unknown)?)),
        None => None,
    };
    let (identity, accepted) = match (&acting, &own) {
        (Ok(identity), _) => (identity, &access.client),
        (Err(_), Some((client, Ok(identity)))) => (identity, *client),
        (Err(_), Some((_, Err(problem)))) | (Err(problem), None) => {
            diagnosis.add(refusal(*problem));
            return Ok(None);
        }
    };
    diagnosis.add(PushFinding::from(texts::credential_valid()));
    scopes(identity, &push_scopes(&access.settings), diagnosis);

    let own = own
        .as_ref()
        .filter(|(_, own)| own.as_ref().is_ok_and(Identity::sees_all));
    let sees_all = acting_sees || own.is_some();
    let is_partner = access.client.partner().is_some();
    if sees_all {
        let check = texts::reader_sees_all(acting_sees);
        diagnosis.add(PushFinding::from(check));
    } else if acting.is_ok() {
        // Only Site Admins see every record (documented), so an empty list proves nothing.
        let problem = problems::acting_user_cannot_see(identity.role.as_deref(), is_partner);
        diagnosis.add(PushFinding::problem("harvest_reader", problem));
    }
    let client = own.map_or(accepted, |(client, _)| *client).clone();
    let identity = identity.clone();
    Ok(Some(Accepted {
        reader: Reader { client, sees_all },
        identity,
        refusal: acting.err(),
        is_partner,
    }))
}

impl Accepted {
    /// Returns the acting user, whose row must be read. `None` in a partner's app.
    pub(super) fn user_to_read(&self, settings: &PushSettings) -> Option<UserId> {
        settings.acting_user.filter(|_| !self.is_partner)
    }

    /// Checks the acting user with the rows that were read.
    pub(super) fn check_user(
        &self,
        settings: &PushSettings,
        rows: Option<Rows<User>>,
    ) -> Result<Option<PushFinding>, Error> {
        match (settings.acting_user, rows) {
            (Some(user), Some(rows)) => {
                acting_user(rows, self.reader.sees_all, user, self.refusal.as_ref())
            }
            (Some(user), None) => Ok(consenting_user(&self.identity, user)),
            (None, _) => Ok(None),
        }
    }
}

/// Returns the client's identity, or the reason why Greenhouse rejected the credential.
async fn identify(client: &HarvestClient) -> Result<Result<Identity, AuthProblem>, Error> {
    match client.introspect().await {
        Ok(identity) if identity.active => Ok(Ok(identity)),
        Ok(_) => Ok(Err(AuthProblem::TokenRejected)),
        Err(Error::Auth { problem, .. }) => Ok(Err(problem)),
        Err(error) => Err(error),
    }
}

fn refusal(problem: AuthProblem) -> Option<PushFinding> {
    // A user can consent to a partner's app only once its settings are saved.
    if problem == AuthProblem::NotConnected {
        return Some(texts::not_connected(problem).into());
    }
    let problem = problems::credential_refused(problem);
    PushFinding::problem("harvest_credential", problem)
}

fn scopes(identity: &Identity, needed: &[&'static str], diagnosis: &mut PushDiagnosis) {
    diagnosis.scopes = Some(match identity.missing(needed) {
        Some(missing) => {
            diagnosis.lacking = missing;
            texts::scopes_complete()
        }
        None => texts::scopes_unknown(needed),
    });
}

/// Checks the acting user of a partner's app, who is the user who consented.
fn consenting_user(identity: &Identity, configured: UserId) -> Option<PushFinding> {
    let is_another = identity.user != Some(configured);
    is_another.then(|| texts::another_user_acts(configured).into())
}

/// Checks the configured acting user, if visible to the reader.
fn acting_user(
    rows: Rows<User>,
    sees_all: bool,
    user: UserId,
    refusal: Option<&AuthProblem>,
) -> Result<Option<PushFinding>, Error> {
    let row = match rows {
        Ok(rows) => Ok(rows.into_iter().next()),
        // A push does not need this list.
        Err(error @ Error::Auth { .. }) => Err(error),
        Err(error) => return Err(error),
    };
    let name = row.as_ref().ok().and_then(Option::as_ref);
    let name = name.and_then(|row| row.name.as_deref());
    let problem = match (&row, refusal) {
        (Ok(None), _) if sees_all => problems::acting_user_unknown(user),
        (Ok(Some(row)), _) if row.deactivated == Some(true) => {
            problems::acting_user_deactivated(name, user)
        }
        (_, Some(refusal)) => problems::acting_user_refused(name, user, *refusal),
        (Ok(Some(_)), None) => return Ok(Some(texts::acting_user_active(name, user).into())),
        // The user may be hidden from this reader.
        (Ok(None), None) => return Ok(None),
        (Err(error), None) => return Ok(Some(texts::acting_user_unchecked(user, error).into())),
    };
    Ok(PushFinding::problem("acting_user", problem))
}
