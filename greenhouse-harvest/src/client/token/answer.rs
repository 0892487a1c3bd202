use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{Secret, later, store::StoredToken};
use http::HeaderValue;
use serde::Deserialize;
use serde_json::Value;

use super::super::decode::decode;

/// Parses the response to `POST /token`, received at `now` on the server's clock. The error is the
/// path of the value that differs from the documented shape.
///
/// `access_token` and `expires_at` are observed live. `expires_in` is documented, but was not in
/// the recorded response. `refresh_token` is returned for a partner's grants (reported by several
/// clients). A time that cannot be parsed counts as absent.
pub(super) fn read(body: &[u8], now: DateTime<Utc>) -> Result<StoredToken, String> {
    let form: Form = decode(body)?;
    let sendable = HeaderValue::try_from(form.access_token.expose()).is_ok();
    if form.access_token.is_empty() || !sendable {
        return Err("access_token".to_owned());
    }
    let end = later(now, form.lifetime(now));
    let token = StoredToken::new(form.access_token, end, now);
    Ok(match form.refresh_token {
        Some(refresh) if !refresh.is_empty() => token.with_refresh(refresh),
        _ => token,
    })
}

#[derive(Deserialize)]
struct Form {
    access_token: Secret,
    #[serde(default)]
    expires_at: Value,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    refresh_token: Option<Secret>,
}

impl Form {
    fn lifetime(&self, now: DateTime<Utc>) -> Duration {
        let told = self.until_the_end(now).or_else(|| self.seconds());
        told.unwrap_or(UNKNOWN_LIFETIME)
            .clamp(SHORTEST_LIFETIME, LONGEST_LIFETIME)
    }

    fn until_the_end(&self, now: DateTime<Utc>) -> Option<Duration> {
        let end = DateTime::parse_from_rfc3339(self.expires_at.as_str()?).ok()?;
        let left = end.with_timezone(&Utc).signed_duration_since(now);
        left.max(TimeDelta::zero()).to_std().ok()
    }

    fn seconds(&self) -> Option<Duration> {
        let seconds = match &self.expires_in {
            Value::String(text) => text.trim().parse().ok()?,
            number => number.as_u64()?,
        };
        Some(Duration::from_secs(seconds))
    }
}

const UNKNOWN_LIFETIME: Duration = Duration::from_secs(300);
/// Shortest lifetime that is assumed. A token that seems expired may be valid if the clocks differ,
/// so it is tried anyway.
const SHORTEST_LIFETIME: Duration = Duration::from_secs(30);
const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 3600);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn expires_at_takes_precedence_over_expires_in() {
        let now: DateTime<Utc> = "2026-05-11T13:54:09Z".parse().unwrap();
        let at = "2026-05-11T14:54:09Z";
        for (end, seconds) in [
            (json!({ "expires_at": at }), 3600),
            (json!({ "expires_in": 1800 }), 1800),
            (json!({ "expires_in": "1800" }), 1800),
            (json!({ "expires_at": at, "expires_in": 5 }), 3600),
            (
                json!({ "expires_at": "2026-05-11T14:54:09.250+00:00" }),
                3600,
            ),
            (json!({ "expires_at": "soon", "expires_in": 1800 }), 1800),
            (json!({ "expires_at": 7, "expires_in": -1 }), 300),
            (json!({ "expires_at": null }), 300),
            (json!({}), 300),
            (json!({ "expires_at": "2026-05-11T13:00:00Z" }), 30),
            (json!({ "expires_in": u64::MAX }), 86_400),
        ] {
            let mut body = json!({ "token_type": "Bearer", "access_token": "a.b.c" });
            body.as_object_mut()
                .unwrap()
                .extend(end.as_object().unwrap().clone());
            let token = read(body.to_string().as_bytes(), now).unwrap();
            let life = token.expires_at - now;
            assert_eq!(life.num_seconds(), seconds, "{end}");
            assert_eq!((token.obtained_at, token.refresh), (now, None));
        }
    }

    #[test]
    fn an_invalid_token_is_reported_by_its_path() {
        let whole = r#"{"access_token":"canary","refresh_token":"canary"}"#;
        let now = DateTime::UNIX_EPOCH;
        assert!(read(whole.as_bytes(), now).unwrap().refresh.is_some());
        for end in 0..whole.len() {
            assert!(read(&whole.as_bytes()[..end], now).is_err());
        }
        for (body, place) in [
            (r#"{"access_token":""}"#, "access_token"),
            (r#"{"access_token":"canary\n"}"#, "access_token"),
            (r#"{"access_token":["canary"]}"#, "access_token"),
            (r#"{"canary":1}"#, "."),
            (r#"{"access_token":"canary"} canary"#, "the end"),
        ] {
            assert_eq!(read(body.as_bytes(), now).unwrap_err(), place, "{body}");
        }
    }
}
