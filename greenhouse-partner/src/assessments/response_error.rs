//! `POST /api/greenhouse/response-error`
//!
//! Greenhouse could not use one of our answers. [Greenhouse's page](https://developers.greenhouse.io/assessment.html); the
//! members are documented, and the path is spelled in four ways there, which are all served.

use bytes::Bytes;
use greenhouse_core::{
    AccountId,
    store::{Changes, Direction, LogEntry, LogStatus, LogSubject},
};
use serde::Serialize;
use serde_json::Value;

use super::{Assessments, invitation, object, text};
use crate::{PartnerError, notices};

/// The answer to a reported error, as in the published sample.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorTaken {
    status: u16,
}

impl Assessments {
    /// Logs what Greenhouse could not use: one problem in the sync log, with the invitation it
    /// concerns.
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
        let body = object(self.bounded(body)?)?;
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

/// The text of the log entry: bounded, on one line, and without the e-mail addresses that the
/// reported texts may repeat.
fn description(call: Option<&Value>, errors: Option<&Value>) -> String {
    let call = text(call).map(|call| plain(&call)).unwrap_or_default();
    let call = if call.is_empty() { "an answer" } else { &call };
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
        .map(|error| plain(error))
        .filter(|error| !error.is_empty())
        .collect();
    match errors.as_slice() {
        [] => format!("Greenhouse could not use {call}, and did not say why."),
        errors => format!("Greenhouse could not use {call}: {}.", errors.join("; ")),
    }
}

fn plain(text: &str) -> String {
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let words = words.map(|word| if word.contains('@') { "[...]" } else { word });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars()
        .take(MAX_TEXT)
        .collect::<String>()
        .trim_end_matches('.')
        .to_owned()
}

const MAX_ERRORS: usize = 5;
const MAX_TEXT: usize = 300;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn describes_what_can_be_described() {
        for (call, errors, text) in [
            (
                json!("test_status"),
                json!(["no url"]),
                "Greenhouse could not use test_status: no url.",
            ),
            (
                json!(null),
                json!([]),
                "Greenhouse could not use an answer, and did not say why.",
            ),
            (
                json!({}),
                json!("one."),
                "Greenhouse could not use an answer: one.",
            ),
            (
                json!("send_test"),
                json!([1, null, " "]),
                "Greenhouse could not use send_test: 1.",
            ),
            (
                json!("a\nb"),
                json!(["for <ada@example.org>:\tbad"]),
                "Greenhouse could not use a b: for [...] bad.",
            ),
        ] {
            assert_eq!(description(Some(&call), Some(&errors)), text);
        }
        let long = description(None, Some(&json!(vec!["x".repeat(5_000); 5_000])));
        assert!(long.len() < 1_700, "{}", long.len());
    }
}
