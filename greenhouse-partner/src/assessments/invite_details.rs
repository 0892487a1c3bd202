//! Members of a `send_test` that the product receives in addition to the candidate's name and
//! email address.

use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    later,
    person::{self, EmailAddress},
    platform::{InviteDetails, ResumeLink},
};
use serde_json::{Map, Value};
use url::Url;

use super::text;

/// Splits the stored members of a request into typed details and other members. A member with an
/// unexpected value stays in `other`.
pub(super) fn details_of(
    stored: &Map<String, Value>,
    requested_at: DateTime<Utc>,
) -> InviteDetails {
    let mut other = stored.clone();
    let mut details = InviteDetails::default();
    details.sender = take(&mut other, "sent_by", address);
    if let Some(Value::Object(person)) = other.get_mut(CANDIDATE) {
        details.preferred_name = take(person, "preferred_name", visible_name);
        details.phone_number = take(person, "phone_number", text);
        details.profile_url = take(person, "greenhouse_profile_url", web_url);
        let resume = take(person, "resume_url", web_url);
        details.resume = resume.map(|url| ResumeLink::new(url, later(requested_at, RESUME_VALID)));
        if person.is_empty() {
            other.remove(CANDIDATE);
        }
    }
    details.other = other;
    details
}

/// Removes a member and returns its value. Keeps the member and returns `None` if `read` does.
fn take<T>(
    members: &mut Map<String, Value>,
    name: &str,
    read: impl FnOnce(Option<&Value>) -> Option<T>,
) -> Option<T> {
    let value = read(members.get(name))?;
    members.remove(name);
    Some(value)
}

/// Reads a name in one line without hidden characters.
fn visible_name(value: Option<&Value>) -> Option<String> {
    let name = person::name(&text(value)?);
    (!name.is_empty()).then_some(name)
}

/// Reads an email address in its normalized form.
fn address(value: Option<&Value>) -> Option<String> {
    let address = EmailAddress::parse(&text(value)?).ok()?;
    Some(address.as_str().to_owned())
}

fn web_url(value: Option<&Value>) -> Option<Url> {
    let url = Url::parse(&text(value)?).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

const CANDIDATE: &str = "candidate";

/// Validity of the résumé link after the request (documented).
const RESUME_VALID: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn details(stored: Value) -> InviteDetails {
        details_of(stored.as_object().unwrap(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn reads_every_documented_member() {
        let read = details(json!({
            "sent_by": "lee@example.org\u{200b}",
            "application": { "id": 7 },
            "candidate": {
                "preferred_name": " Coun\u{200b}tess ", "phone_number": 441_234,
                "resume_url": "https://files.example/cv?x=1",
                "greenhouse_profile_url": "https://app.greenhouse.io/people/1?application_id=2",
                "pronouns": "she",
            },
        }));
        assert_eq!(read.sender.as_deref(), Some("lee@example.org"));
        assert_eq!(read.preferred_name.as_deref(), Some("Countess"));
        assert_eq!(read.phone_number.as_deref(), Some("441234"));
        let resume = read.resume.clone().unwrap();
        assert_eq!(resume.url.as_str(), "https://files.example/cv?x=1");
        assert_eq!(resume.expires_at.to_rfc3339(), "1970-01-08T00:00:00+00:00");
        let profile = read.profile_url.clone().unwrap();
        assert_eq!(profile.path(), "/people/1");
        let other = json!({ "application": { "id": 7 }, "candidate": { "pronouns": "she" } });
        assert_eq!(Value::Object(read.other.clone()), other);
        let debug = format!("{read:?} {resume:?}");
        assert!(
            !debug.contains("lee") && !debug.contains("files.example"),
            "{debug}"
        );
    }

    #[test]
    fn members_of_another_form_stay_among_the_others() {
        for odd in [
            json!({ "candidate": { "resume_url": "cv.pdf" } }),
            json!({ "candidate": { "resume_url": "javascript:alert(1)" } }),
            json!({ "candidate": { "greenhouse_profile_url": [1] } }),
            json!({ "candidate": { "phone_number": { "value": "1" } } }),
            json!({ "candidate": { "preferred_name": "  " } }),
            json!({ "candidate": { "preferred_name": "\u{200b}" } }),
            json!({ "sent_by": "lee%40example.org" }),
            json!({ "candidate": "Ada" }),
            json!({ "sent_by": { "email": "lee@example.org" } }),
        ] {
            let read = details(odd.clone());
            assert_eq!(Value::Object(read.other.clone()), odd);
            let mut expected = InviteDetails::default();
            expected.other = read.other.clone();
            assert_eq!(read, expected, "{odd}");
        }
        assert_eq!(details(json!({})), InviteDetails::default());
    }
}
