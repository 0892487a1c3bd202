//! Assessment endpoints, and updates of invitations from the product's assessments.

mod invite;
mod invite_details;
mod list_tests;
mod response_error;
mod send_test;
mod test_status;
mod update_invitation;

use std::sync::{Arc, atomic::AtomicU64};

use bytes::Bytes;
use greenhouse_core::{
    AccountId, ApplicationId, InvitationId, Text,
    json::{Leaf, Tolerant as _},
    settings::{AssessmentSettings, KeyDigest, PartnerKeyRecord, Settings},
    store::{Changes, Direction, LogEntry, LogKey, LogStatus, LogSubject, Records, StoreError},
};
use http::HeaderMap;
use serde_json::{Map, Value};

#[cfg(any(test, fuzzing))]
pub(crate) use self::send_test::request::SendTestRequest;
use crate::{
    CallbackPolicy, PartnerError, auth,
    last_seen::LastSeenNotes,
    product::ProductClient,
    reports::Reports,
    texts::{refusal, sync_log},
    unknown_keys::UnknownKeys,
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
    pub(crate) unknown_keys: Arc<UnknownKeys>,
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
    /// Authenticates a request by its partner key.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Unauthenticated`]; [`PartnerError::UnknownKey`], also if the key has
    /// expired; [`PartnerError::NotFound`] if the account's assessments are switched off;
    /// [`PartnerError::Store`].
    pub(crate) async fn authenticate(
        &self,
        headers: &HeaderMap,
    ) -> Result<PartnerCaller, PartnerError> {
        let key = match auth::partner_key(headers) {
            Ok(key) => key,
            Err(reason) => {
                self.log_misplaced_key(headers, &reason.to_string()).await?;
                return Err(PartnerError::Unauthenticated(reason));
            }
        };
        let digest = KeyDigest::of(key.expose());
        let found = self.settings.assessments_of_partner_key(&digest).await?;
        let now = self.writer.now();
        let Some((account, settings)) = found else {
            self.unknown_keys.note(now);
            let reason = sync_log::SPACE_AROUND_KEY;
            self.log_misplaced_key(headers, reason).await?;
            return Err(PartnerError::UnknownKey);
        };
        let settings = settings.ok_or(PartnerError::NotFound)?;
        if settings.partner_key(&digest, now).is_none() {
            let id = PartnerKeyRecord::new(digest).id();
            let text = sync_log::expired_key_used(&id);
            self.log_refusal(&account, text, 0, None).await?;
            return Err(PartnerError::UnknownKey);
        }
        self.last_seen.partner_key(&account, digest, now);
        Ok(PartnerCaller { account, settings })
    }

    /// Logs that Greenhouse sends a valid key in another form than documented, if the account can
    /// be told by the key.
    async fn log_misplaced_key(
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
                break;
            }
        }
        Ok(())
    }

    /// Logs a refused request. It replaces the entry of an earlier refusal for the same reason with
    /// the same number.
    async fn log_refusal(
        &self,
        account: &AccountId,
        text: Text,
        number: u64,
        application: Option<ApplicationId>,
    ) -> Result<(), StoreError> {
        let key = LogKey::refusal(text.code(), number);
        let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Problem);
        let now = self.writer.now();
        let mut entry = LogEntry::new(now, direction, subject, LogStatus::Failed, text).keyed(key);
        entry.application = application;
        let mut changes = Changes::none();
        changes.log.push(entry);
        self.writer.append(account, changes).await
    }

    /// Refuses a body over the limit, in case the host did not.
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

/// Text that is not blank, without surrounding whitespace. Integers are accepted, because ids were
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
