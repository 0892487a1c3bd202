use maud::{Markup, html};

use super::help_link;
use crate::{api::Problem, draft::Draft, request::ConsoleRequest};

/// Problems of one field, each with its remedy and its paragraph of the help. Empty without
/// problems. Referenced by the field's `aria-describedby`.
pub(crate) fn problem_list<'a>(
    request: &ConsoleRequest<'_>,
    id: &str,
    problems: impl Iterator<Item = &'a Problem>,
) -> Markup {
    let mut problems = problems.peekable();
    html! {
        @if problems.peek().is_some() {
            ul.gh-field-problems #(id) {
                @for problem in problems {
                    li data-code=(problem.code) {
                        (problem.message)
                        @if let Some(remedy) = &problem.remedy { " " (remedy) }
                        @if !is_malformed(problem) { (help_link(request, &problem.code)) }
                    }
                }
            }
        }
    }
}

/// The notice at the top of a form that could not be saved, with the problems that belong to none
/// of its fields.
pub(crate) fn problem_summary(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    fields: &[&str],
) -> Markup {
    html! {
        @if draft.has_problems() {
            (super::notice(super::Tone::Problem, &html! {
                p { (request.texts().common.not_saved) }
                (problem_list(request, "gh-other-problems", draft.other_problems(fields)))
            }))
        }
    }
}

/// Returns `true` if the value of a field is malformed. Its message says everything.
fn is_malformed(problem: &Problem) -> bool {
    !problem.member.is_empty() && ["bad_body", "bad_query"].contains(&problem.code.as_str())
}
