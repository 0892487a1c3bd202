//! Whether Greenhouse takes the credential and the acting user, and what they may do.

use greenhouse_core::{UserId, settings::SettingsProblem as Problem};

use crate::{
    Access, AuthProblem, Error, HarvestClient, Identity,
    api::{UserFilter, push_scopes},
};

/// A client whose lists show everything; none where there is no such, and what is in Greenhouse cannot be known.
pub(super) async fn check(
    access: &Access,
    problems: &mut Vec<Problem>,
) -> Result<Option<HarvestClient>, Error> {
    let acting = asked(&access.client).await?;
    if matches!(acting, Err(AuthProblem::NotConnected)) {
        return Ok(None);
    }
    let acting_sees = acting.as_ref().is_ok_and(Identity::sees);
    let own = match access.own().filter(|_| !acting_sees) {
        Some(client) => Some((client, asked(client).await?)),
        None => None,
    };
    let identity = match (&acting, &own) {
        (Ok(identity), _) | (Err(_), Some((_, Ok(identity)))) => identity,
        (Err(_), Some((_, Err(problem)))) | (Err(problem), None) => {
            problems.push(refused(*problem));
            return Ok(None);
        }
    };
    let needed = push_scopes(&access.settings);
    for scope in identity.missing(&needed).unwrap_or_default() {
        problems.push(scope_missing(scope));
    }

    let own = own
        .as_ref()
        .filter(|(_, own)| own.as_ref().is_ok_and(Identity::sees))
        .map(|(client, _)| *client);
    let reader = if acting_sees {
        Some(&access.client)
    } else {
        own
    };
    let is_partner = access.client.partner().is_some();
    if let Some(user) = access.settings.acting_user.filter(|_| !is_partner) {
        let refusal = acting.as_ref().err();
        problems.extend(acting_user(reader, user, refusal).await?);
    }
    if reader.is_none() && acting.is_ok() {
        problems.push(cannot_see(identity, is_partner));
    }
    Ok(reader.cloned())
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

/// Who the client is; or why Greenhouse does not take it.
async fn asked(client: &HarvestClient) -> Result<Result<Identity, AuthProblem>, Error> {
    match client.introspect().await {
        Ok(identity) if identity.active => Ok(Ok(identity)),
        Ok(_) => Ok(Err(AuthProblem::TokenNotTaken)),
        Err(Error::Auth { problem, .. }) => Ok(Err(problem)),
        Err(error) => Err(error),
    }
}

fn refused(problem: AuthProblem) -> Problem {
    Problem::new(
        "credential",
        "credential_refused",
        format!("Greenhouse refuses the credential: {problem}."),
        problem.remedy(),
    )
}

/// What is wrong with the user who is named, as far as a reader can tell.
async fn acting_user(
    reader: Option<&HarvestClient>,
    user: UserId,
    refusal: Option<&AuthProblem>,
) -> Result<Option<Problem>, Error> {
    let problem =
        |code, text: String, remedy: &str| Problem::new("acting_user", code, text, remedy);
    let filter = UserFilter::new().ids([user]).show_service_accounts(true);
    let rows = match reader {
        Some(reader) => match reader.users(&filter).all().await {
            Ok(rows) => Some(rows),
            // Nothing that a push needs: the token was given or not.
            Err(Error::Auth { .. }) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let row = rows.map(|rows| rows.into_iter().find(|row| row.id == user));
    let found = match (row, refusal) {
        (Some(None), _) => problem(
            "acting_user_unknown",
            format!("Greenhouse has no user {user}."),
            "Name another acting user; choices/users lists them.",
        ),
        (Some(Some(row)), _) if row.deactivated == Some(true) => problem(
            "acting_user_deactivated",
            format!("User {user} is deactivated."),
            "Name an active user, or activate this one in Greenhouse (Configure > Users).",
        ),
        (_, Some(refusal)) => problem(
            "acting_user_refused",
            format!("Greenhouse gives no token in the name of user {user}: {refusal}."),
            "Name an active user of the organisation that the credential belongs to.",
        ),
        (_, None) => return Ok(None),
    };
    Ok(Some(found))
}

/// Whoever is no Site Admin is shown less than there is (documented), and then nobody knows whether a person is there already.
fn cannot_see(identity: &Identity, is_partner: bool) -> Problem {
    let role = identity.role.as_deref().unwrap_or("unknown");
    if is_partner {
        return Problem::new(
            "credential",
            "acting_user_cannot_see",
            format!(
                "Whoever connected the account has the role \"{role}\", and is not shown every record."
            ),
            "Have a Site Admin connect the account, or make that user one (Configure > Users).",
        );
    }
    Problem::new(
        "acting_user",
        "acting_user_cannot_see",
        format!(
            "Neither the acting user, whose role is \"{role}\", nor the credential's own user is a Site Admin, so that \
             nobody can tell whether a person is in Greenhouse already."
        ),
        "Name a Site Admin as the acting user, or make this one a Site Admin (Configure > Users).",
    )
}
