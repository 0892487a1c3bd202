use std::fmt;

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::KeyDigest;

/// Stored record of a partner key, without the key.
///
/// Serialized as a digest string if no other details are known, and otherwise as an object. Both
/// forms can be deserialized.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartnerKeyRecord {
    /// Digest of the key, used to find the record.
    pub digest: KeyDigest,
    /// First characters of the key, so that an operator can recognize it. `None` if unknown.
    pub prefix: Option<String>,
    /// Time at which this crate minted the key. `None` if the key was minted elsewhere.
    pub created_at: Option<DateTime<Utc>>,
    /// Time from which the key is rejected. `None` if the key does not expire.
    pub expires_at: Option<DateTime<Utc>>,
}

impl PartnerKeyRecord {
    /// Creates a record with no other details. The key is valid until removed.
    pub fn new(digest: KeyDigest) -> Self {
        Self {
            digest,
            prefix: None,
            created_at: None,
            expires_at: None,
        }
    }

    /// Id of the key as shown to operators: the first twelve hex digits of the digest.
    pub fn id(&self) -> String {
        self.digest.hex().chars().take(12).collect()
    }

    /// Returns `true` if the key is accepted at `now`.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

impl From<KeyDigest> for PartnerKeyRecord {
    fn from(digest: KeyDigest) -> Self {
        Self::new(digest)
    }
}

impl Serialize for PartnerKeyRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            digest,
            prefix,
            created_at,
            expires_at,
        } = self.clone();
        if self == &Self::new(digest) {
            return digest.serialize(serializer);
        }
        let form = KeyForm {
            digest,
            prefix,
            created_at,
            expires_at,
        };
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PartnerKeyRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EitherForm)
    }
}

/// Visitor that accepts a digest string or an object. Errors do not repeat the input, because it
/// may be a key in the wrong place.
struct EitherForm;

impl<'de> Visitor<'de> for EitherForm {
    type Value = PartnerKeyRecord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a partner key's digest, or an object that contains it")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<PartnerKeyRecord, E> {
        let digest: KeyDigest = text.parse().map_err(E::custom)?;
        Ok(digest.into())
    }

    fn visit_map<M: MapAccess<'de>>(self, members: M) -> Result<PartnerKeyRecord, M::Error> {
        let form = KeyForm::deserialize(MapAccessDeserializer::new(members))?;
        Ok(PartnerKeyRecord {
            digest: form.digest,
            prefix: form.prefix,
            created_at: form.created_at,
            expires_at: form.expires_at,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyForm {
    digest: KeyDigest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn both_forms_round_trip() {
        let digest = KeyDigest::of("key");
        let mut whole = PartnerKeyRecord::new(digest);
        whole.prefix = Some("gpk_abc".to_owned());
        whole.created_at = Some(at(1));
        whole.expires_at = Some(at(2));
        for (form, record) in [
            (json!(digest.to_string()), PartnerKeyRecord::new(digest)),
            (
                json!({
                    "digest": digest.to_string(),
                    "prefix": "gpk_abc",
                    "created_at": "1970-01-01T00:00:01Z",
                    "expires_at": "1970-01-01T00:00:02Z",
                }),
                whole,
            ),
        ] {
            let read: PartnerKeyRecord = serde_json::from_value(form.clone()).unwrap();
            assert_eq!(read, record);
            assert_eq!(serde_json::to_value(&read).unwrap(), form);
        }
        let bare = json!({ "digest": digest.to_string() });
        let read: PartnerKeyRecord = serde_json::from_value(bare).unwrap();
        assert_eq!(read, PartnerKeyRecord::new(digest));
    }

    #[test]
    fn an_invalid_form_is_rejected_and_not_repeated() {
        for form in [
            json!("gpk_canary"),
            json!({ "digest": "gpk_canary" }),
            json!({ "prefix": "gpk_" }),
            json!({ "digest": KeyDigest::of("key").to_string(), "canary": 1 }),
            json!(5),
            Value::Null,
        ] {
            let error = serde_json::from_value::<PartnerKeyRecord>(form.clone()).unwrap_err();
            assert!(!error.to_string().contains("gpk_canary"), "{error}");
        }
    }

    #[test]
    fn a_key_expires_at_its_time() {
        let mut key = PartnerKeyRecord::new(KeyDigest::of("key"));
        assert_eq!(key.id(), "2c70e12b7a06");
        assert!(key.is_valid(at(9)));
        key.expires_at = Some(at(2));
        for (now, valid) in [(1, true), (2, false), (3, false)] {
            assert_eq!(key.is_valid(at(now)), valid, "{now}");
        }
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }
}
