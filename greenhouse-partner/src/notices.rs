//! The completion notice: a PATCH without a body to the address that Greenhouse named, upon which it asks for the status.
//! [Greenhouse's page](https://developers.greenhouse.io/assessment.html); the call is documented, its credential reported.

mod notify;

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use greenhouse_core::{
    AccountId, Backoff, HttpTransport, InvitationId, TransportError, TransportErrorKind,
    settings::{CompletionCredential, Settings},
    store::{
        Changes, Direction, DueTask, Invitation, LogEntry, LogKey, LogStatus, LogSubject,
        NoticeState, Proposal, Records, StoreError, Task, Write,
    },
};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use url::Url;

use crate::{CallbackPolicy, writer::Writer};

/// Completion notices: sent until Greenhouse accepts or refuses them.
#[derive(Debug)]
pub(crate) struct Notices {
    pub(crate) records: Arc<dyn Records>,
    pub(crate) writer: Writer,
    pub(crate) settings: Arc<dyn Settings>,
    pub(crate) transport: Arc<dyn HttpTransport>,
    pub(crate) callback: CallbackPolicy,
    /// For one exchange.
    pub(crate) deadline: Duration,
    /// Waits between attempts.
    pub(crate) backoff: Backoff,
    /// Time after which a notice counts as refused.
    pub(crate) patience: Duration,
}

/// Result of a retry that an operator asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retried {
    Queued,
    NotFailed,
    Gone,
}

impl Notices {
    /// Makes a refused notice due again.
    pub(crate) async fn retry(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<Retried, StoreError> {
        let decided = self.writer.decide(account, || async {
            let Some(mut invitation) = self.records.invitation(account, id).await? else {
                return Ok(Proposal::Keep(Retried::Gone));
            };
            if invitation.notice != NoticeState::Refused || invitation.callback.is_none() {
                return Ok(Proposal::Keep(Retried::NotFailed));
            }
            let mut changes = Changes::none();
            enqueue(&mut changes, &mut invitation, self.writer.now());
            changes.invitations.push(Write::Put(invitation));
            Ok::<_, StoreError>(Proposal::Write(changes, Retried::Queued))
        });
        decided.await
    }
}

/// Makes the notice due, if Greenhouse named an address for it. A notice that is due reports the
/// state at the time it is sent, so there is never a second one beside it.
pub(crate) fn enqueue(changes: &mut Changes, invitation: &mut Invitation, now: DateTime<Utc>) {
    if invitation.callback.is_none() || invitation.notice == NoticeState::Due {
        return;
    }
    let text = "Greenhouse is being told of the result.";
    make_due(changes, invitation, now, now, text);
}

/// Makes a notice due at `at` that was sent before, so that Greenhouse asks once more.
pub(crate) fn repeat(
    changes: &mut Changes,
    invitation: &mut Invitation,
    now: DateTime<Utc>,
    at: DateTime<Utc>,
) {
    make_due(changes, invitation, now, at, &asked_in_vain(at));
}

/// Reason for a repeated notice.
fn asked_in_vain(at: DateTime<Utc>) -> String {
    let shown = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!(
        "Greenhouse asked for the result while the product did not answer. It is told again at {shown}."
    )
}

fn make_due(
    changes: &mut Changes,
    invitation: &mut Invitation,
    now: DateTime<Utc>,
    at: DateTime<Utc>,
    text: &str,
) {
    invitation.notice = NoticeState::Due;
    let notify = Task::Notify {
        invitation: invitation.id.clone(),
    };
    changes.due.push(DueTask::new(notify, at));
    let entry = entry(invitation, now, LogStatus::Pending, text);
    changes.log.push(entry);
}

/// The entry of an invitation's notice: it replaces the earlier one.
fn entry(
    invitation: &Invitation,
    now: DateTime<Utc>,
    status: LogStatus,
    text: impl Into<greenhouse_core::Text>,
) -> LogEntry {
    let entry = LogEntry::new(
        now,
        Direction::ToGreenhouse,
        LogSubject::Notice,
        status,
        text,
    );
    about(entry.keyed(LogKey::notice(&invitation.id)), invitation)
}

/// An entry with everything that the invitation concerns.
pub(crate) fn about(entry: LogEntry, invitation: &Invitation) -> LogEntry {
    let mut entry = entry.about_invitation(invitation.id.clone());
    entry.assessment = invitation.assessment.clone();
    entry.application = invitation.application;
    entry
}

/// The request; `None` if address or credential cannot be written into one.
fn request(callback: &Url, credential: &CompletionCredential) -> Option<Request<Bytes>> {
    let pair = format!(
        "{}:{}",
        credential.user.expose(),
        credential.password.expose()
    );
    let mut basic = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair))).ok()?;
    basic.set_sensitive(true);
    Request::builder()
        .method(Method::PATCH)
        .uri(callback.as_str())
        .header(header::AUTHORIZATION, basic)
        .body(Bytes::new())
        .ok()
}

