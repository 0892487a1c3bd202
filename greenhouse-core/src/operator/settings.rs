use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::{not_found, store_down};
use crate::{
    answer::{self, ErrorDetails, problem_with as problem},
    settings::{SettingsError, SettingsView},
    texts::operator as texts,
};

/// Returns the response to a `GET` or `PUT` request for settings, in the same form for each
/// direction.
///
/// An error is `{"error": {"code", "message", ...}}`. Further members depend on the code:
///
/// | status | code | further members |
/// |---|---|---|
/// | 422 | `bad_body` | `member`, the invalid member |
/// | 422 | `cannot_work` | `problems`, a list of [`SettingsProblem`](crate::settings::SettingsProblem) |
/// | 409 | `stale_version` | `version`, the current version, and `remedy` |
/// | 404 | `not_found` | none; the store has no record of the account |
/// | 503 | `store_unavailable` | `remedy` |
pub fn settings_answer(shown: &Result<SettingsView, SettingsError>) -> Response<Bytes> {
    let error = match shown {
        Ok(view) => {
            let mut response = answer::json(StatusCode::OK, view);
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            return response;
        }
        Err(error) => error,
    };
    let unprocessable = |code, details| {
        let text = error.to_string();
        problem(StatusCode::UNPROCESSABLE_ENTITY, code, text, details)
    };
    match error {
        SettingsError::NoAccount => not_found(),
        SettingsError::Stale { version } => problem(
            StatusCode::CONFLICT,
            "stale_version",
            error.to_string(),
            ErrorDetails {
                version: Some(*version),
                ..ErrorDetails::remedy(texts::READ_AGAIN)
            },
        ),
        SettingsError::Form(form) => unprocessable(
            "bad_body",
            ErrorDetails {
                member: Some(form.member.clone()),
                ..ErrorDetails::default()
            },
        ),
        SettingsError::CannotWork(problems) => unprocessable(
            "cannot_work",
            ErrorDetails {
                problems: Some(problems.clone()),
                ..ErrorDetails::default()
            },
        ),
        SettingsError::Store(error) => store_down(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{
        every_variant,
        settings::{FormError, SettingsProblem},
        store::StoreError,
    };

    /// The person who changes the settings sees what is wrong, and where or what to do about it. A
    /// failure of the store is also in the server's log.
    #[test]
    fn every_refused_change_is_answered_with_its_reason() {
        let problem =
            SettingsProblem::new("source", "source_unknown", "It is gone.", "Choose one.");
        for error in every_variant!(SettingsError {
            SettingsError::NoAccount => [SettingsError::NoAccount];
            SettingsError::Stale { .. } => [SettingsError::Stale { version: 2 }];
            SettingsError::Form(_) => [FormError::new("source", "expected a number").into()];
            SettingsError::CannotWork(_) => [SettingsError::CannotWork(vec![problem.clone()])];
            SettingsError::Store(_) => [StoreError::unavailable("disk full").into()];
        }) {
            let response = settings_answer(&Err(error));
            let status = response.status().as_u16();
            let body: Value = serde_json::from_slice(response.body()).unwrap();
            let error = &body["error"];
            let has = |member: &str| error.get(member).is_some_and(|value| !value.is_null());
            assert!(has("code") && has("message"), "{body}");
            let says_what_to_do = has("remedy") || has("problems") || has("member");
            assert!(says_what_to_do || [404, 503].contains(&status), "{body}");
        }
    }
}
