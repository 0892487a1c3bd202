//! Statements for all changes of a decision, prepared before the transaction begins.

use std::mem;

use greenhouse_core::{
    AccountId,
    store::{Changes, Erasure, Merge},
};

use super::{NotCommitted, account, delivery, person, record, steps::Steps, sync_log, task};
use crate::{seal::MasterKeys, session::Transaction};

/// The writes of a decision.
pub(crate) struct Plan {
    account: AccountId,
    parts: Vec<PlanPart>,
}

enum PlanPart {
    Steps(Steps),
    Merge(Merge),
    Erasure(Erasure),
}

impl Plan {
    /// Prepares the writes. The order of the steps determines the result if several conditions are
    /// not met.
    pub(super) fn of(
        keys: &MasterKeys,
        account: &AccountId,
        changes: &Changes,
    ) -> Result<Self, NotCommitted> {
        let mut steps = Steps::default();
        if let Some(delivery) = &changes.seen {
            let about = changes.seen_candidate();
            delivery::store(&mut steps, keys, account, delivery, about)?;
        }
        if let Some(replayed) = &changes.replayed {
            delivery::mark_effective(&mut steps, account, replayed);
        }
        if let Some(settled) = &changes.settled {
            task::settle(&mut steps, account, settled)?;
        }
        if let Some(task) = changes.unparked {
            task::unpark(&mut steps, account, task);
        }
        if let Some(write) = &changes.account {
            account::write(&mut steps, keys, account, write)?;
        }
        record::write(&mut steps, account, &changes.links)?;
        record::write(&mut steps, account, &changes.invitations)?;
        record::write(&mut steps, account, &changes.pushes)?;
        record::write(&mut steps, account, &changes.report_access)?;
        record::write(&mut steps, account, &changes.trigger_decisions)?;
        record::write(&mut steps, account, &changes.rule_days)?;
        record::write(&mut steps, account, &changes.backfills)?;
        record::write(&mut steps, account, &changes.histories)?;
        let mut parts = Vec::new();
        let merges = changes.merges.iter().copied().map(PlanPart::Merge);
        let erasures = changes.erasures.iter().cloned().map(PlanPart::Erasure);
        let people: Vec<PlanPart> = merges.chain(erasures).collect();
        if !people.is_empty() {
            parts.push(PlanPart::Steps(mem::take(&mut steps)));
            parts.extend(people);
        }
        for entry in &changes.log {
            sync_log::append(&mut steps, account, entry)?;
        }
        for due in &changes.due {
            task::add(&mut steps, account, due)?;
        }
        parts.push(PlanPart::Steps(steps));
        let account = account.clone();
        Ok(Self { account, parts })
    }

    #[cfg(feature = "sqlite")]
    pub(super) fn erases(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|part| matches!(part, PlanPart::Erasure(_)))
    }

    /// Runs the commands, then the writes. The caller must roll back after an error.
    pub(super) async fn write(
        &self,
        transaction: &mut Transaction,
        commands: &[&'static str],
    ) -> Result<(), NotCommitted> {
        // The first part is always `Steps`, possibly empty, so the commands run first.
        let mut commands = commands;
        for part in &self.parts {
            match part {
                PlanPart::Steps(steps) => {
                    steps.run(transaction, mem::take(&mut commands)).await?;
                }
                PlanPart::Merge(merge) => person::merge(transaction, &self.account, *merge).await?,
                PlanPart::Erasure(erasure) => {
                    person::erase(transaction, &self.account, erasure).await?;
                }
            }
        }
        Ok(())
    }
}
