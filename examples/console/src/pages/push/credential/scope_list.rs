//! The scopes that a credential needs, as a list of ticks.

use maud::{Markup, html};

use crate::{
    api::{ApiError, Check, CheckState, Problem, PushChecks, sentence},
    pages::push::failure::failed,
    parts::{Icon, Tone, copy_list, icon, notice},
    request::ConsoleRequest,
};

/// Scopes that the push settings need.
pub(super) struct NeededScopes {
    pub(super) needed: Vec<String>,
    /// Scopes for scorecards instead of notes.
    pub(super) optional: Vec<String>,
}

/// What is known about the scopes of a credential.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ScopeState {
    Unknown,
    Complete,
    Missing(Vec<String>),
}

impl ScopeState {
    /// The missing scopes of problems, in the order of the needed scopes.
    pub(super) fn of_problems<'a>(
        scopes: &NeededScopes,
        problems: impl Iterator<Item = &'a Problem>,
    ) -> Self {
        let mut missing: Vec<String> = problems
            .filter_map(|problem| problem.scope.clone())
            .collect();
        missing.sort_by_key(|scope| scopes.needed.iter().position(|own| own == scope));
        match missing.is_empty() {
            true => Self::Complete,
            false => Self::Missing(missing),
        }
    }
}

impl NeededScopes {
    /// The list after a check of the stored credential.
    pub(super) fn checked(
        &self,
        request: &ConsoleRequest<'_>,
        checked: &Result<PushChecks, ApiError>,
        is_partner: bool,
    ) -> Markup {
        let texts = &request.texts().push;
        let checked = match checked {
            Ok(checked) => checked,
            Err(error) => {
                return html! {
                    (failed(request, texts.check_failed, error))
                    (self.markup(request, &ScopeState::Unknown))
                };
            }
        };
        let named = |name: &str| checked.checks.iter().find(|check| check.name == name);
        let (credential, scopes) = (named("harvest_credential"), named("harvest_scopes"));
        let is_complete = scopes.is_some_and(|check| check.state == CheckState::Ok);
        let state = match ScopeState::of_problems(self, checked.problems.iter()) {
            ScopeState::Complete if !is_complete => ScopeState::Unknown,
            state => state,
        };
        let unclear = scopes.filter(|check| check.state == CheckState::Warning);
        let is_connected = credential.is_some_and(|check| check.state == CheckState::Ok);
        html! {
            @if is_partner && is_connected {
                p { span.gh-status.gh-ok { (icon(Icon::Done)) (texts.account_connected) } }
            }
            @if let Some(check) = credential.filter(|check| check.state > CheckState::Ok) {
                (notice(Tone::Problem, &html! {
                    @if is_partner { p { (texts.account_not_connected) } }
                    (text(check))
                }))
            }
            @if let Some(check) = unclear { (notice(Tone::Warning, &text(check))) }
            (self.markup(request, &state))
        }
    }

    pub(super) fn markup(&self, request: &ConsoleRequest<'_>, state: &ScopeState) -> Markup {
        let texts = &request.texts();
        let (common, texts) = (&texts.common, &texts.push);
        let none = Vec::new();
        let missing = match state {
            ScopeState::Missing(missing) => missing,
            _ => &none,
        };
        // A scope may be missing that the settings need since they were loaded.
        let unlisted = missing.iter().filter(|scope| !self.needed.contains(scope));
        let all: Vec<&String> = self.needed.iter().chain(unlisted).collect();
        html! {
            @if *state == ScopeState::Unknown {
                p { (texts.scopes_lead) }
                (copy_list(common, texts.scopes_all, &self.needed))
            } @else {
                ul.gh-scopes {
                    @for scope in all {
                        @let is_missing = missing.contains(scope);
                        li data-scope=(scope) data-granted=(!is_missing) {
                            @if is_missing {
                                span.gh-status.gh-problem { (icon(Icon::Failed)) (texts.scope_missing) }
                            } @else {
                                span.gh-status.gh-ok { (icon(Icon::Done)) (texts.scope_granted) }
                            }
                            " " code { (scope) }
                        }
                    }
                }
            }
            @if !missing.is_empty() {
                h4 { (texts.scopes_missing) }
                p { (texts.scopes_missing_text) }
                (copy_list(common, texts.scopes_missing, missing))
            }
            @if !self.optional.is_empty() {
                details {
                    summary { (texts.scopes_optional) }
                    p { (texts.scopes_optional_text) }
                    (copy_list(common, texts.scopes_optional_all, &self.optional))
                }
            }
        }
    }
}

fn text(check: &Check) -> Markup {
    html! {
        p data-check=(check.name) {
            (sentence(&check.text))
            @if let Some(remedy) = &check.remedy { " " (remedy) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_scopes_are_read_from_their_problems() {
        let scopes = NeededScopes {
            needed: ["harvest:jobs:list", "harvest:notes:list"]
                .map(Into::into)
                .into(),
            optional: Vec::new(),
        };
        let problem = |code: &str, scope: Option<&str>| Problem {
            member: "credential".to_owned(),
            code: code.to_owned(),
            message: "harvest:users:list".to_owned(),
            remedy: None,
            scope: scope.map(str::to_owned),
        };
        let problems = [
            problem("scope_missing", Some("harvest:notes:list")),
            problem("scope_missing", Some("harvest:jobs:list")),
            problem("forbidden", None),
        ];
        let state = ScopeState::of_problems(&scopes, problems.iter());
        assert_eq!(state, ScopeState::Missing(scopes.needed.clone()));
        let state = ScopeState::of_problems(&scopes, problems[2..].iter());
        assert_eq!(state, ScopeState::Complete);
    }
}
