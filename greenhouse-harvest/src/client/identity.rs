use std::collections::BTreeSet;

use greenhouse_core::UserId;
use serde::Deserialize;
use serde_json::Value;

/// Identity and permissions of a token, as reported by the token host (documented).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// `true` if the token is valid.
    pub active: bool,
    /// Acting user; `None` if the response contains no user id.
    pub user: Option<UserId>,
    /// Granted scopes; `None` if the response does not list them.
    pub scopes: Option<BTreeSet<String>>,
    /// The acting user's role as spelled by Greenhouse; `None` if not reported. The spellings are
    /// not documented.
    pub role: Option<String>,
}

impl Identity {
    /// Returns `true` if the token is valid and the acting user is a Site Admin, who sees every
    /// record (documented). Accepts `site_admin` and `Site Admin` in any letter case. Returns
    /// `false` for any other role.
    pub fn sees_all(&self) -> bool {
        self.active
            && self.role.as_deref().is_some_and(|role| {
                let letters = role.chars().filter(char::is_ascii_alphanumeric);
                letters
                    .collect::<String>()
                    .eq_ignore_ascii_case("siteadmin")
            })
    }

    /// Returns the scopes in `wanted` that were not granted, or `None` if the granted scopes are
    /// unknown.
    pub fn missing<'a>(&self, wanted: &[&'a str]) -> Option<Vec<&'a str>> {
        let granted = self.scopes.as_ref()?;
        let missing = wanted
            .iter()
            .filter(|scope| !granted.contains(**scope))
            .copied();
        Some(missing.collect())
    }
}

/// Response body of `POST /introspect`.
#[derive(Deserialize)]
pub(super) struct IdentityForm {
    active: bool,
    #[serde(default)]
    sub: Value,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default, rename = "https://auth.greenhouse.io/claims")]
    claims: Option<Claims>,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    user_role: Option<String>,
}

impl From<IdentityForm> for Identity {
    fn from(form: IdentityForm) -> Self {
        let user = match &form.sub {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let words = |scope: String| scope.split_whitespace().map(str::to_owned).collect();
        Self {
            active: form.active,
            user: user.map(UserId::new),
            scopes: form.scope.map(words),
            role: form.claims.and_then(|claims| claims.user_role),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_site_admin_sees() {
        for (role, sees) in [
            (json!("site_admin"), true),
            (json!("Site Admin"), true),
            (json!("SITE ADMIN"), true),
            (json!("job_admin"), false),
            (json!("not a site admin"), false),
            (json!(null), false),
        ] {
            let form = json!({
                "active": true, "sub": "12", "scope": "a b",
                "https://auth.greenhouse.io/claims": {"user_role": role},
            });
            let identity = Identity::from(serde_json::from_value::<IdentityForm>(form).unwrap());
            assert_eq!(identity.sees_all(), sees, "{role}");
            assert_eq!(identity.user, Some(UserId::new(12)));
            assert_eq!(identity.missing(&["a", "c"]), Some(vec!["c"]));
        }
        let inactive: IdentityForm = serde_json::from_value(json!({"active": false})).unwrap();
        let inactive = Identity::from(inactive);
        assert!(!inactive.sees_all());
        assert_eq!(inactive.missing(&["a"]), None);
    }
}
