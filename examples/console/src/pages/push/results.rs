//! Section "Results": results and status of tests that Greenhouse sent, and the rules by score.

use futures_util::future::join;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    saving::id,
    scorecard::{
        number,
        offer::{Offer, reasons, status_fields},
        readable, stored,
    },
    section::Sections,
};
use crate::{
    api::Problem,
    draft::Draft,
    form::Form,
    parts::{
        Choice, Field, Tone, checkbox, notice, problem_summary, radio, save_bar, select, text_input,
    },
    request::ConsoleRequest,
};

pub(super) async fn markup(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let (request, settings) = (sections.request, &sections.settings);
    let draft = &placed(draft);
    let texts = &request.texts().results;
    let (reasons, fields) = join(reasons(request), status_fields(request)).await;
    let input =
        |name: &'static str, label: &'static str, hint: &'static str, kind: &str, stored: &str| {
            text_input(request, draft, Field { name, label, hint }, kind, stored)
        };
    let modes = [
        Choice::new("off", texts.rules_off),
        Choice::new("dry_run", texts.rules_dry_run),
        Choice::new("on", texts.rules_on),
    ];
    let invited = Field {
        name: INVITED,
        label: texts.invited,
        hint: texts.invited_hint,
    };
    let mode = Field {
        name: MODE,
        label: texts.rules,
        hint: texts.rules_hint,
    };
    html! {
        p.gh-lead { (texts.lead) }
        form.gh-form method="post" action=(request.link("push/results#results")) data-guard=(draft.guard())
            data-partial {
            (sections.version_field())
            (problem_summary(request, draft, FIELDS))
            (checkbox(request, draft, invited, settings[INVITED] == true))
            @if let Some(reason) = fields.reason() {
                (notice(Tone::Warning, &html! { p { (reason) } }))
            }
            (status_field(request, draft, settings, fields))
            (radio(request, draft, mode, &modes, &stored(settings, MODE)))
            fieldset {
                legend { (texts.advance) }
                (bound(request, draft, &settings["rules"]["advance"]["from"], &ADVANCE))
                p.gh-hint { (texts.advance_stage) }
            }
            fieldset {
                legend { (texts.reject) }
                (bound(request, draft, &settings["rules"]["reject"]["below"], &REJECT))
                @if let Some(reason) = reasons.reason() {
                    (notice(Tone::Warning, &html! { p { (reason) } }))
                }
                (reason(request, draft, settings, reasons))
                (input(TEMPLATE, texts.template, texts.template_hint, "text", &stored(settings, TEMPLATE)))
                (input(HOURS, texts.hours, texts.hours_hint, "number", &stored(settings, HOURS)))
            }
            (input(LIMIT, texts.limit, texts.limit_hint, "number", &stored(settings, LIMIT)))
            (save_bar(request))
        }
    }
}

/// Writes the members of this section from its form.
pub(super) fn change(form: &Form, settings: &mut Value) {
    let text = |name| form.get(name).unwrap_or_default();
    settings[INVITED] = form.is_checked(INVITED).into();
    settings[STATUS] = match text(STATUS).trim() {
        "" => Value::Null,
        key => json!(key),
    };
    let advance = bound_of(form, &ADVANCE).map(|from| json!({ "from": from }));
    let email = match (text(TEMPLATE), text(HOURS)) {
        ("", _) => Value::Null,
        (template, hours) => json!({
            "template": id(template),
            "after_hours": if hours.is_empty() { json!(0) } else { id(hours) },
        }),
    };
    let reject = bound_of(form, &REJECT)
        .map(|below| json!({ "below": below, "reason": id(text(REASON)), "email": email }));
    settings["rules"] = json!({
        "mode": text(MODE),
        "advance": advance,
        "reject": reject,
        "daily_limit": id(text(LIMIT)),
    });
}

/// Names of the two inputs of a bound: what it is, and the score.
struct Bound {
    kind: &'static str,
    score: &'static str,
}

