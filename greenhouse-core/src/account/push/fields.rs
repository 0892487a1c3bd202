//! Which custom fields of Greenhouse an assessment fills in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which custom fields get what of an assessment. What is not mapped is written into no field.
///
/// The fields must exist: none can be made through the API (documented). Custom fields of applications exist only in the
/// higher plans of Greenhouse (reported by users); those of candidates exist in all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FieldMapping {
    /// Gets the score of the whole, from 0 to 100.
    pub score: Option<FieldRef>,
    /// Gets the overall recommendation, as a recruiter reads it: `Strong Yes`.
    pub recommendation: Option<FieldRef>,
    /// Gets the address at which the report opens.
    pub report_link: Option<FieldRef>,
    /// Get a trait each, by the trait's name: its score in a number field, else its rating.
    pub traits: BTreeMap<String, FieldRef>,
}

impl FieldMapping {
    /// Every field that is mapped, with the member of the settings that names it.
    pub fn all(&self) -> impl Iterator<Item = (String, &FieldRef)> {
        let single = [
            ("score", &self.score),
            ("recommendation", &self.recommendation),
            ("report_link", &self.report_link),
        ];
        let single = single
            .into_iter()
            .filter_map(|(member, field)| Some((member.to_owned(), field.as_ref()?)));
        let traits = self.traits.iter();
        single.chain(traits.map(|(name, field)| (format!("traits.{name}"), field)))
    }
}

/// One custom field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRef {
    /// What has the field.
    #[serde(default)]
    pub on: FieldOwner,
    /// By what bodies and rows call it (`name_key`).
    pub key: String,
}

impl FieldRef {
    /// The field of this owner under this `name_key`.
    pub fn new(on: FieldOwner, key: impl Into<String>) -> Self {
        let key = key.into();
        Self { on, key }
    }
}

/// What has a custom field.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FieldOwner {
    /// The application.
    #[default]
    Application,
    /// The candidate.
    Candidate,
}

impl FieldOwner {
    /// The word of `field_type` in `GET /v3/custom_fields` (documented).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Candidate => "candidate",
        }
    }
}
