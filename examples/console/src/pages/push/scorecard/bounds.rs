//! The four bounds: their fields, and the thresholds that they describe.

use greenhouse_core::scorecard::{Recommendation, Thresholds};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{number, stored};
use crate::{
    draft::Draft,
    form::Form,
    parts::{Field, text_input},
    request::ConsoleRequest,
    texts::fill,
};

/// Lower bound of a recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    StrongYes,
    Yes,
    Mixed,
    No,
}

impl Bound {
    /// All bounds, the highest first.
    pub(super) const ALL: [Self; 4] = [Self::StrongYes, Self::Yes, Self::Mixed, Self::No];

    /// Path of the settings member.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::StrongYes => "thresholds.strong_yes",
            Self::Yes => "thresholds.yes",
            Self::Mixed => "thresholds.mixed",
            Self::No => "thresholds.no",
        }
    }

    pub(super) fn recommendation(self) -> Recommendation {
        match self {
            Self::StrongYes => Recommendation::StrongYes,
            Self::Yes => Recommendation::Yes,
            Self::Mixed => Recommendation::Mixed,
            Self::No => Recommendation::No,
        }
    }

    pub(super) fn of(recommendation: Recommendation) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|bound| bound.recommendation() == recommendation)
    }

    pub(super) fn value(self, thresholds: &Thresholds) -> f64 {
        let score = match self {
            Self::StrongYes => thresholds.strong_yes(),
            Self::Yes => thresholds.yes(),
            Self::Mixed => thresholds.mixed(),
            Self::No => thresholds.no(),
        };
        score.value()
    }
}

/// The number fields of the bounds.
pub(super) fn inputs(request: &ConsoleRequest<'_>, draft: &Draft<'_>, settings: &Value) -> Markup {
    let texts = &request.texts().scorecard;
    html! {
        div.gh-row {
            @for bound in Bound::ALL {
                @let label = fill(texts.bound, &[("recommendation", bound.recommendation().label())]);
                @let field = Field { name: bound.name(), label: &label, hint: "" };
                (text_input(request, draft, field, "number", &stored(settings, bound.name())))
            }
        }
    }
}

/// The thresholds of a form as JSON. Text that is not a number stays text, so that the endpoint
/// names the field.
pub(super) fn of_form(form: &Form) -> Value {
    let value = |bound: Bound| number(form.get(bound.name()).unwrap_or_default());
    json!({
        "strong_yes": value(Bound::StrongYes),
        "yes": value(Bound::Yes),
        "mixed": value(Bound::Mixed),
        "no": value(Bound::No),
    })
}

/// The thresholds that the section shows: the typed ones if they are valid, or else the stored
/// ones.
pub(super) fn shown(draft: &Draft<'_>, settings: &Value) -> Thresholds {
    let typed = draft.form().map(of_form);
    let typed = typed.and_then(|typed| serde_json::from_value(typed).ok());
    let stored = || serde_json::from_value(settings["thresholds"].clone()).ok();
    typed.or_else(stored).unwrap_or_default()
}
