//! Mapping of assessment values to custom fields in Greenhouse.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Custom fields to fill from an assessment. Unmapped values are not written.
///
/// The fields must exist: the API cannot create them (documented). Custom fields on applications
/// exist only in Greenhouse's higher plans (reported by users); those on candidates exist in all
/// plans.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FieldMapping {
    /// Field for the overall score, 0 to 100.
    pub score: Option<FieldRef>,
    /// Field for the label of the overall recommendation, such as `Strong Yes`.
    pub recommendation: Option<FieldRef>,
    /// Field for the report link.
    pub report_link: Option<FieldRef>,
    /// Field for each trait, keyed by the trait's name. A number field receives the trait's score,
    /// and any other field its rating.
    pub traits: BTreeMap<String, FieldRef>,
}

impl FieldMapping {
    /// Mapped fields, each with the path of its settings member, such as `score` or
    /// `traits.Empathy`.
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

/// Reference to a custom field in Greenhouse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldRef {
    /// Owner of the field.
    #[serde(default)]
    pub on: FieldOwner,
    /// Key of the field in requests and responses (`name_key`).
    pub key: String,
}

impl FieldRef {
    /// Creates a reference to the owner's field with this `name_key`.
    pub fn new(on: FieldOwner, key: impl Into<String>) -> Self {
        let key = key.into();
        Self { on, key }
    }
}

/// Owner of a custom field.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldOwner {
    /// The application.
    #[default]
    Application,
    /// The candidate.
    Candidate,
}

impl FieldOwner {
    /// Value of `field_type` in `GET /v3/custom_fields` (documented).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Candidate => "candidate",
        }
    }
}
