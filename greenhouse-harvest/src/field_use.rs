//! What a custom field is filled with, and which kinds of field can take it.

use crate::api::CustomFieldValueType;

/// What of an assessment goes into a custom field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldUse {
    /// The score of the whole.
    Score,
    /// The overall recommendation.
    Recommendation,
    /// Where the report opens.
    ReportLink,
    /// One trait.
    Trait,
}

impl FieldUse {
    /// Whether a field of this kind can take it.
    pub(crate) fn takes(self, kind: &CustomFieldValueType) -> bool {
        use CustomFieldValueType as Kind;
        match self {
            Self::Score => matches!(kind, Kind::Number | Kind::ShortText | Kind::LongText),
            Self::Recommendation => {
                matches!(kind, Kind::ShortText | Kind::LongText | Kind::SingleSelect)
            }
            Self::ReportLink => matches!(kind, Kind::Url | Kind::ShortText | Kind::LongText),
            Self::Trait => matches!(
                kind,
                Kind::Number | Kind::ShortText | Kind::LongText | Kind::SingleSelect
            ),
        }
    }

    /// Of the member of the mapping.
    pub(crate) fn of_member(member: &str) -> Self {
        match member {
            "score" => Self::Score,
            "recommendation" => Self::Recommendation,
            "report_link" => Self::ReportLink,
            _ => Self::Trait,
        }
    }
}
