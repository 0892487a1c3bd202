use std::fmt;

use greenhouse_core::{Secret, UserId};
use url::form_urlencoded;

/// Grant with which a token is requested.
#[derive(Clone)]
pub(super) enum Grant {
    /// Client credentials (observed live). Repeating the request is harmless, because several
    /// tokens are valid side by side.
    Own { acting_user: Option<UserId> },
    /// Code of a consent (reported by several clients). Valid once.
    Code { code: Secret, redirect_uri: String },
    /// Refresh token (reported by several clients). Valid once. The response contains the next
    /// refresh token.
    Refresh { token: Secret },
}

impl Grant {
    /// Value of `grant_type`, also used as the name in logs.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Own { .. } => "client_credentials",
            Self::Code { .. } => "authorization_code",
            Self::Refresh { .. } => "refresh_token",
        }
    }

    /// Returns the body of `POST /token`. The documentation shows the members of a partner's grants
    /// in the query. Clients send them as a form, which access logs do not record.
    pub(super) fn form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", self.name());
        match self {
            Self::Own { acting_user: None } => {}
            Self::Own {
                acting_user: Some(user),
            } => {
                form.append_pair("sub", &user.to_string());
            }
            Self::Code { code, redirect_uri } => {
                form.append_pair("code", code.expose());
                form.append_pair("redirect_uri", redirect_uri);
            }
            Self::Refresh { token } => {
                form.append_pair("refresh_token", token.expose());
            }
        }
        form.finish()
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_are_as_documented() {
        let user = Some(UserId::new(5_400_012_002));
        let redirect_uri = "https://partner.example/back?a=b".to_owned();
        for (grant, form) in [
            (
                Grant::Own { acting_user: None },
                "grant_type=client_credentials",
            ),
            (
                Grant::Own { acting_user: user },
                "grant_type=client_credentials&sub=5400012002",
            ),
            (
                Grant::Code {
                    code: "canary&1".into(),
                    redirect_uri,
                },
                "grant_type=authorization_code&code=canary%261&redirect_uri=https%3A%2F%2Fpartner.example%2Fback%3Fa%3Db",
            ),
            (
                Grant::Refresh {
                    token: "canary+1".into(),
                },
                "grant_type=refresh_token&refresh_token=canary%2B1",
            ),
        ] {
            assert_eq!(grant.form(), form);
            assert!(!format!("{grant:?}").contains("canary"));
        }
    }
}
