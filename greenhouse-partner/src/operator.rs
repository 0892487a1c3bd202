//! The partner's share of the operator's endpoints.

mod checks;
mod keys;
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
use http::{Response, StatusCode};
use serde_json::json;

use crate::{
    PartnerKeys, PartnerParts, PartnerService, PartnerSettings, notice,
    service::{DECISIONS, contended},
};

#[async_trait]
impl OperatorPart for PartnerService {
    async fn answer(&self, request: &OperatorRequest) -> Option<Response<Bytes>> {
        match keys::answer(&self.keys(), request).await {
            Some(answered) => Some(answered),
            None => settings::answer(&self.settings(), request).await,
        }
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
