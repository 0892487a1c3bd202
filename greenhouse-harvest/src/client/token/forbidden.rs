use std::time::Duration;

use greenhouse_core::later;

use super::{Token, TokenSource};
use crate::{AuthProblem, Identity, Route};

impl TokenSource {
    /// Explains a 403 by introspection, if possible. Introspects once, with a short deadline.
    pub(in crate::client) async fn explain_forbidden(
        &self,
        route: Route,
        token: &Token,
    ) -> AuthProblem {
        let scope = route.scope();
        let identity = match scope {
            "" => None,
            _ => self.recent_identity(token).await,
        };
        identity.map_or(AuthProblem::Forbidden { scope }, |identity| {
            explain(route, &identity)
        })
    }

    async fn recent_identity(&self, token: &Token) -> Option<Identity> {
        // Callers that wait here use the result of the running introspection.
        let _introspecting = self.introspecting.lock().await;
        let shared = &self.shared;
        {
            let (cache, now) = (shared.cache(), shared.now());
            if let Some((identity, at)) = cache.identity(token)
                && now < later(at, REMEMBERED)
            {
                return Some(identity.clone());
            }
            if cache.unexplained_until.is_some_and(|until| now < until) {
                return None;
            }
        }
        let asked = shared.host.introspect(&token.bearer, DEADLINE).await;
        let (mut cache, now) = (shared.cache(), shared.now());
        match asked {
            Ok(identity) => {
                cache.identify(token, identity.clone(), now);
                Some(identity)
            }
            Err(_) => {
                cache.unexplained_until = Some(later(now, REMEMBERED));
                None
            }
        }
    }
}

fn explain(route: Route, identity: &Identity) -> AuthProblem {
    let scope = route.scope();
    let unexplained = AuthProblem::Forbidden { scope };
    // An empty list of scopes proves no more than a missing list.
    let Some(scopes) = identity.scopes.as_ref().filter(|scopes| !scopes.is_empty()) else {
        return unexplained;
    };
    if !identity.active {
        unexplained
    } else if !scopes.contains(scope) {
        AuthProblem::MissingScope { scope }
    } else if !route.writes() && identity.role.is_some() && !identity.sees_all() {
        AuthProblem::NotSiteAdmin
    } else {
        unexplained
    }
}

/// Time limit for the introspection. Short, because the call itself has already failed.
const DEADLINE: Duration = Duration::from_secs(5);
const REMEMBERED: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_403_is_explained_if_introspection_can() {
        let scope = "harvest:jobs:list";
        let list = Route::get("/v3/jobs", scope);
        let write = Route::post("/v3/jobs", scope);
        let unexplained = AuthProblem::Forbidden { scope };
        let missing = AuthProblem::MissingScope { scope };
        let (other, admin) = (Some("harvest:users:list"), Some("Site Admin"));
        for (route, active, scopes, role, problem) in [
            (list, true, other, admin, missing),
            (write, true, other, admin, missing),
            (
                list,
                true,
                Some(scope),
                Some("job_admin"),
                AuthProblem::NotSiteAdmin,
            ),
            (write, true, Some(scope), Some("job_admin"), unexplained),
            (list, true, Some(scope), None, unexplained),
            (list, true, Some(scope), admin, unexplained),
            (list, true, None, Some("job_admin"), unexplained),
            (list, true, Some(""), Some("job_admin"), unexplained),
            (list, false, other, Some("job_admin"), unexplained),
        ] {
            let identity = Identity {
                active,
                scopes: scopes.map(|scopes| scopes.split_whitespace().map(str::to_owned).collect()),
                role: role.map(str::to_owned),
                ..Identity::default()
            };
            assert_eq!(explain(route, &identity), problem, "{route} {identity:?}");
        }
    }
}
