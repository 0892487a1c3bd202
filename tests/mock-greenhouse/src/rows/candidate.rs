use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::rows::row::row;
use crate::time::as_millis;

/// A candidate. Its JSON is the Harvest row (official specification). `Debug` shows only the id.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Candidate {
    /// Id of the candidate.
    pub id: i64,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The preferred name.
    pub preferred_name: Option<String>,
    /// Company of the candidate.
    pub company: Option<String>,
    /// Title of the candidate.
    pub title: Option<String>,
    /// `true` for a private candidate. Request bodies and webhooks call this member `is_private`.
    pub private: bool,
    /// `true` if Greenhouse may e-mail the candidate.
    pub can_email: bool,
    /// The time zone.
    pub time_zone: Option<String>,
    /// Names of the candidate's tags.
    pub tags: Vec<String>,
    /// Ids of users linked to this candidate.
    pub linked_user_ids: Vec<i64>,
    /// E-mail addresses.
    pub email_addresses: Vec<Address>,
    /// Phone numbers.
    pub phone_numbers: Vec<Address>,
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// Websites.
    pub website_addresses: Vec<Address>,
    /// Social media addresses.
    pub social_media_addresses: Vec<SocialAddress>,
    /// Values of custom fields, by `name_key`.
    pub custom_fields: Map<String, Value>,
    /// Time of the last activity.
    #[serde(serialize_with = "as_millis")]
    pub last_activity_at: DateTime<Utc>,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(Candidate);

impl Candidate {
    /// Returns the first e-mail address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email_addresses
            .first()
            .map(|address| address.value.as_str())
    }
}

/// An e-mail address, phone number, postal address or website, with its type.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The address or number.
    pub value: String,
    /// Type of the address, for example `personal` or `mobile`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A social media address, which has no type.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SocialAddress {
    /// The address.
    pub value: String,
}

/// The members of a candidate in a create or update request. `None` keeps a member. Collections are
/// replaced as a whole (documented).
#[derive(Default)]
pub(crate) struct CandidateChanges {
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) preferred_name: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) private: Option<bool>,
    pub(crate) can_email: Option<bool>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) linked_user_ids: Option<Vec<i64>>,
    pub(crate) email_addresses: Option<Vec<Address>>,
    pub(crate) phone_numbers: Option<Vec<Address>>,
    pub(crate) addresses: Option<Vec<Address>>,
    pub(crate) website_addresses: Option<Vec<Address>>,
    pub(crate) social_media_addresses: Option<Vec<SocialAddress>>,
    /// All values of the row, not only the values in the body.
    pub(crate) custom_fields: Option<Map<String, Value>>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SocialAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SocialAddress(..)")
    }
}

impl Candidate {
    pub(crate) fn change(&mut self, changes: CandidateChanges, now: DateTime<Utc>) {
        set(&mut self.first_name, changes.first_name);
        set(&mut self.last_name, changes.last_name);
        set_or_clear(&mut self.preferred_name, changes.preferred_name);
        set_or_clear(&mut self.company, changes.company);
        set_or_clear(&mut self.title, changes.title);
        set(&mut self.time_zone, changes.time_zone.map(Some));
        set(&mut self.private, changes.private);
        set(&mut self.can_email, changes.can_email);
        set(&mut self.tags, changes.tags);
        set(&mut self.linked_user_ids, changes.linked_user_ids);
        set(&mut self.email_addresses, changes.email_addresses);
        set(&mut self.phone_numbers, changes.phone_numbers);
        set(&mut self.addresses, changes.addresses);
        set(&mut self.website_addresses, changes.website_addresses);
        set(
            &mut self.social_media_addresses,
            changes.social_media_addresses,
        );
        set(&mut self.custom_fields, changes.custom_fields);
        self.updated_at = now;
        self.last_activity_at = now;
    }
}

fn set<T>(member: &mut T, sent: Option<T>) {
    if let Some(sent) = sent {
        *member = sent;
    }
}

/// Sets a member. An empty string clears it (seen in one client).
fn set_or_clear(member: &mut Option<String>, sent: Option<String>) {
    if let Some(sent) = sent {
        *member = Some(sent).filter(|text| !text.is_empty());
    }
}
