//! Assessment endpoints, and updates of invitations from the product's assessments.

mod invite;
mod invite_details;
mod list_tests;
mod response_error;
mod send_test;
mod test_status;
mod update_invitation;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use greenhouse_core::{
    AccountId, ApplicationId, InvitationId, Text, Trace,
    integration::PublicRoute,
    json::{Leaf, Tolerant as _},
    settings::{AssessmentSettings, KeyDigest, PartnerKeyRecord, Settings},
    store::{Changes, Records, StoreError},
};
use http::HeaderMap;
use serde_json::{Map, Value};

#[cfg(any(test, fuzzing))]
pub(crate) use self::send_test::request::SendTestRequest;
#[cfg(feature = "openapi")]
pub(crate) use self::{
    list_tests::PartnerTest,
    response_error::{ErrorReport, ErrorTaken},
    send_test::{SendTestBody, SentTest},
    test_status::TestStatus,
};
use crate::{
    CallbackPolicy, PartnerError, auth,
    last_seen::LastSeenNotes,
    product::ProductClient,
    reports::Reports,
    texts::{refusal, sync_log},
    trace,
    unknown_credentials::UnknownCredentials,
    writer::Writer,
};

/// Receives invitations from Greenhouse, passes them to the product, and returns their status.
#[derive(Debug)]
pub(crate) struct Assessments {
    pub(crate) records: Arc<dyn Records>,
    pub(crate) writer: Writer,
    pub(crate) settings: Arc<dyn Settings>,
    pub(crate) product: ProductClient,
    pub(crate) reports: Arc<Reports>,
    pub(crate) last_seen: Arc<LastSeenNotes>,
    pub(crate) unknown_keys: Arc<UnknownCredentials>,
    /// Number of refused tests since the start.
    pub(crate) refused_tests: AtomicU64,
    pub(crate) callback: CallbackPolicy,
    /// Maximum body size, in bytes.
    pub(crate) body_limit: usize,
}

/// Account to which the partner key in a request belongs.
#[derive(Debug, Clone)]
pub(crate) struct PartnerCaller {
    pub(crate) account: AccountId,
    pub(crate) settings: Arc<AssessmentSettings>,
}

impl Assessments {
    /// Authenticates a request to this endpoint by its partner key.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Unauthenticated`]; [`PartnerError::UnknownKey`];
    /// [`PartnerError::ExpiredKey`]; [`PartnerError::SwitchedOff`]; [`PartnerError::Store`]. Each
    /// has left its trace.
    pub(crate) async fn authenticate(
        &self,
        headers: &HeaderMap,
        route: &PublicRoute,
    ) -> Result<PartnerCaller, PartnerError> {
        let key = match auth::partner_key(headers) {
            Ok(key) => key,
            Err(reason) => {
                self.note_unknown_key(headers, &reason.to_string()).await?;
                return Err(PartnerError::Unauthenticated(reason));
            }
        };
        let digest = KeyDigest::of(key.expose());
        let found = self.settings.assessments_of_partner_key(&digest).await?;
        let now = self.writer.now();
        let Some((account, settings)) = found else {
            let reason = sync_log::SPACE_AROUND_KEY;
            self.note_unknown_key(headers, reason).await?;
            return Err(PartnerError::UnknownKey);
        };
        let error = match settings {
            Some(settings) if settings.partner_key(&digest, now).is_some() => {
                self.last_seen.partner_key(&account, digest, now);
                return Ok(PartnerCaller { account, settings });
            }
            Some(_) => PartnerError::ExpiredKey {
                id: PartnerKeyRecord::new(digest).id(),
            },
            None => PartnerError::SwitchedOff,
        };
        if let Trace::SyncLog(text) = error.trace(route) {
            self.log_refusal(&account, text, 0, None).await?;
        }
        Err(error)
    }

    /// Leaves the trace of an authenticated request to this endpoint that ended with an error.
    pub(crate) async fn leave_trace(
        &self,
        account: &AccountId,
        route: &PublicRoute,
        error: &PartnerError,
        application: Option<ApplicationId>,
    ) -> Result<(), StoreError> {
        let Trace::SyncLog(text) = error.trace(route) else {
            return Ok(());
        };
        // A candidate waits for each refused test, so each test has its own entry.
        let number = match route {
            PublicRoute::SendTest => self.refused_tests.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
        self.log_refusal(account, text, number, application).await
    }

    /// Notes a request without a known partner key. If the request contains a valid key in an
    /// undocumented form, the sync log of the key's account gets an entry.
    async fn note_unknown_key(
        &self,
        headers: &HeaderMap,
        reason: &str,
    ) -> Result<(), PartnerError> {
        for key in auth::misplaced_keys(headers) {
            let digest = KeyDigest::of(key.expose());
            let found = self.settings.assessments_of_partner_key(&digest).await?;
            let Some((account, Some(settings))) = found else {
                continue;
            };
            if settings.partner_key(&digest, self.writer.now()).is_some() {
                let text = sync_log::misplaced_key_used(reason);
                self.log_refusal(&account, text, 0, None).await?;
                return Ok(());
            }
        }
        self.unknown_keys.note(self.writer.now());
        Ok(())
    }

    async fn log_refusal(
        &self,
        account: &AccountId,
        text: Text,
        number: u64,
        application: Option<ApplicationId>,
    ) -> Result<(), StoreError> {
        let mut entry = trace::refusal_entry(text, number, self.writer.now());
        entry.application = application;
        let mut changes = Changes::none();
        changes.log.push(entry);
        self.writer.append(account, changes).await
    }

    /// Refuses a body over the limit if the host did not.
    fn check_size<'a>(&self, body: &'a Bytes) -> Result<&'a Bytes, PartnerError> {
        PartnerError::check_size(body, self.body_limit)
    }
}

/// Parses a body that must be a JSON object. The error does not contain the body.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, PartnerError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(PartnerError::Malformed(
            refusal::BODY_NOT_AN_OBJECT.to_owned(),
        )),
        Err(error) => Err(PartnerError::Malformed(refusal::body_not_json(
            error.line(),
            error.column(),
        ))),
    }
}

/// Non-empty text without surrounding whitespace. Integers are accepted, because ids were
/// numbers in older bodies (published samples).
struct TrimmedText(String);

impl Leaf for TrimmedText {
    fn of_text(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    fn of_integer(number: i64) -> Option<Self> {
        Some(Self(number.to_string()))
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    TrimmedText::of(value).map(|text| text.0)
}

/// Reads an invitation id that Greenhouse returns. `None` if it is longer than any valid id.
fn invitation(text: String) -> Option<InvitationId> {
    (text.len() <= MAX_ID).then(|| InvitationId::new(text))
}

const MAX_ID: usize = 255;
