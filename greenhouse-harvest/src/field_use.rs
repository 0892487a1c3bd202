//! Values that can be written to custom fields, and the field types that can hold them.

use greenhouse_core::{scorecard::Recommendation, settings::FieldOwner, store::TestStatus};

use crate::api::{CustomFieldType, CustomFieldValueType};

/// Value from an assessment or an invitation that is written to a custom field.
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
    /// Status of a test that Greenhouse sent. Only for fields of applications.
    Status,
}

impl FieldUse {
    pub(crate) const ALL: [Self; 5] = [
        Self::Score,
        Self::Recommendation,
        Self::ReportLink,
        Self::Trait,
        Self::Status,
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
            Self::Status => STATUS,
        }
    }

    /// Stable identifier in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Recommendation => "recommendation",
            Self::ReportLink => "report_link",
            Self::Trait => "trait",
            Self::Status => "status",
        }
    }

    /// Returns `true` if the owner's fields are offered for the value.
    pub(crate) fn is_offered_on(self, owner: FieldOwner) -> bool {
        self != Self::Status || owner == FieldOwner::Application
    }

    /// Returns the names of all options that a single select needs.
    pub(crate) fn option_names(self) -> Vec<&'static str> {
        match self {
            Self::Status => TestStatus::ALL.into_iter().map(TestStatus::label).collect(),
            _ => Recommendation::ALL
                .into_iter()
                .map(Recommendation::label)
                .collect(),
        }
    }

    /// Returns `true` if an option represents the value with this name, which is one of
    /// [`option_names`](Self::option_names).
    pub(crate) fn is_option(self, name: &str, option: &str) -> bool {
        match self {
            Self::Status => {
                let mut all = TestStatus::ALL.into_iter();
                let own = all.find(|status| status.label() == name);
                own.is_some_and(|status| names_status(status, option))
            }
            _ => {
                let mut all = Recommendation::ALL.into_iter();
                let own = all.find(|recommendation| recommendation.label() == name);
                own.is_some_and(|recommendation| is_option_of(recommendation, option))
            }
        }
    }

    /// Returns the use for a member of the field mapping.
    pub(crate) fn of_member(member: &str) -> Self {
        match member {
            "score" => Self::Score,
            "recommendation" => Self::Recommendation,
            "report_link" => Self::ReportLink,
            "status" => Self::Status,
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

/// Returns `true` if an option with this name represents the status, in any letter case.
pub(crate) fn names_status(status: TestStatus, option: &str) -> bool {
    option.trim().eq_ignore_ascii_case(status.label())
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
const STATUS: &[CustomFieldValueType] = RECOMMENDATION;
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
            (
                "short_text",
                "score recommendation report_link trait status",
            ),
            ("long_text", "score recommendation report_link trait status"),
            ("number", "score trait"),
            ("single_select", "recommendation trait status"),
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