/// Result of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
enum NoticeOutcome {
    Accepted,
    /// Another attempt would end the same; the reason is for people.
    Refused(String),
    /// Another attempt may end better.
    Retry {
        /// For people.
        reason: String,
        /// Wait that Greenhouse asked for.
        wait: Option<Duration>,
    },
}

/// Judges an answer. Only the status counts (documented). A repeated notice is harmless, so an unknown outcome is retried.
fn judge(answer: &Result<Response<Bytes>, TransportError>) -> NoticeOutcome {
    let response = match answer {
        Ok(response) => response,
        Err(error) if error.kind() == TransportErrorKind::Construction => {
            return NoticeOutcome::Refused(
                "The notice could not be sent: the address is not usable.".to_owned(),
            );
        }
        Err(error) => {
            return NoticeOutcome::Retry {
                reason: format!("Greenhouse gave no answer: {error}."),
                wait: None,
            };
        }
    };
    let status = response.status();
    match status {
        _ if status.is_success() => NoticeOutcome::Accepted,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => NoticeOutcome::Refused(format!(
            "Greenhouse refused the notice with {}. The likely cause is the completion credential: it is the one that \
             Greenhouse hands out for this call, not the partner key.",
            status.as_u16()
        )),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            again(response)
        }
        _ if status.is_server_error() => again(response),
        StatusCode::NOT_FOUND | StatusCode::GONE => NoticeOutcome::Refused(format!(
            "Greenhouse refused the notice with {}. The likely cause is that the test, or its candidate, was removed in \
             Greenhouse.",
            status.as_u16()
        )),
        _ if status.is_redirection() => NoticeOutcome::Refused(format!(
            "Greenhouse answered the notice with {}; redirects are not followed, since the notice carries a credential.",
            status.as_u16()
        )),
        _ => NoticeOutcome::Refused(format!(
            "Greenhouse refused the notice with {}.",
            status.as_u16()
        )),
    }
}

fn again(response: &Response<Bytes>) -> NoticeOutcome {
    let wait = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    NoticeOutcome::Retry {
        reason: format!(
            "Greenhouse answered the notice with {}.",
            response.status().as_u16()
        ),
        wait: wait
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(Duration::from_secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> NoticeOutcome {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        judge(&Ok(response))
    }

    #[test]
    fn statuses() {
        for status in [200, 201, 204, 299] {
            assert_eq!(answered(status), NoticeOutcome::Accepted, "{status}");
        }
        for status in [301, 302, 307, 400, 401, 403, 404, 405, 410, 418, 422] {
            assert!(
                matches!(answered(status), NoticeOutcome::Refused(_)),
                "{status}"
            );
        }
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            assert!(
                matches!(answered(status), NoticeOutcome::Retry { .. }),
                "{status}"
            );
        }
        for (status, cause) in [
            (401, "the completion credential"),
            (403, "the completion credential"),
            (404, "was removed in Greenhouse"),
            (410, "was removed in Greenhouse"),
        ] {
            let NoticeOutcome::Refused(text) = answered(status) else {
                panic!()
            };
            assert!(text.contains(cause), "{text}");
        }
    }

    #[test]
    fn a_credential_is_a_user_with_a_password_or_a_single_key() {
        let callback: Url = "https://app.greenhouse.io/x/1".parse().unwrap();
        for (form, pair) in [
            (r#"{"user":"me","password":"p:w"}"#, "me:p:w"),
            (r#"{"user":"k3y"}"#, "k3y:"),
            (r#"{"user":"k3y","password":""}"#, "k3y:"),
        ] {
            let credential: CompletionCredential = serde_json::from_str(form).unwrap();
            let request = request(&callback, &credential).unwrap();
            let sent = request.headers()[header::AUTHORIZATION].to_str().unwrap();
            assert_eq!(sent, format!("Basic {}", STANDARD.encode(pair)));
        }
    }

    #[test]
    fn no_answer() {
        use TransportErrorKind::{AnswerTooLarge, Construction, Cut, TimedOut, Unreachable};
        for kind in [AnswerTooLarge, Cut, TimedOut, Unreachable] {
            assert!(
                matches!(
                    judge(&Err(TransportError::new(kind))),
                    NoticeOutcome::Retry { .. }
                ),
                "{kind}"
            );
        }
        let unbuilt = judge(&Err(TransportError::new(Construction)));
        assert!(matches!(unbuilt, NoticeOutcome::Refused(_)));
    }

    #[test]
    fn a_wait_that_was_asked_for_is_read() {
        for (value, seconds) in [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("-1", None),
            ("soon", None),
        ] {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static(value));
            let NoticeOutcome::Retry { wait, .. } = judge(&Ok(response)) else {
                panic!()
            };
            assert_eq!(wait, seconds.map(Duration::from_secs), "{value}");
        }
    }
}
