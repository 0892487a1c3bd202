//! The partner's share of the operator's endpoints.
//!
//! [`PartnerKeys`], [`PartnerSettings`] and [`SetUp`](crate::SetUp) have tables of theirs; [`PartnerService`] has the one of report links.

mod checks;
mod keys;
mod report_links;
mod set_up;
mod settings;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, InvitationId, answer,
    health::Check,
    operator::{OperatorPart, OperatorRequest, not_found, store_down},
    store::{Applied, Changes, LogSubject, LoggedEntry, NoticeState, StoreError, Write},
};
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use crate::{
    PartnerKeys, PartnerParts, PartnerService, PartnerSettings, notice,
    service::{DECISIONS, contended},
};

#[async_trait]
impl OperatorPart for PartnerService {
    async fn answer(&self, request: &OperatorRequest) -> Option<Response<Bytes>> {
        if let Some(answer) = set_up::answer(self, request).await {
            return Some(answer);
        }
        if let Some(answer) = report_links::answer(self, request).await {
            return Some(answer);
        }
        if let Some(answer) = settings::answer(&self.settings(), request).await {
            return Some(answer);
        }
        keys::answer(&self.keys(), request).await
    }

    /// A notice that was refused is made due again; 202 once that is durable.
    async fn retry(
        &self,
        request: &OperatorRequest,
        entry: &LoggedEntry,
    ) -> Option<Response<Bytes>> {
        if entry.entry.subject != LogSubject::Notice {
            return None;
        }
        let Some(invitation) = &entry.entry.invitation else {
            return Some(not_found());
        };
        Some(
            match self.retry_notice(&request.account, invitation).await {
                Ok(Retried::Queued) => {
                    answer::json(StatusCode::ACCEPTED, &json!({ "state": "queued" }))
                }
                Ok(Retried::NotFailed) => answer::problem(
                    StatusCode::CONFLICT,
                    "not_failed",
                    "the notice is not one that was refused",
                ),
                Ok(Retried::Gone) => not_found(),
                Err(error) => store_down(&error),
            },
        )
    }

    async fn checks(&self, account: &AccountId) -> Vec<Check> {
        match self.look(account).await {
            Ok(checks) => checks,
            Err(error) => vec![Check::problem(
                "store",
                format!("The checks could not be made: {error}."),
                "Look at the database and at the host's log.",
            )],
        }
    }
}

impl PartnerService {
    /// The partner keys of the accounts.
    pub fn keys(&self) -> PartnerKeys {
        let PartnerParts { store, clock, .. } = &self.parts;
        let overlap = self.parts.config.key_overlap;
        PartnerKeys::new(Arc::clone(store), Arc::clone(clock), overlap)
    }

    /// The settings of the assessments and of the sync of the accounts.
    pub fn settings(&self) -> PartnerSettings {
        PartnerSettings::new(Arc::clone(&self.parts.store))
    }

    async fn retry_notice(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<Retried, StoreError> {
        for _ in 0..DECISIONS {
            let Some(mut invitation) = self.parts.store.invitation(account, id).await? else {
                return Ok(Retried::Gone);
            };
            if invitation.notice != NoticeState::Refused || invitation.callback.is_none() {
                return Ok(Retried::NotFailed);
            }
            let mut changes = Changes::none();
            notice::enqueue(&mut changes, &mut invitation, self.parts.clock.now());
            changes.invitations.push(Write::Put(invitation));
            if self.apply(account, changes).await? == Applied::Applied {
                return Ok(Retried::Queued);
            }
        }
        Err(contended())
    }
}

enum Retried {
    Queued,
    NotFailed,
    Gone,
}

fn method_not_allowed() -> Response<Bytes> {
    answer::problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this endpoint takes another method",
    )
}

/// An answer with a key in it: no cache keeps it.
fn never_kept(mut response: Response<Bytes>) -> Response<Bytes> {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
