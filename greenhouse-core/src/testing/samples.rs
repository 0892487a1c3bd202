//! Samples of every variant of the errors that other crates translate, and a check for remedies.

use crate::{
    ReaderError, person::EmailProblem, platform::PlatformError, store::StoreError,
    webhook::EventError,
};

/// Returns samples of an enum. Does not compile unless each variant has a pattern.
///
/// ```
/// use greenhouse_core::every_variant;
///
/// enum Fruit { Apple, Pear(u8) }
/// let samples = every_variant!(Fruit {
///     Fruit::Apple => [Fruit::Apple];
///     Fruit::Pear(_) => [Fruit::Pear(1), Fruit::Pear(2)];
/// });
/// assert_eq!(samples.len(), 3);
/// ```
#[macro_export]
macro_rules! every_variant {
    ($type:ty { $($pattern:pat => [$($sample:expr),+ $(,)?];)+ }) => {{
        let samples: ::std::vec::Vec<$type> = ::std::vec![$($($sample),+),+];
        for sample in &samples {
            match sample { $($pattern => (),)+ }
        }
        samples
    }};
}

/// Samples of each [`PlatformError`].
pub fn platform_errors() -> Vec<PlatformError> {
    every_variant!(PlatformError {
        PlatformError::NotFound { .. } => [PlatformError::NotFound { what: "report" }];
        PlatformError::Refused { .. } => [PlatformError::Refused {
            reason: "the licence has ended".to_owned(),
        }];
        PlatformError::NotReady => [PlatformError::NotReady];
        PlatformError::Unavailable(_) => [PlatformError::Unavailable("reset".into())];
    })
}

/// Samples of each [`ReaderError`].
pub fn reader_errors() -> Vec<ReaderError> {
    every_variant!(ReaderError {
        ReaderError::NotConfigured => [ReaderError::NotConfigured];
        ReaderError::Blind { .. } => [ReaderError::Blind {
            remedy: "Make the acting user a Site Admin.".to_owned(),
        }];
        ReaderError::Unavailable(_) => [ReaderError::Unavailable("reset".into())];
    })
}

/// Samples of each [`EmailProblem`].
pub fn email_problems() -> Vec<EmailProblem> {
    every_variant!(EmailProblem {
        EmailProblem::Empty => [EmailProblem::Empty];
        EmailProblem::Control => [EmailProblem::Control];
        EmailProblem::PercentEncoded => [EmailProblem::PercentEncoded];
        EmailProblem::NoAt => [EmailProblem::NoAt];
        EmailProblem::LocalPart => [EmailProblem::LocalPart];
        EmailProblem::Domain => [EmailProblem::Domain];
        EmailProblem::TooLong => [EmailProblem::TooLong];
    })
}

/// Samples of each [`EventError`].
pub fn event_errors() -> Vec<EventError> {
    let (action, path) = ("hire_candidate", "payload.application.id");
    every_variant!(EventError {
        EventError::NotJson { .. } => [EventError::NotJson { line: 1, column: 2 }];
        EventError::Unreadable { .. } => [EventError::Unreadable { line: 1, column: 2 }];
        EventError::NotAnObject => [EventError::NotAnObject];
        EventError::NoAction => [EventError::NoAction];
        EventError::MissingId { .. } => [EventError::MissingId { action, path }];
        EventError::TooMany { .. } => [EventError::TooMany { action, path, limit: 9 }];
    })
}

/// Samples of [`StoreError`], one of each kind.
pub fn store_errors() -> Vec<StoreError> {
    vec![
        StoreError::unavailable("disk full"),
        StoreError::corrupt("bad row"),
    ]
}

/// Returns `true` if the text contains a remedy: one of its sentences or clauses begins with an
/// imperative verb.
pub fn has_remedy(text: &str) -> bool {
    let clauses = text.split(['.', ';', ':', ',']);
    let mut words = clauses.flat_map(|clause| {
        let mut words = clause.split_whitespace();
        let first = words.next();
        // "then retry", "or choose", "also check".
        [
            first,
            words
                .next()
                .filter(|_| first.is_some_and(|first| LEADS.contains(&first))),
        ]
    });
    words.any(|word| word.is_some_and(|word| VERBS.contains(&word.to_lowercase().as_str())))
}

const LEADS: [&str; 6] = ["then", "or", "also", "and", "Otherwise", "Also"];
const VERBS: [&str; 41] = [
    "add", "ask", "check", "choose", "clear", "compare", "connect", "contact", "copy", "correct",
    "create", "delete", "enter", "fix", "give", "grant", "make", "map", "open", "push", "raise",
    "record", "remove", "rename", "resend", "restore", "retry", "revoke", "review", "rotate",
    "save", "search", "send", "set", "switch", "try", "update", "use", "wait", "renew", "repeat",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_is_an_imperative_clause() {
        for (text, expected) in [
            ("It failed. Retry.", true),
            (
                "It failed. In Greenhouse, correct the address, then resend the test.",
                true,
            ),
            ("switched off; switch it on in the push settings", true),
            ("The push was retried. Nothing was written.", false),
            ("The check failed.", false),
            ("", false),
        ] {
            assert_eq!(has_remedy(text), expected, "{text}");
        }
    }
}
