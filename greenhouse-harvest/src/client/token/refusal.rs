use greenhouse_core::UserId;
use http::StatusCode;

use super::grant::Grant;
use crate::AuthProblem;

/// What the token host was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// A token of client credentials, in the name of this user.
    Own(Option<UserId>),
    /// The first token of a consent.
    Code,
    /// The next token of a partner's app.
    Refresh,
    /// Who a token is.
    Introspection,
}

impl From<&Grant> for Asked {
    fn from(grant: &Grant) -> Self {
        match grant {
            Grant::Own { acting_user } => Self::Own(*acting_user),
            Grant::Code { .. } => Self::Code,
            Grant::Refresh { .. } => Self::Refresh,
        }
    }
}

/// What a refusal of the token host means. Its texts repeat the client id and what was sent, so nothing of them is kept.
///
/// The shapes are observed live, but for `unauthorized_client` and `invalid_grant`, which are OAuth's own words. How a
/// dead code and a dead refresh token are answered is not known beyond the status (400 or 401), nor how an acting user is refused whom
/// the organisation does not have: whatever is not one of the known shapes is taken for that.
pub(super) fn refusal(asked: Asked, status: StatusCode, body: &[u8]) -> AuthProblem {
    let text = String::from_utf8_lossy(body);
    let refused = AuthProblem::TokenRefused {
        status: status.as_u16(),
    };
    let unclear = status == StatusCode::BAD_REQUEST || status == StatusCode::UNAUTHORIZED;
    if unclear {
        for (words, problem) in KNOWN {
            if text.contains(words) {
                return problem;
            }
        }
    }
    match asked {
        Asked::Code if unclear => AuthProblem::CodeRefused,
        Asked::Refresh if unclear => AuthProblem::Reconnect,
        // Which of the words is missing where a body is cut or empty, only the status tells.
        _ if status == StatusCode::UNAUTHORIZED && text.contains("errorId") => {
            AuthProblem::NoCredential
        }
        _ if status == StatusCode::UNAUTHORIZED => AuthProblem::Credential,
        Asked::Own(Some(_)) if ABOUT_THE_USER.contains(&status) => AuthProblem::ActingUser,
        _ => refused,
    }
}

/// Words that stand in one kind of refusal only.
const KNOWN: [(&str, AuthProblem); 5] = [
    ("invalid_client", AuthProblem::Credential),
    ("valid client ID suffix", AuthProblem::ClientId),
    ("Must include `grant_type`", AuthProblem::GrantType),
    ("is invalid, please use one of", AuthProblem::GrantType),
    ("unauthorized_client", AuthProblem::WrongGrant),
];

const ABOUT_THE_USER: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::NOT_FOUND,
    StatusCode::UNPROCESSABLE_ENTITY,
];

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Asked = Asked::Own(None);
    const USER: Asked = Asked::Own(Some(UserId::new(7)));
    const CLIENT: &str = r#"{"error":"invalid_client"}"#;
    const NOBODY: &str = r#"{"message":"Unauthorized","errorId":"err-1f"}"#;
    const SUFFIX: &str = r#"{"message":"client_id=canary does not contain a valid client ID suffix","errorId":"err-1f"}"#;
    const MISSING: &str = r#"{"message":"Must include `grant_type` parameter in /token request"}"#;
    const UNKNOWN: &str = r#"{"message":"grant_type=x is invalid, please use one of: authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:token-exchange"}"#;
    const WRONG: &str = r#"{"error":"unauthorized_client"}"#;
    const DEAD: &str = r#"{"error":"invalid_grant"}"#;
    const REQUEST: &str = r#"{"error":"invalid_request"}"#;

    #[test]
    fn every_refusal_is_told_apart() {
        use AuthProblem as P;
        let refused = |status| P::TokenRefused { status };
        for (asked, status, body, problem) in [
            (OWN, 401, CLIENT, P::Credential),
            (USER, 401, CLIENT, P::Credential),
            (Asked::Code, 401, CLIENT, P::Credential),
            (Asked::Refresh, 401, CLIENT, P::Credential),
            (Asked::Introspection, 401, CLIENT, P::Credential),
            (OWN, 401, NOBODY, P::NoCredential),
            (OWN, 401, "", P::Credential),
            (OWN, 400, SUFFIX, P::ClientId),
            (USER, 400, SUFFIX, P::ClientId),
            (Asked::Refresh, 400, SUFFIX, P::ClientId),
            (OWN, 400, MISSING, P::GrantType),
            (Asked::Code, 400, UNKNOWN, P::GrantType),
            (OWN, 400, WRONG, P::WrongGrant),
            (Asked::Refresh, 400, WRONG, P::WrongGrant),
            (Asked::Code, 400, DEAD, P::CodeRefused),
            (Asked::Code, 401, NOBODY, P::CodeRefused),
            (Asked::Code, 400, "", P::CodeRefused),
            (Asked::Refresh, 400, DEAD, P::Reconnect),
            (Asked::Refresh, 401, NOBODY, P::Reconnect),
            (Asked::Refresh, 401, "<html>", P::Reconnect),
            (Asked::Refresh, 403, DEAD, refused(403)),
            (USER, 400, REQUEST, P::ActingUser),
            (USER, 404, "", P::ActingUser),
            (USER, 403, "", refused(403)),
            (OWN, 400, REQUEST, refused(400)),
            (OWN, 404, "", refused(404)),
            (Asked::Introspection, 400, REQUEST, refused(400)),
            (OWN, 302, "", refused(302)),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(
                refusal(asked, status, body.as_bytes()),
                problem,
                "{asked:?} {status} {body}"
            );
        }
    }

    /// A cut leaves the right kind or, where its words are gone, the kind that the status tells; it never panics.
    #[test]
    fn every_truncation_is_told_by_its_status() {
        for (status, body) in [
            (401, CLIENT),
            (401, NOBODY),
            (400, SUFFIX),
            (400, MISSING),
            (400, UNKNOWN),
            (400, WRONG),
            (400, DEAD),
            (400, REQUEST),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            for asked in [OWN, USER, Asked::Code, Asked::Refresh, Asked::Introspection] {
                let whole = refusal(asked, status, body.as_bytes());
                let nothing = refusal(asked, status, b"");
                for end in 0..body.len() {
                    let cut = refusal(asked, status, &body.as_bytes()[..end]);
                    assert!(cut == whole || cut == nothing, "{asked:?} {end} of {body}");
                    assert!(!cut.remedy().is_empty());
                    assert!(!format!("{cut} {cut:?}").contains("canary"));
                }
            }
        }
    }
}
