use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{ApplicationId, CandidateId, InvitationId, ScenarioId, StageId, person::identity};

/// Key of a request for a test. For a `send_test`, a digest of its whole callback address, or else
/// of the test and the e-mail address. For the test of a stage, the application and the stage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestKey(String);

impl RequestKey {
    /// Wraps the text unchanged. The text must not contain personal data.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// Computes the digest of a callback address: scheme, host, port, path and query, normalised.
    ///
    /// The letter case of the host, a default port, dot segments and the spelling of percent
    /// escapes make no difference. The fragment, which is never sent, is left out.
    pub fn of_callback(callback: &Url) -> Self {
        Self([OF_CALLBACK, &digest_of(&[&normalised(callback)])].concat())
    }

    /// Computes the digest of a callback address, a test and a candidate, for a request that
    /// repeats the address for another candidate or test.
    ///
    /// The candidate is identified by id and e-mail address. Like [`of_person`](Self::of_person),
    /// the digest is erased with the address.
    pub fn of_repeated_callback(
        callback: &Url,
        scenario: &ScenarioId,
        candidate: Option<CandidateId>,
        email: &str,
    ) -> Self {
        let candidate = candidate.map_or_else(String::new, |id| id.value().to_string());
        let parts = [
            &normalised(callback),
            scenario.as_str(),
            &candidate,
            &identity(email),
        ];
        Self([OF_PERSON, &digest_of(&parts)].concat())
    }

    /// Computes the key that earlier versions stored for a callback address: the last segment of
    /// its path, or a digest of that segment if it is long. `None` if the path is empty.
    pub fn of_last_segment(callback: &Url) -> Option<Self> {
        let mut segments = callback.path_segments()?;
        let segment = segments.rfind(|segment| !segment.is_empty())?;
        Some(Self(if segment.len() <= MAX_SEGMENT {
            format!("url:{segment}")
        } else {
            format!("url-digest:{}", hex::encode(Sha256::digest(segment)))
        }))
    }

    /// Computes the digest of the test and the e-mail address, for a request without a `url`. All
    /// spellings of an address have the same digest. Anyone who knows the test and the address can
    /// compute the digest, so it is erased with the address.
    pub fn of_person(scenario: &ScenarioId, email: &str) -> Self {
        let parts = [scenario.as_str(), &identity(email)];
        Self([OF_PERSON, &digest_of(&parts)].concat())
    }

    /// Key of the [test of a stage](crate::stage_test). An application receives it at most once.
    pub fn of_stage(application: ApplicationId, stage: StageId) -> Self {
        Self(format!("stage:{application}:{stage}"))
    }

    /// Key that replaces an erased key.
    pub(super) fn erased(invitation: &InvitationId) -> Self {
        Self(format!("erased:{invitation}"))
    }

    /// Returns `true` if the key was derived from an e-mail address.
    pub(super) fn contains_email(&self) -> bool {
        self.0.starts_with(OF_PERSON)
    }

    /// The text of the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digest_of(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        digest.update([0]);
    }
    hex::encode(digest.finalize())
}

/// Returns an address without its fragment, with one spelling for each percent escape. The parser
/// has already normalised the rest.
fn normalised(address: &Url) -> String {
    let mut address = address.clone();
    address.set_fragment(None);
    let mut text = String::with_capacity(address.as_str().len());
    let mut rest = address.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        let byte = after
            .get(..2)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let Some(byte) = byte else {
            text.push('%');
            rest = after;
            continue;
        };
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        rest = after.get(2..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

const OF_CALLBACK: &str = "callback:";
const OF_PERSON: &str = "person:";
const MAX_SEGMENT: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> RequestKey {
        RequestKey::of_callback(&address.parse().unwrap())
    }

    const ADDRESS: &str = "https://app.greenhouse.io/a/take_home_tests/777?x=1&y=2";

    #[test]
    fn one_address_has_one_key() {
        for same in [
            "https://app.greenhouse.io:443/a/take_home_tests/777?x=1&y=2",
            "HTTPS://APP.GreenHouse.IO/a/take_home_tests/777?x=1&y=2",
            "https://app.greenhouse.io/a/b/../take_home_tests/./777?x=1&y=2",
            "https://app.greenhouse.io/a/%74ake%5fhome_tests/777?x=1&y=2",
            "https://app.greenhouse.io/a/take_home_tests/777?x=%31&y=2#part",
        ] {
            assert_eq!(key(same), key(ADDRESS), "{same}");
        }
        let (upper, lower) = (
            "https://app.greenhouse.io/a%2Fb",
            "https://app.greenhouse.io/a%2fb",
        );
        assert_eq!(key(upper), key(lower));
    }

    #[test]
    fn each_part_of_the_address_makes_another_key() {
        for other in [
            "http://app.greenhouse.io/a/take_home_tests/777?x=1&y=2",
            "https://app2.greenhouse.io/a/take_home_tests/777?x=1&y=2",
            "https://app.greenhouse.io:8443/a/take_home_tests/777?x=1&y=2",
            "https://app.greenhouse.io/b/take_home_tests/777?x=1&y=2",
            "https://app.greenhouse.io/A/take_home_tests/777?x=1&y=2",
            "https://app.greenhouse.io/a/take_home_tests/778?x=1&y=2",
            "https://app.greenhouse.io/a%2Ftake_home_tests/777?x=1&y=2",
            "https://app.greenhouse.io/a/take_home_tests/777/?x=1&y=2",
            "https://app.greenhouse.io/a/take_home_tests/777?x=2&y=2",
            "https://app.greenhouse.io/a/take_home_tests/777?y=2&x=1",
            "https://app.greenhouse.io/a/take_home_tests/777",
        ] {
            assert_ne!(key(other), key(ADDRESS), "{other}");
        }
        let percent = "https://app.greenhouse.io/a%zz%\u{e9}%";
        assert_ne!(key(percent), key("https://app.greenhouse.io/a%zz%\u{e9}"));
    }

    #[test]
    fn a_repeated_address_has_a_key_for_each_candidate_and_test() {
        let address: Url = ADDRESS.parse().unwrap();
        let repeated = |test: &str, candidate: Option<i64>, email: &str| {
            let (test, candidate) = (ScenarioId::new(test), candidate.map(CandidateId::new));
            RequestKey::of_repeated_callback(&address, &test, candidate, email)
        };
        let own = repeated("1", Some(7), "ada@example.org");
        assert_eq!(own, repeated("1", Some(7), "ADA@example.org"));
        for other in [
            repeated("2", Some(7), "ada@example.org"),
            repeated("1", Some(8), "ada@example.org"),
            repeated("1", None, "ada@example.org"),
            repeated("1", Some(7), "zed@example.org"),
            RequestKey::of_callback(&address),
        ] {
            assert_ne!(own, other);
        }
        assert!(own.contains_email() && !own.as_str().contains("ada"));
    }

    #[test]
    fn earlier_keys_are_reproduced() {
        let of = |address: &str| RequestKey::of_last_segment(&address.parse().unwrap());
        for (address, key) in [
            (ADDRESS, Some("url:777")),
            ("https://app.greenhouse.io/y/777/?q=1", Some("url:777")),
            ("https://app.greenhouse.io/", None),
        ] {
            assert_eq!(of(address), key.map(RequestKey::new), "{address}");
        }
        let long = of(&format!("https://app.greenhouse.io/{}", "y".repeat(500)));
        let long = long.unwrap();
        assert!(long.as_str().starts_with("url-digest:") && long.as_str().len() < 100);
    }
}
