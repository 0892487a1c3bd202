//! Completion notices: a PATCH without a body to the address that Greenhouse sent with a test.
//! Greenhouse then asks for the status. [Greenhouse's
//! page](https://developers.greenhouse.io/assessment.html) documents the call. That the call
//! requires its own credential was reported.

mod notify;

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, Backoff, HttpTransport, InvitationId, Text, TransportError, TransportErrorKind,
    settings::{CompletionCredential, Settings},
    store::{
        Changes, Direction, DueTask, Invitation, LogEntry, LogKey, LogStatus, LogSubject,
        NoticeState, Proposal, Records, StoreError, Task, Write,
    },
};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use url::Url;

use crate::{
    CallbackPolicy,
    texts::{self, sync_log},
    writer::Writer,
};

/// Sends completion notices until Greenhouse accepts or rejects them.
#[derive(Debug)]
pub(crate) struct Notices {
    pub(crate) records: Arc<dyn Records>,
    pub(crate) writer: Writer,
    pub(crate) settings: Arc<dyn Settings>,
    pub(crate) transport: Arc<dyn HttpTransport>,
    pub(crate) callback: CallbackPolicy,
    /// Deadline of one attempt.
    pub(crate) deadline: Duration,
    /// Waits between attempts.
    pub(crate) backoff: Backoff,
    /// Time after which a notice is abandoned.
    pub(crate) patience: Duration,
}

/// Result of an operator's retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryResult {
    Queued,
    NotFailed,
    NotFound,
}

impl Notices {
    /// Queues a failed notice again.
    pub(crate) async fn retry(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<RetryResult, StoreError> {
        let decided = self.writer.decide(account, || async {
            let Some(mut invitation) = self.records.invitation(account, id).await? else {
                return Ok(Proposal::Keep(RetryResult::NotFound));
            };
            if invitation.notice != NoticeState::Refused || invitation.callback.is_none() {
                return Ok(Proposal::Keep(RetryResult::NotFailed));
            }
            let mut changes = Changes::none();
            enqueue(&mut changes, &mut invitation, self.writer.now());
            changes.invitations.push(Write::Put(invitation));
            Ok::<_, StoreError>(Proposal::Write(changes, RetryResult::Queued))
        });
        decided.await
    }
}

/// Queues a notice if Greenhouse sent a callback address. An invitation has at most one queued
/// notice, because Greenhouse asks for the current state after the notice.
pub(crate) fn enqueue(changes: &mut Changes, invitation: &mut Invitation, now: DateTime<Utc>) {
    if invitation.callback.is_none() || invitation.notice == NoticeState::Due {
        return;
    }
    make_due(changes, invitation, now, now, sync_log::notice_due());
}

/// Schedules another notice for `at`, so that Greenhouse asks again.
pub(crate) fn repeat(
    changes: &mut Changes,
    invitation: &mut Invitation,
    now: DateTime<Utc>,
    at: DateTime<Utc>,
) {
    let text = sync_log::notice_repeated(&texts::time(at));
    make_due(changes, invitation, now, at, text);
}

fn make_due(
    changes: &mut Changes,
    invitation: &mut Invitation,
    now: DateTime<Utc>,
    at: DateTime<Utc>,
    text: Text,
) {
    invitation.notice = NoticeState::Due;
    let notify = Task::Notify {
        invitation: invitation.id.clone(),
    };
    changes.due.push(DueTask::new(notify, at));
    let entry = entry(invitation, now, LogStatus::Pending, text);
    changes.log.push(entry);
}

/// Returns the sync log entry for an invitation's notice. It replaces the earlier entry.
fn entry(invitation: &Invitation, now: DateTime<Utc>, status: LogStatus, text: Text) -> LogEntry {
    let entry = LogEntry::new(
        now,
        Direction::ToGreenhouse,
        LogSubject::Notice,
        status,
        text,
    );
    about(entry.keyed(LogKey::notice(&invitation.id)), invitation)
}

/// Adds an invitation's ids to a sync log entry.
pub(crate) fn about(entry: LogEntry, invitation: &Invitation) -> LogEntry {
    let mut entry = entry.about_invitation(invitation.id.clone());
    entry.assessment = invitation.assessment.clone();
    entry.application = invitation.application;
    entry
}

/// Builds the request. `None` if the address or the credential contains invalid characters.
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
    /// Another attempt would have the same result.
    Refused(Text),
    /// Another attempt may succeed.
    Retry {
        text: Text,
        /// Wait that Greenhouse requested.
        wait: Option<Duration>,
    },
}

