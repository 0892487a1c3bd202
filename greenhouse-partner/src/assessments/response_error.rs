//! `POST /api/greenhouse/response-error`
//!
//! Greenhouse reports a response that it could not use. [Greenhouse's
//! page](https://developers.greenhouse.io/assessment.html) documents the members, and spells the
//! path in four ways, which are all served.

mod technical_words;

use bytes::Bytes;
use greenhouse_core::{
    AccountId, Text,
    store::{Changes, Direction, LogEntry, LogStatus, LogSubject},
};
use serde::Serialize;
use serde_json::Value;

use self::technical_words::technical_words;
use super::{Assessments, invitation, object, text};
use crate::{PartnerError, notices, texts::sync_log};

/// Response to a reported error, as in the published sample.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorTaken {
    status: u16,
}

impl Assessments {
    /// Logs the reported error as a problem in the sync log, with its invitation.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Malformed`] if the body is not a JSON object; [`PartnerError::TooLarge`];
    /// [`PartnerError::Store`].
    pub(crate) async fn response_error(
        &self,
        account: &AccountId,
        body: &Bytes,
    ) -> Result<ErrorTaken, PartnerError> {
        let body = object(self.check_size(body)?)?;
        let id = text(body.get("partner_interview_id")).and_then(invitation);
        let invitation = match &id {
            Some(id) => self.records.invitation(account, id).await?,
            None => None,
        };
        let entry = LogEntry::new(
            self.writer.now(),
            Direction::FromGreenhouse,
            LogSubject::Problem,
            LogStatus::Failed,
            description(body.get("api_call"), body.get("errors")),
        );
        let mut changes = Changes::none();
        changes.log.push(match &invitation {
            Some(invitation) => notices::about(entry, invitation),
            None => entry,
        });
        self.writer.append(account, changes).await?;
        Ok(ErrorTaken { status: 200 })
    }
}

/// Returns the text of the log entry: one line of limited length, without any value that Greenhouse
/// may include.
fn description(call: Option<&Value>, errors: Option<&Value>) -> Text {
    let call = text(call).map(|call| technical_words(&call));
    let call = call.unwrap_or_default();
    let response = sync_log::response_to(&call);
    let errors: Vec<String> = match errors {
        Some(Value::Array(errors)) => errors
            .iter()
            .filter_map(|error| text(Some(error)))
            .take(MAX_ERRORS)
            .collect(),
        other => text(other).into_iter().collect(),
    };
    let errors: Vec<_> = errors
        .iter()
        .map(|error| technical_words(error))
        .filter(|error| !error.is_empty())
        .collect();
    match errors.as_slice() {
        [] => sync_log::response_error_without_reason(&response),
        errors => sync_log::response_error(&response, &errors.join("; ")),
    }
}

const MAX_ERRORS: usize = 5;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn describes_each_form_of_a_report() {
        for (call, errors, text) in [
            (
                json!("test_status"),
                json!(["no url"]),
                "Greenhouse could not use the response to test_status: no url.",
            ),
            (
                json!(null),
                json!([]),
                "Greenhouse could not use a response and gave no reason.",
            ),
            (
                json!({}),
                json!("one."),
                "Greenhouse could not use a response: one.",
            ),
            (
                json!("send_test"),
                json!([1, null, " "]),
                "Greenhouse could not use the response to send_test: 1.",
            ),
            (
                json!("a\nb"),
                json!(["for <ada@example.org>:\tbad"]),
                "Greenhouse could not use the response to a [...]: for [...] bad.",
            ),
        ] {
            assert_eq!(description(Some(&call), Some(&errors)).as_str(), text);
        }
        let long = description(None, Some(&json!(vec!["bad ".repeat(5_000); 5_000])));
        let length = long.as_str().len();
        assert!(length < 1_700, "{length}");
    }
}
