//! The credential and the acting user: their identity and what they may do.

use greenhouse_core::{UserId, health::Check, settings::SettingsProblem as Problem};

use super::{PushDiagnosis, PushFinding, Reader};
use crate::{
    Access, AuthProblem, Error, HarvestClient, Identity,
    api::{UserFilter, push_scopes},
};

/// Returns the client that reads, or `None` if Greenhouse does not accept the credential.
pub(super) async fn check(
    access: &Access,
    diagnosis: &mut PushDiagnosis,
) -> Result<Option<Reader>, (&'static str, Error)> {
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
            diagnosis.note(refusal(*problem));
            return Ok(None);
        }
    };
    let valid = Check::ok("harvest_credential", "The Harvest credential is valid.");
    diagnosis.note(PushFinding::from(valid));
    scopes(identity, &push_scopes(&access.settings), diagnosis);

    let own = own
        .as_ref()
        .filter(|(_, own)| own.as_ref().is_ok_and(Identity::sees_all));
    let sees_all = acting_sees || own.is_some();
    let is_partner = access.client.partner().is_some();
    if sees_all {
        let text = if acting_sees {
            "The acting user is a Site Admin and sees every record."
        } else {
            "The acting user is not a Site Admin. The credential's own user is one and reads instead."
        };
        let check = Check::ok("harvest_reader", format!("{text} {PRIVATE}"));
        diagnosis.note(PushFinding::from(check));
    } else if acting.is_ok() {
        let problem = cannot_see(identity, is_partner);
        diagnosis.note(PushFinding::problem("harvest_reader", problem));
    }
    let client = own.map_or(accepted, |(client, _)| *client).clone();
    let reader = Reader { client, sees_all };
    if let Some(user) = access.settings.acting_user {
        let finding = if is_partner {
            consenting_user(identity, user)
        } else {
            let checked = acting_user(&reader, user, acting.as_ref().err()).await;
            checked.map_err(|error| ("acting_user", error))?
        };
        diagnosis.note(finding);
    }
    Ok(Some(reader))
}

/// Each missing scope is a problem of its own.
pub(super) fn scope_missing(scope: &'static str) -> Problem {
    Problem::new(
        "credential",
        "scope_missing",
        format!("The credential lacks the scope {scope}."),
        AuthProblem::MissingScope { scope }.remedy(),
    )
}

/// Identity of the client, or the reason why Greenhouse does not accept it.
async fn identify(client: &HarvestClient) -> Result<Result<Identity, AuthProblem>, Error> {
    match client.introspect().await {
        Ok(identity) if identity.active => Ok(Ok(identity)),
        Ok(_) => Ok(Err(AuthProblem::TokenRejected)),
        Err(Error::Auth { problem, .. }) => Ok(Err(problem)),
        Err(error) => Err(error),
    }
}

fn refusal(problem: AuthProblem) -> Option<PushFinding> {
    let name = "harvest_credential";
    let text = format!("Greenhouse refuses the credential: {problem}.");
    let remedy = problem.remedy();
    // The app of a partner has to be saved before a user can consent to it.
    if problem == AuthProblem::NotConnected {
        return Some(Check::problem(name, text, remedy).into());
    }
    let problem = Problem::new("credential", "credential_refused", text, remedy);
    PushFinding::problem(name, problem)
}

fn scopes(identity: &Identity, needed: &[&'static str], diagnosis: &mut PushDiagnosis) {
    let name = "harvest_scopes";
    diagnosis.scopes = Some(match identity.missing(needed) {
        Some(missing) => {
            diagnosis.lacking = missing;
            Check::ok(name, "The credential has every scope that a push needs.")
        }
        None => Check::warning(
            name,
            "Greenhouse does not say which scopes the credential has.",
            format!(
                "See under Manage Scopes that it has these: {}.",
                needed.join(", ")
            ),
        ),
    });
}

/// In a partner's app the user who consented acts.
fn consenting_user(identity: &Identity, named: UserId) -> Option<PushFinding> {
    let text =
        format!("User {named} is named, and another one acts: the one who connected the account.");
    let remedy =
        "Take the acting user out of the push settings, or have that user connect the account.";
    let is_another = identity.user != Some(named);
    is_another.then(|| Check::warning("acting_user", text, remedy).into())
}

/// Checks the user who is named, as far as the reader can tell.
async fn acting_user(
    reader: &Reader,
    user: UserId,
    refusal: Option<&AuthProblem>,
) -> Result<Option<PushFinding>, Error> {
    let name = "acting_user";
    let filter = UserFilter::new().ids([user]).show_service_accounts(true);
    let row = match reader.client.users(&filter).all().await {
        Ok(rows) => Ok(rows.into_iter().find(|row| row.id == user)),
        // A push does not need this list.
        Err(error @ Error::Auth { .. }) => Err(error),
        Err(error) => return Err(error),
    };
    let (code, text, remedy) = match (row, refusal) {
        (Ok(None), _) if reader.sees_all => (
            "acting_user_unknown",
            format!("Greenhouse has no user {user}."),
            "Name another acting user; choices/users lists them.",
        ),
        (Ok(Some(row)), _) if row.deactivated == Some(true) => (
            "acting_user_deactivated",
            format!("User {user} is deactivated."),
            "Name an active user, or activate this one in Greenhouse (Configure > Users).",
        ),
        (_, Some(refusal)) => (
            "acting_user_refused",
            format!("Greenhouse gives no token in the name of user {user}: {refusal}."),
            "Name an active user of the organisation that the credential belongs to.",
        ),
        (Ok(Some(_)), None) => {
            return Ok(Some(
                Check::ok(name, format!("User {user} is active.")).into(),
            ));
        }
        // The user may be hidden from this reader.
        (Ok(None), None) => return Ok(None),
        (Err(error), None) => {
            let text = format!("User {user} could not be looked up: {error}.");
            return Ok(Some(Check::warning(name, text, error.remedy()).into()));
        }
    };
    let problem = Problem::new(name, code, text, remedy);
    Ok(PushFinding::problem(name, problem))
}

/// Only Site Admins are shown every record (documented); for others, an empty list proves nothing.
fn cannot_see(identity: &Identity, is_partner: bool) -> Problem {
    let role = identity.role.as_deref().unwrap_or("unknown");
    let code = "acting_user_cannot_see";
    if is_partner {
        let text = format!(
            "The user who connected the account has the role \"{role}\" and is not shown every record. New candidates are \
             not created."
        );
        let remedy =
            "Have a Site Admin connect the account, or make that user one (Configure > Users).";
        return Problem::new("credential", code, text, remedy);
    }
    Problem::new(
        "acting_user",
        code,
        format!(
            "Neither the acting user, whose role is \"{role}\", nor the credential's own user is a Site Admin. A search \
             for a person could miss records, so new candidates are not created."
        ),
        "Name a Site Admin as the acting user, or make this one a Site Admin (Configure > Users).",
    )
}

/// A private person is not found by a reader who may not see private candidates (inferred), and
/// Harvest has no call that tells whether the reader may.
const PRIVATE: &str = "Give it the permission to see private candidates as well: without it a private person is not found, and \
                       is created a second time.";
