use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::{AccountRows, MemoryStore};
use crate::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId,
    store::{
        AccountKey, AccountPage, AccountRecord, Backfill, BackfillKind, CandidateHistory, Delivery,
        DeliverySource, DeliveryStatus, Invitation, Link, PersonKey, Push, Records, ReportAccess,
        RequestKey, RuleDay, StoreError, TriggerDecision, Verdict,
    },
    webhook::{BodyHash, Event},
};

#[async_trait]
impl Records for MemoryStore {
    async fn account(&self, account: &AccountId) -> Result<Option<AccountRecord>, StoreError> {
        Ok(self.read(account, |rows| rows.record.clone()).flatten())
    }

    async fn accounts(
        &self,
        after: Option<&AccountId>,
        limit: usize,
    ) -> Result<AccountPage, StoreError> {
        let limit = limit.clamp(1, AccountPage::MAX_LIMIT);
        let rows = self.rows();
        let mut known = rows
            .accounts
            .iter()
            .filter(|(id, own)| own.record.is_some() && after.is_none_or(|after| *id > after))
            .map(|(id, _)| id.clone());
        let accounts: Vec<_> = known.by_ref().take(limit).collect();
        let next = known.next().and(accounts.last().cloned());
        Ok(AccountPage::new(accounts, next))
    }

    async fn account_with_key(
        &self,
        key: &AccountKey,
    ) -> Result<Option<(AccountId, AccountRecord)>, StoreError> {
        let rows = self.rows();
        let found = rows.holder(key).and_then(|id| {
            let record = rows.accounts.get(id)?.record.clone()?;
            Some((id.clone(), record))
        });
        Ok(found)
    }

    async fn link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Link>, StoreError> {
        Ok(self
            .read(account, |rows| rows.links.row(assessment))
            .flatten())
    }

    async fn links_to_application(
        &self,
        account: &AccountId,
        application: ApplicationId,
    ) -> Result<Vec<Link>, StoreError> {
        let found = |rows: &AccountRows| rows.links.find(|link| link.application == application);
        Ok(self.read(account, found).unwrap_or_default())
    }

    async fn links_after(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
        limit: usize,
    ) -> Result<Vec<Link>, StoreError> {
        let behind = |link: &Link| after.is_none_or(|after| link.assessment > *after);
        let found = self.read(account, |rows| rows.links.find(behind));
        let mut found = found.unwrap_or_default();
        found.sort_by(|one, other| one.assessment.cmp(&other.assessment));
        found.truncate(limit);
        Ok(found)
    }

    async fn links_to_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Link>, StoreError> {
        let found = |rows: &AccountRows| rows.links.find(|link| link.candidate == candidate);
        Ok(self.read(account, found).unwrap_or_default())
    }

