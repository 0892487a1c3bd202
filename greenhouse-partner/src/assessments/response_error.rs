//! `POST /api/greenhouse/response-error`
//!
//! Greenhouse reports a response that it could not use. [Greenhouse's
//! page](https://developers.greenhouse.io/assessment.html) documents the members, and spells the
//! path in four ways, which are all served.

mod technical_words;

use bytes::Bytes;
use greenhouse_core::{
    AccountId, Text,
    store::{Changes, Direction, Invitation, LogEntry, LogStatus, LogSubject},
};
use serde::Serialize;
use serde_json::{Map, Value};

use self::technical_words::technical_words;
use super::{Assessments, invitation, object, text};
use crate::{PartnerError, notices, texts::sync_log};

/// Response to a reported error, as in the published sample.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "ReceivedError"))]
pub(crate) struct ErrorTaken {
    /// Always 200.
    status: u16,
}

/// Report of a response that Greenhouse could not use, as documented. Other types are also accepted.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct ErrorReport {
    /// Call whose response could not be used, such as `send_test`.
    api_call: Option<String>,
    /// Reasons.
    errors: Option<Vec<String>>,
    /// Id of the test.
    partner_test_id: Option<String>,
    /// Name of the test.
    partner_test_name: Option<String>,
    /// Id that `send-test` returned.
    partner_interview_id: Option<String>,
    /// Email address of the candidate.
    candidate_email: Option<String>,
}

impl Assessments {
    /// Logs the reported error as a problem in the sync log, with its test and invitation.
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
            description(&body, invitation.as_ref()),
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

/// Returns the text of the log entry: one line of limited length, without personal data that the
/// report may repeat. The test id is from the invitation if the report has none.
fn description(body: &Map<String, Value>, invitation: Option<&Invitation>) -> Text {
    let call = text(body.get("api_call")).map(|call| technical_words(&call));
    let response = sync_log::response_to(&call.unwrap_or_default());
    let member = |name: &str| text(body.get(name)).map(|text| plain(&text));
    let invited = || invitation.map(|known| plain(known.scenario.as_str()));
    let id = member("partner_test_id").or_else(invited);
    let name = member("partner_test_name");
    let response = sync_log::response_about(&response, name.as_deref(), id.as_deref());
    let errors = body.get("errors");
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

/// Returns the id or the name of a test on one line of limited length, without email addresses.
fn plain(text: &str) -> String {
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let words = words.map(|word| if word.contains('@') { "[...]" } else { word });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(MAX_NAME).collect()
}

const MAX_ERRORS: usize = 5;
const MAX_NAME: usize = 100;

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
            let body = json!({ "api_call": call, "errors": errors });
            assert_eq!(described(&body), format!("{text} {REMEDY}"));
        }
        let long = "bad ".repeat(5_000);
        let body = json!({
            "errors": vec![long.clone(); 5_000], "partner_test_id": long, "partner_test_name": long,
        });
        let length = described(&body).len();
        assert!(length < 1_900, "{length}");
    }

    #[test]
    fn names_the_test_by_id_and_name() {
        for (id, name, text) in [
            (
                json!("sc-1"),
                json!("Discovery Call"),
                " for the test \"Discovery Call\" (sc-1)",
            ),
            (json!(12_345), json!(null), " for the test 12345"),
            (
                json!(null),
                json!(" Discovery\n Call "),
                " for the test \"Discovery Call\"",
            ),
            (json!([]), json!({}), ""),
        ] {
            let body = json!({
                "api_call": "send_test", "errors": ["bad"],
                "partner_test_id": id, "partner_test_name": name,
            });
            let expected =
                format!("Greenhouse could not use the response to send_test{text}: bad. {REMEDY}");
            assert_eq!(described(&body), expected);
        }
    }

    const REMEDY: &str = "Check the tests in the product. If the error occurs again, contact \
                          Greenhouse Support.";

    fn described(body: &Value) -> String {
        description(body.as_object().unwrap(), None)
            .as_str()
            .to_owned()
    }
}
