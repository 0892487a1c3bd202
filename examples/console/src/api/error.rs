use greenhouse_core::chain;
use http::StatusCode;
use serde::Deserialize;

/// Error response of an operator endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    /// Stable code.
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) remedy: Option<String>,
    /// What is wrong with each settings member.
    pub(crate) problems: Vec<Problem>,
}

/// Problem of a settings member.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Problem {
    /// Path of the member, such as `thresholds.yes`.
    pub(crate) member: String,
    /// Stable code.
    pub(crate) code: String,
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) remedy: Option<String>,
    /// Scope that the credential lacks.
    #[serde(default)]
    pub(crate) scope: Option<String>,
}

impl ApiError {
    pub(super) fn of(status: StatusCode, body: &[u8]) -> Self {
        let body: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
        let ErrorView {
            code,
            message,
            remedy,
            member,
            problems,
        } = body.error;
        let invalid = member.map(|member| Problem {
            member,
            code: code.clone(),
            message: message.clone(),
            remedy: None,
            scope: None,
        });
        Self {
            status,
            problems: problems.into_iter().chain(invalid).collect(),
            code,
            message,
            remedy,
        }
    }

    /// Logs an error of the console itself.
    pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %chain(error), "the console could not call an operator endpoint");
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "internal".to_owned(),
            message: "the request could not be processed".to_owned(),
            remedy: None,
            problems: Vec::new(),
        }
    }

    /// Error for a page that does not exist.
    pub(crate) fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code: "not_found".to_owned(),
            message: "not found".to_owned(),
            remedy: None,
            problems: Vec::new(),
        }
    }

    /// Problems to show at a form: those of its fields, or else the error itself.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        if !self.problems.is_empty() {
            return self.problems;
        }
        vec![Problem {
            member: String::new(),
            message: sentence(&self.message),
            code: self.code,
            remedy: self.remedy,
            scope: None,
        }]
    }

    /// Returns `true` if the settings were changed since the page was loaded.
    pub(crate) fn is_stale(&self) -> bool {
        self.code == "stale_version"
    }

    /// Returns `true` if the change is wrong and the user can correct it.
    pub(crate) fn is_refusal(&self) -> bool {
        self.status.is_client_error() && self.status != StatusCode::NOT_FOUND
    }
}

/// Turns the phrase of an error into a sentence.
pub(crate) fn sentence(phrase: &str) -> String {
    let mut characters = phrase.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(characters).collect();
    if !sentence.is_empty() && !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    error: ErrorView,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorView {
    code: String,
    message: String,
    remedy: Option<String>,
    member: Option<String>,
    problems: Vec<Problem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_becomes_a_sentence() {
        assert_eq!(sentence("no credential"), "No credential.");
        assert_eq!(sentence("It is closed."), "It is closed.");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn every_form_of_an_error_is_read() {
        let invalid = br#"{"error":{"code":"bad_body","message":"a: expected","member":"a"}}"#;
        let error = ApiError::of(StatusCode::UNPROCESSABLE_ENTITY, invalid);
        assert_eq!(error.problems[0].member, "a");
        assert!(error.is_refusal() && !error.is_stale());
        let stale = br#"{"error":{"code":"stale_version","message":"m","version":4,"remedy":"r"}}"#;
        let error = ApiError::of(StatusCode::CONFLICT, stale);
        assert!(error.is_stale() && error.remedy.is_some());
        let unreadable = ApiError::of(StatusCode::BAD_GATEWAY, b"<html>");
        assert!(unreadable.problems.is_empty() && !unreadable.is_refusal());
    }
}