    async fn invitation(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<Option<Invitation>, StoreError> {
        Ok(self
            .read(account, |rows| rows.invitations.row(id))
            .flatten())
    }

    async fn invitation_by_request(
        &self,
        account: &AccountId,
        request: &RequestKey,
    ) -> Result<Option<Invitation>, StoreError> {
        let found = |rows: &AccountRows| {
            rows.invitations
                .find(|row| row.request == *request)
                .into_iter()
                .next()
        };
        Ok(self.read(account, found).flatten())
    }

    async fn invitation_of_assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Invitation>, StoreError> {
        let found = |rows: &AccountRows| {
            rows.invitations
                .find(|row| row.assessment.as_ref() == Some(assessment))
                .into_iter()
                .next()
        };
        Ok(self.read(account, found).flatten())
    }

    async fn invitations_of_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Invitation>, StoreError> {
        let found = |rows: &AccountRows| {
            rows.invitations
                .find(|row| row.candidate == Some(candidate))
        };
        let mut found = self.read(account, found).unwrap_or_default();
        found.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(found)
    }

    async fn push(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Push>, StoreError> {
        Ok(self
            .read(account, |rows| rows.pushes.row(assessment))
            .flatten())
    }

    async fn pushes_of_person(
        &self,
        account: &AccountId,
        person: &PersonKey,
    ) -> Result<Vec<Push>, StoreError> {
        let found = |rows: &AccountRows| {
            rows.pushes
                .find(|push| push.person.as_ref() == Some(person))
        };
        let mut pushes = self.read(account, found).unwrap_or_default();
        pushes.sort_by_key(|push| push.requested_at);
        Ok(pushes)
    }

    async fn report_access(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<ReportAccess>, StoreError> {
        Ok(self
            .read(account, |rows| rows.report_access.row(assessment))
            .flatten())
    }

    async fn trigger_decision(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<TriggerDecision>, StoreError> {
        Ok(self
            .read(account, |rows| rows.trigger_decisions.row(assessment))
            .flatten())
    }

    async fn rule_day(
        &self,
        account: &AccountId,
        day: NaiveDate,
    ) -> Result<Option<RuleDay>, StoreError> {
        Ok(self
            .read(account, |rows| rows.rule_days.row(&day))
            .flatten())
    }

    async fn backfill(
        &self,
        account: &AccountId,
        kind: BackfillKind,
    ) -> Result<Option<Backfill>, StoreError> {
        Ok(self
            .read(account, |rows| rows.backfills.row(&kind))
            .flatten())
    }

    async fn candidate_history(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Option<CandidateHistory>, StoreError> {
        Ok(self
            .read(account, |rows| rows.histories.row(&candidate))
            .flatten())
    }

    async fn last_delivery_at(
        &self,
        account: &AccountId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let last = |rows: &AccountRows| {
            rows.deliveries
                .values()
                .map(|delivery| delivery.received_at)
                .max()
        };
        Ok(self.read(account, last).flatten())
    }

    async fn delivery_status(
        &self,
        account: &AccountId,
        source: &DeliverySource,
        event: Option<&Event>,
    ) -> Result<(DeliveryStatus, Vec<Link>), StoreError> {
        let named = |link: &Link| {
            event.is_some_and(|event| {
                event.candidate() == Some(link.candidate)
                    || event.applications().contains(&link.application)
            })
        };
        let known = |rows: &AccountRows| (status(rows, source), rows.links.find(named));
        let nothing = (DeliveryStatus::New, Vec::new());
        Ok(self.read(account, known).unwrap_or(nothing))
    }

    async fn latest_body(
        &self,
        account: &AccountId,
        event: &Event,
    ) -> Result<Option<BodyHash>, StoreError> {
        let is_about = |rows: &AccountRows, key: &(String, BodyHash)| {
            let named = rows.deliveries.get(key);
            let named = named.and_then(|delivery| delivery.event.as_ref());
            match (event.applications().first(), event.candidate()) {
                (Some(first), _) => named.is_some_and(|named| named.applications().contains(first)),
                (None, Some(candidate)) => rows.about.get(key) == Some(&candidate),
                (None, None) => false,
            }
        };
        let latest = |rows: &AccountRows| {
            let mut arrivals = rows.arrivals.iter().rev();
            let key = arrivals.find(|key| is_about(rows, key))?;
            let delivery = rows.deliveries.get(key)?;
            (delivery.verdict == Verdict::Effective).then_some(key.1)
        };
        Ok(self.read(account, latest).flatten())
    }

    async fn ignored_deliveries(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        application: ApplicationId,
    ) -> Result<Vec<Delivery>, StoreError> {
        let names = |event: &Event| {
            event.candidate() == Some(candidate) || event.applications().contains(&application)
        };
        let found = |rows: &AccountRows| {
            let ignored = rows.deliveries.values();
            let ignored = ignored.filter(|delivery| delivery.verdict == Verdict::Ignored);
            let mut ignored: Vec<Delivery> = ignored
                .filter(|delivery| delivery.event.as_ref().is_some_and(names))
                .cloned()
                .collect();
            ignored.sort_by_key(|delivery| delivery.received_at);
            let older = ignored.len().saturating_sub(MOST_IGNORED);
            ignored.split_off(older)
        };
        Ok(self.read(account, found).unwrap_or_default())
    }
}

fn status(rows: &AccountRows, source: &DeliverySource) -> DeliveryStatus {
    let event_id = &source.event_id;
    if rows.knows(source) {
        return DeliveryStatus::Duplicate;
    }
    let mut known = rows.deliveries.keys();
    // Deliveries without an event id have no id in common.
    if !event_id.is_empty() && known.any(|(id, _)| id == event_id) {
        DeliveryStatus::BodyDiffers
    } else {
        DeliveryStatus::New
    }
}

const MOST_IGNORED: usize = 1000;
