//! Texts and markup of the sign-in.

use maud::{Markup, html};

use crate::Program;

pub(super) const SIGN_IN: &str = "Sign in";
pub(super) const UNAVAILABLE: &str = "The database is unavailable";

/// Problem with the last attempt to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignInProblem {
    /// No account has the token.
    UnknownToken,
    /// Too many failed attempts. The next one is possible after this many seconds.
    TooMany(u64),
}

impl SignInProblem {
    fn text(self) -> String {
        match self {
            Self::UnknownToken => {
                "No account has this operator token. Check that you copied all of it, and that it \
                 was not replaced."
                    .to_owned()
            }
            Self::TooMany(seconds) => {
                format!("Too many sign-ins have failed. Try again in {seconds} s.")
            }
        }
    }
}

/// The form in which the user enters an operator token. `next` is the page that is opened
/// afterwards.
pub(super) fn sign_in(action: &str, next: &str, problem: Option<SignInProblem>) -> Markup {
    let described_by = match problem {
        None => "gh-token-hint",
        Some(_) => "gh-token-hint gh-token-problems",
    };
    html! {
        main #gh-main.gh-sign-in tabindex="-1" {
            h1 { (SIGN_IN) }
            form method="post" action=(action) {
                input type="hidden" name=(super::NEXT) value=(next);
                div.gh-field.gh-invalid[problem.is_some()] {
                    label for="gh-token" { "Operator token" }
                    p.gh-hint #gh-token-hint {
                        "The token begins with " code { "gho_" } ". It was shown once when your account was "
                        "set up. The operator of this server creates a new one with "
                        code { (Program::this()) " keys operator" } "."
                    }
                    input.gh-input #gh-token type="password" name="token" required autocomplete="off"
                        spellcheck="false" autocapitalize="off" aria-describedby=(described_by)
                        aria-invalid=[problem.map(|_| "true")];
                    @if let Some(problem) = problem {
                        p.gh-problem-text #gh-token-problems role="alert" { (problem.text()) }
                    }
                }
                p { button.gh-button.gh-primary type="submit" { (SIGN_IN) } }
            }
        }
    }
}

/// Page for a failed database.
pub(super) fn unavailable() -> Markup {
    html! {
        main #gh-main tabindex="-1" {
            h1 { (UNAVAILABLE) }
            p { "Your session could not be checked. You are still signed in. Try again in a minute." }
            p { a.gh-button href="" { "Try again" } }
        }
    }
}
