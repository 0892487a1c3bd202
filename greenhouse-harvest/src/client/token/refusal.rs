use greenhouse_core::UserId;
use http::StatusCode;

use super::grant::Grant;
use crate::AuthProblem;

/// Request to the token host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestKind {
    /// Client credentials token for this acting user.
    Own(Option<UserId>),
    /// First token for a consent.
    Code,
    /// Next token for a partner's app.
    Refresh,
    /// Identity of a token.
    Introspection,
}

impl From<&Grant> for RequestKind {
    fn from(grant: &Grant) -> Self {
        match grant {
            Grant::Own { acting_user } => Self::Own(*acting_user),
            Grant::Code { .. } => Self::Code,
            Grant::Refresh { .. } => Self::Refresh,
        }
    }
}

/// Interprets a refusal by the token host. The texts in a refusal repeat the client id and other
/// sent values, so no text is kept.
///
/// The shapes are observed live, except `unauthorized_client`, `invalid_grant` and `invalid_scope`,
/// which OAuth defines. For an expired code, an expired refresh token and an unknown acting user,
/// only the status is known (400 or 401 for the first two). A refusal of unknown shape is
/// classified by its status and the kind of request.
pub(super) fn refusal(kind: RequestKind, status: StatusCode, body: &[u8]) -> AuthProblem {
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
    match kind {
        RequestKind::Code if unclear => AuthProblem::CodeRefused,
        RequestKind::Refresh if unclear => AuthProblem::Reconnect,
        // If the body is truncated or empty, only the status distinguishes the refusals.
        _ if status == StatusCode::UNAUTHORIZED && text.contains("errorId") => {
            AuthProblem::NoCredential
        }
        _ if status == StatusCode::UNAUTHORIZED => AuthProblem::Credential,
        RequestKind::Own(Some(_)) if ABOUT_THE_USER.contains(&status) => AuthProblem::ActingUser,
        _ => refused,
    }
}

/// Words that occur in only one kind of refusal.
const KNOWN: [(&str, AuthProblem); 6] = [
    ("invalid_client", AuthProblem::Credential),
    ("valid client ID suffix", AuthProblem::ClientId),
    ("Must include `grant_type`", AuthProblem::GrantType),
    ("is invalid, please use one of", AuthProblem::GrantType),
    ("unauthorized_client", AuthProblem::WrongGrant),
    ("invalid_scope", AuthProblem::NoScopes),
];

const ABOUT_THE_USER: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::NOT_FOUND,
    StatusCode::UNPROCESSABLE_ENTITY,
];

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: RequestKind = RequestKind::Own(None);
    const USER: RequestKind = RequestKind::Own(Some(UserId::new(7)));
    const CLIENT: &str = r#"{"error":"invalid_client"}"#;
    const UNAUTHORIZED: &str = r#"{"message":"Unauthorized","errorId":"err-1f"}"#;
    const SUFFIX: &str = r#"{"message":"client_id=canary does not contain a valid client ID suffix","errorId":"err-1f"}"#;
    const MISSING: &str = r#"{"message":"Must include `grant_type` parameter in /token request"}"#;
    const UNKNOWN: &str = r#"{"message":"grant_type=x is invalid, please use one of: authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:token-exchange"}"#;
    const WRONG: &str = r#"{"error":"unauthorized_client"}"#;
    const DEAD: &str = r#"{"error":"invalid_grant"}"#;
    const SCOPE: &str = r#"{"error":"invalid_scope"}"#;
    const REQUEST: &str = r#"{"error":"invalid_request"}"#;

    #[test]
    fn every_refusal_is_distinguished() {
        use AuthProblem as P;
        let refused = |status| P::TokenRefused { status };
        for (kind, status, body, problem) in [
            (OWN, 401, CLIENT, P::Credential),
            (USER, 401, CLIENT, P::Credential),
            (RequestKind::Code, 401, CLIENT, P::Credential),
            (RequestKind::Refresh, 401, CLIENT, P::Credential),
            (RequestKind::Introspection, 401, CLIENT, P::Credential),
            (OWN, 401, UNAUTHORIZED, P::NoCredential),
            (OWN, 401, "", P::Credential),
            (OWN, 400, SUFFIX, P::ClientId),
            (USER, 400, SUFFIX, P::ClientId),
            (RequestKind::Refresh, 400, SUFFIX, P::ClientId),
            (OWN, 400, MISSING, P::GrantType),
            (RequestKind::Code, 400, UNKNOWN, P::GrantType),
            (OWN, 400, WRONG, P::WrongGrant),
            (RequestKind::Refresh, 400, WRONG, P::WrongGrant),
            (RequestKind::Code, 400, DEAD, P::CodeRefused),
            (RequestKind::Code, 401, UNAUTHORIZED, P::CodeRefused),
            (RequestKind::Code, 400, "", P::CodeRefused),
            (RequestKind::Refresh, 400, DEAD, P::Reconnect),
            (RequestKind::Refresh, 401, UNAUTHORIZED, P::Reconnect),
            (RequestKind::Refresh, 401, "<html>", P::Reconnect),
            (RequestKind::Refresh, 403, DEAD, refused(403)),
            (USER, 400, REQUEST, P::ActingUser),
            (USER, 404, "", P::ActingUser),
            (USER, 403, "", refused(403)),
            (OWN, 400, SCOPE, P::NoScopes),
            (USER, 400, SCOPE, P::NoScopes),
            (OWN, 400, REQUEST, refused(400)),
            (OWN, 404, "", refused(404)),
            (RequestKind::Introspection, 400, REQUEST, refused(400)),
            (OWN, 302, "", refused(302)),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(
                refusal(kind, status, body.as_bytes()),
                problem,
                "{kind:?} {status} {body}"
            );
        }
    }

    /// A truncated body results in the right kind or, if its words are missing, in the kind of the
    /// status. It never panics.
    #[test]
    fn truncated_bodies_are_classified_by_their_status() {
        for (status, body) in [
            (401, CLIENT),
            (401, UNAUTHORIZED),
            (400, SUFFIX),
            (400, MISSING),
            (400, UNKNOWN),
            (400, WRONG),
            (400, DEAD),
            (400, REQUEST),
            (400, SCOPE),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            for kind in [
                OWN,
                USER,
                RequestKind::Code,
                RequestKind::Refresh,
                RequestKind::Introspection,
            ] {
                let whole = refusal(kind, status, body.as_bytes());
                let nothing = refusal(kind, status, b"");
                for end in 0..body.len() {
                    let cut = refusal(kind, status, &body.as_bytes()[..end]);
                    assert!(cut == whole || cut == nothing, "{kind:?} {end} of {body}");
                    assert!(!cut.remedy().is_empty());
                    assert!(!format!("{cut} {cut:?}").contains("canary"));
                }
            }
        }
    }
}
