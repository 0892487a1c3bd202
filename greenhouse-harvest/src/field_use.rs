//! Values that can be written to custom fields, and the field types that can hold them.

use greenhouse_core::{scorecard::Recommendation, settings::FieldOwner};

use crate::api::{CustomFieldType, CustomFieldValueType};

/// Value from an assessment that is written to a custom field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldUse {
    /// Overall score.
    Score,
    /// Overall recommendation.
    Recommendation,
    /// URL of the report.
    ReportLink,
    /// Score of one trait.
    Trait,
}

impl FieldUse {
    pub(crate) const ALL: [Self; 4] = [
        Self::Score,
        Self::Recommendation,
        Self::ReportLink,
        Self::Trait,
    ];

    /// Returns `true` if a field of this type can hold the value.
    pub(crate) fn accepts(self, kind: &CustomFieldValueType) -> bool {
        self.kinds().contains(kind)
    }

    /// Field types that can hold the value.
    pub(crate) fn kinds(self) -> &'static [CustomFieldValueType] {
        match self {
            Self::Score => SCORE,
            Self::Recommendation => RECOMMENDATION,
            Self::ReportLink => REPORT_LINK,
            Self::Trait => TRAIT,
        }
    }

    /// Stable identifier in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Recommendation => "recommendation",
            Self::ReportLink => "report_link",
            Self::Trait => "trait",
        }
    }

    /// Returns the use for a member of the field mapping.
    pub(crate) fn of_member(member: &str) -> Self {
        match member {
            "score" => Self::Score,
            "recommendation" => Self::Recommendation,
            "report_link" => Self::ReportLink,
            _ => Self::Trait,
        }
    }
}

/// Returns the type of the owner's fields, as used in list filters.
pub(crate) fn type_of(owner: FieldOwner) -> CustomFieldType {
    match owner {
        FieldOwner::Application => CustomFieldType::Application,
        FieldOwner::Candidate => CustomFieldType::Candidate,
    }
}

/// Normalizes letter case and blanks, so that equivalent names are equal.
pub(crate) fn folded(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// Returns `true` if an option with this name represents the recommendation. The name is the
/// recommendation's label or identifier, in any letter case.
pub(crate) fn is_option_of(recommendation: Recommendation, option: &str) -> bool {
    let option = option.trim();
    [recommendation.label(), recommendation.as_str()]
        .iter()
        .any(|name| option.eq_ignore_ascii_case(name))
}

const SCORE: &[CustomFieldValueType] = &[
    CustomFieldValueType::Number,
    CustomFieldValueType::ShortText,
    CustomFieldValueType::LongText,
];
const RECOMMENDATION: &[CustomFieldValueType] = &[
    CustomFieldValueType::ShortText,
    CustomFieldValueType::LongText,
    CustomFieldValueType::SingleSelect,
];
const REPORT_LINK: &[CustomFieldValueType] = &[
    CustomFieldValueType::Url,
    CustomFieldValueType::ShortText,
    CustomFieldValueType::LongText,
];
const TRAIT: &[CustomFieldValueType] = &[
    CustomFieldValueType::Number,
    CustomFieldValueType::ShortText,
    CustomFieldValueType::LongText,
    CustomFieldValueType::SingleSelect,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_suits_its_kinds_and_no_others() {
        for (kind, uses) in [
            ("short_text", "score recommendation report_link trait"),
            ("long_text", "score recommendation report_link trait"),
            ("number", "score trait"),
            ("single_select", "recommendation trait"),
            ("url", "report_link"),
            ("multi_select", ""),
            ("yes_no", ""),
            ("currency", ""),
            ("date", ""),
            ("currency_range", ""),
            ("number_range", ""),
            ("user", ""),
            ("linked", ""),
            ("header", ""),
            ("statement", ""),
            ("attachment", ""),
            ("rich_text", ""),
            ("short_text_hris", ""),
        ] {
            let value_type = CustomFieldValueType::from(kind);
            let suited: Vec<_> = FieldUse::ALL
                .into_iter()
                .filter(|usage| usage.accepts(&value_type))
                .map(FieldUse::as_str)
                .collect();
            assert_eq!(suited.join(" "), uses, "{kind}");
        }
    }

    #[test]
    fn a_use_is_named_as_its_member() {
        for usage in FieldUse::ALL {
            assert_eq!(FieldUse::of_member(usage.as_str()), usage);
        }
        assert_eq!(FieldUse::of_member("traits.Grit"), FieldUse::Trait);
    }

    #[test]
    fn an_option_is_called_as_the_label_or_the_word() {
        let mixed = Recommendation::Mixed;
        let best = Recommendation::StrongYes;
        for (recommendation, option, stands) in [
            (best, "Strong Yes", true),
            (best, " strong yes ", true),
            (best, "definitely_yes", true),
            (best, "Yes", false),
            (mixed, "MIXED", true),
            (mixed, "", false),
        ] {
            assert_eq!(is_option_of(recommendation, option), stands, "{option}");
        }
    }
}