/// Returns the outcome of an attempt. Only the status matters (documented). A repeated notice is
/// harmless, so a notice without a response is retried.
fn outcome_of(sent: &Result<Response<Bytes>, TransportError>) -> NoticeOutcome {
    let response = match sent {
        Ok(response) => response,
        Err(error) if error.kind() == TransportErrorKind::Construction => {
            return NoticeOutcome::Refused(sync_log::notice_address_unusable());
        }
        Err(error) => {
            return NoticeOutcome::Retry {
                text: sync_log::notice_unanswered(&texts::reason(error)),
                wait: None,
            };
        }
    };
    let status = response.status();
    let number = status.as_u16();
    match status {
        _ if status.is_success() => NoticeOutcome::Accepted,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            NoticeOutcome::Refused(sync_log::notice_unauthorized(number))
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            retry(response)
        }
        _ if status.is_server_error() => retry(response),
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            NoticeOutcome::Refused(sync_log::notice_not_found(number))
        }
        _ if status.is_redirection() => NoticeOutcome::Refused(sync_log::notice_redirected(number)),
        _ => NoticeOutcome::Refused(sync_log::notice_rejected(number)),
    }
}

fn retry(response: &Response<Bytes>) -> NoticeOutcome {
    let wait = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    NoticeOutcome::Retry {
        text: sync_log::notice_failed(response.status().as_u16()),
        wait: wait
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(Duration::from_secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_status(status: u16) -> NoticeOutcome {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        outcome_of(&Ok(response))
    }

    #[test]
    fn maps_each_status_to_an_outcome() {
        for status in [200, 201, 204, 299] {
            assert_eq!(of_status(status), NoticeOutcome::Accepted, "{status}");
        }
        for status in [301, 302, 307, 400, 401, 403, 404, 405, 410, 418, 422] {
            assert!(
                matches!(of_status(status), NoticeOutcome::Refused(_)),
                "{status}"
            );
        }
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            assert!(
                matches!(of_status(status), NoticeOutcome::Retry { .. }),
                "{status}"
            );
        }
        for (status, code) in [
            (401, "notice_unauthorized"),
            (403, "notice_unauthorized"),
            (404, "notice_not_found"),
            (410, "notice_not_found"),
            (307, "notice_redirected"),
            (422, "notice_rejected"),
        ] {
            let NoticeOutcome::Refused(text) = of_status(status) else {
                panic!()
            };
            assert_eq!(text.code(), code, "{status}");
        }
    }

    #[test]
    fn sends_a_single_key_with_an_empty_password() {
        let callback: Url = "https://app.greenhouse.io/x/1".parse().unwrap();
        for (form, pair) in [
            (r#"{"user":"me","password":"pass:word"}"#, "me:pass:word"),
            (r#"{"user":"single-k3y"}"#, "single-k3y:"),
            (r#"{"user":"single-k3y","password":""}"#, "single-k3y:"),
        ] {
            let credential: CompletionCredential = serde_json::from_str(form).unwrap();
            let request = request(&callback, &credential).unwrap();
            let sent = request.headers()[header::AUTHORIZATION].to_str().unwrap();
            assert_eq!(sent, format!("Basic {}", STANDARD.encode(pair)));
        }
    }

    #[test]
    fn retries_without_a_response() {
        use TransportErrorKind::{AnswerTooLarge, Construction, Cut, TimedOut, Unreachable};
        for kind in [AnswerTooLarge, Cut, TimedOut, Unreachable] {
            assert!(
                matches!(
                    outcome_of(&Err(TransportError::new(kind))),
                    NoticeOutcome::Retry { .. }
                ),
                "{kind}"
            );
        }
        let unbuilt = outcome_of(&Err(TransportError::new(Construction)));
        assert!(matches!(unbuilt, NoticeOutcome::Refused(_)));
    }

    #[test]
    fn reads_retry_after() {
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
            let NoticeOutcome::Retry { wait, .. } = outcome_of(&Ok(response)) else {
                panic!()
            };
            assert_eq!(wait, seconds.map(Duration::from_secs), "{value}");
        }
    }
}
