//! Problems that the endpoints report for a group of fields, placed at the field that causes them.

use greenhouse_core::scorecard::{Thresholds, ThresholdsProblem};

use super::bounds::Bound;
use crate::{
    api::{ApiError, Problem},
    draft::Draft,
    form::Form,
};

/// Returns the draft with each problem of the bounds at its own field.
pub(super) fn placed<'a>(draft: &Draft<'a>) -> Draft<'a> {
    let Some(form) = draft.form() else {
        return Draft::default();
    };
    let problems = draft.other_problems(&[]);
    let problems = problems.flat_map(|problem| split(form, problem));
    Draft::refused(form, problems.collect())
}

/// Splits a problem with the order or the range of the bounds. The endpoints report all of them as
/// one problem of `thresholds`.
fn split(form: &Form, problem: &Problem) -> Vec<Problem> {
    let found = match problem.member.as_str() {
        "thresholds" => of_bounds(form),
        _ => Vec::new(),
    };
    if found.is_empty() {
        return vec![readable(problem)];
    }
    let found = found.into_iter().map(|(bound, message)| Problem {
        member: bound.name().to_owned(),
        message: sentence(&message),
        ..problem.clone()
    });
    found.collect()
}

fn of_bounds(form: &Form) -> Vec<(Bound, String)> {
    let typed = Bound::ALL.map(|bound| form.get(bound.name())?.parse::<f64>().ok());
    let [Some(strong_yes), Some(yes), Some(mixed), Some(no)] = typed else {
        return Vec::new();
    };
    let Err(error) = Thresholds::new(strong_yes, yes, mixed, no) else {
        return Vec::new();
    };
    let problems = error.problems().iter().filter_map(|problem| {
        let of = match problem {
            ThresholdsProblem::OutOfRange { bound, .. } => *bound,
            ThresholdsProblem::OutOfOrder { upper, .. } => *upper,
            _ => return None,
        };
        let bound = Bound::of(of)?;
        Some((bound, problem.to_string()))
    });
    problems.collect()
}

/// Returns a problem without the path of its member at the beginning of the message, because the
/// message is shown at the field.
pub(in crate::pages::push) fn readable(problem: &Problem) -> Problem {
    let message = problem.message.strip_prefix(&problem.member);
    let message = message.and_then(|rest| rest.strip_prefix(": "));
    Problem {
        message: sentence(message.unwrap_or(&problem.message)),
        ..problem.clone()
    }
}

/// Reason why an endpoint failed, as sentences.
pub(in crate::pages::push) fn reason(error: &ApiError) -> String {
    let message = sentence(&error.message);
    match &error.remedy {
        Some(remedy) => format!("{message} {}", sentence(remedy)),
        None => message,
    }
}

/// Returns a phrase with a capital letter at the beginning and a full stop at the end.
fn sentence(phrase: &str) -> String {
    let mut characters = phrase.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(characters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bound_has_its_own_problem() {
        let form = Form::parse(
            b"thresholds.strong_yes=101&thresholds.yes=40&thresholds.mixed=60&thresholds.no=60",
        );
        let problem = Problem {
            member: "thresholds".to_owned(),
            code: "bad_body".to_owned(),
            message: "thresholds: all of them".to_owned(),
            remedy: None,
            scope: None,
        };
        let placed = placed(&Draft::refused(&form, vec![problem]));
        for (name, message) in [
            (
                "thresholds.strong_yes",
                Some("The bound for Strong Yes must be above 0 and at most 100, got 101."),
            ),
            (
                "thresholds.yes",
                Some("The bound for Yes (40) must be above the bound for Mixed (60)."),
            ),
            (
                "thresholds.mixed",
                Some("The bound for Mixed (60) must be above the bound for No (60)."),
            ),
            ("thresholds.no", None),
        ] {
            let mut found = placed.problems_of(name);
            let shown = found.next().map(|problem| problem.message.as_str());
            assert_eq!((shown, found.count()), (message, 0), "{name}");
        }
    }

    #[test]
    fn a_message_is_a_sentence_without_the_path() {
        for (message, shown) in [
            ("thresholds.yes: expected a number", "Expected a number."),
            ("The field is gone.", "The field is gone."),
            ("", "."),
        ] {
            let problem = Problem {
                member: "thresholds.yes".to_owned(),
                code: String::new(),
                message: message.to_owned(),
                remedy: None,
                scope: None,
            };
            assert_eq!(readable(&problem).message, shown);
        }
    }
}