/// A selection of a recommendation, or a typed score.
fn bound(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    settings: &Value,
    bound: &Bound,
) -> Markup {
    let texts = &request.texts().results;
    let is_advance = bound.kind == ADVANCE.kind;
    let mut choices = vec![
        Choice::new("", texts.no_rule),
        Choice::new(SCORE, texts.score),
    ];
    let labels = match is_advance {
        true => [
            ("definitely_yes", texts.from_strong_yes),
            ("yes", texts.from_yes),
            ("mixed", texts.from_mixed),
            ("no", texts.from_no),
        ],
        false => [
            ("definitely_yes", texts.below_strong_yes),
            ("yes", texts.below_yes),
            ("mixed", texts.below_mixed),
            ("no", texts.below_no),
        ],
    };
    choices.extend(labels.map(|(value, label)| Choice::new(value, label)));
    let stored_kind = match settings[SCORE].is_null() {
        true => settings["recommendation"].as_str().unwrap_or_default(),
        false => SCORE,
    };
    let kind = Field {
        name: bound.kind,
        label: if is_advance { texts.from } else { texts.below },
        hint: "",
    };
    let score = Field {
        name: bound.score,
        label: if is_advance {
            texts.from_score
        } else {
            texts.below_score
        },
        hint: texts.score_hint,
    };
    html! {
        (select(request, draft, kind, &choices, stored_kind))
        (text_input(request, draft, score, "number", &stored(settings, SCORE)))
    }
}

/// The bound in a form. `None` if there is no rule. Text that is not a number stays text, so that
/// the endpoint names the problem.
fn bound_of(form: &Form, bound: &Bound) -> Option<Value> {
    match form.get(bound.kind).unwrap_or_default() {
        "" => None,
        SCORE => {
            let score = form.get(bound.score).unwrap_or_default();
            Some(json!({ SCORE: number(score) }))
        }
        recommendation => Some(json!({ "recommendation": recommendation })),
    }
}

/// A selection of the custom field for the status of tests, or its typed key.
fn status_field(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    settings: &Value,
    offer: Offer<Choice>,
) -> Markup {
    let texts = &request.texts().results;
    let stored = stored(settings, STATUS);
    let field = |hint| Field {
        name: STATUS,
        label: texts.status,
        hint,
    };
    match offer {
        Offer::List(mut choices) => {
            choices.insert(0, Choice::new("", request.texts().scorecard.not_written));
            select(request, draft, field(texts.status_hint), &choices, &stored)
        }
        Offer::Typed(_) => text_input(request, draft, field(texts.status_typed), "text", &stored),
    }
}

fn reason(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    settings: &Value,
    offer: Offer<Choice>,
) -> Markup {
    let texts = &request.texts().results;
    let stored = stored(settings, REASON);
    let field = |hint| Field {
        name: REASON,
        label: texts.reason,
        hint,
    };
    match offer {
        Offer::List(mut choices) => {
            choices.insert(0, Choice::new("", request.texts().common.choose));
            select(request, draft, field(""), &choices, &stored)
        }
        Offer::Typed(_) => text_input(request, draft, field(texts.reason_typed), "text", &stored),
    }
}

/// Returns the draft with each problem at the field that causes it. The endpoint reports a wrong
/// score as a problem of its bound.
fn placed<'a>(draft: &Draft<'a>) -> Draft<'a> {
    let Some(form) = draft.form() else {
        return Draft::default();
    };
    let problems = draft.other_problems(&[]).map(|problem| {
        let mut problem: Problem = readable(problem);
        for bound in [&ADVANCE, &REJECT] {
            let is_below = problem.member.starts_with(bound.kind);
            if is_below && form.get(bound.kind) == Some(SCORE) {
                problem.member = bound.score.to_owned();
            }
        }
        if problem.member == "rules.advance" {
            problem.member = ADVANCE.kind.to_owned();
        }
        problem
    });
    Draft::refused(form, problems.collect())
}

const INVITED: &str = "invited_results";
const STATUS: &str = "status_field";
const MODE: &str = "rules.mode";
const REASON: &str = "rules.reject.reason";
const TEMPLATE: &str = "rules.reject.email.template";
const HOURS: &str = "rules.reject.email.after_hours";
const LIMIT: &str = "rules.daily_limit";
const SCORE: &str = "score";
const ADVANCE: Bound = Bound {
    kind: "rules.advance.from",
    score: "rules.advance.score",
};
const REJECT: Bound = Bound {
    kind: "rules.reject.below",
    score: "rules.reject.score",
};

/// Fields that show their own problems.
const FIELDS: &[&str] = &[
    INVITED,
    STATUS,
    MODE,
    ADVANCE.kind,
    ADVANCE.score,
    REJECT.kind,
    REJECT.score,
    REASON,
    TEMPLATE,
    HOURS,
    LIMIT,
];
