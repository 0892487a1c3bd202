//! What a decision writes, worked out before anything is written: the statements in order, and what each that fails means.

use std::mem;

use greenhouse_core::{
    AccountId,
    store::{Changes, Erasure, Merge},
};

use super::{NotCommitted, account, delivery, person, record, statements::Steps, sync_log, task};
use crate::{seal::MasterKeys, session::Transaction};

/// All of a decision.
pub(crate) struct Plan {
    account: AccountId,
    parts: Vec<Part>,
}

enum Part {
    Steps(Steps),
    Merge(Merge),
    Erasure(Erasure),
}

impl Plan {
    /// The order of the first four decides which answer comes where several apply.
    pub(super) fn of(
        keys: &MasterKeys,
        account: &AccountId,
        changes: &Changes,
    ) -> Result<Self, NotCommitted> {
        let mut steps = Steps::default();
        if let Some(delivery) = &changes.seen {
            let about = changes.seen_candidate();
            delivery::mark(&mut steps, keys, account, delivery, about)?;
        }
        if let Some(overtaken) = &changes.overtaken {
            delivery::overtake(&mut steps, account, overtaken);
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
        record::write(&mut steps, account, &changes.histories)?;
        let mut parts = Vec::new();
        let merges = changes.merges.iter().copied().map(Part::Merge);
        let erasures = changes.erasures.iter().cloned().map(Part::Erasure);
        let people: Vec<Part> = merges.chain(erasures).collect();
        if !people.is_empty() {
            parts.push(Part::Steps(mem::take(&mut steps)));
            parts.extend(people);
        }
        for entry in &changes.log {
            sync_log::append(&mut steps, account, entry)?;
        }
        for due in &changes.due {
            task::add(&mut steps, account, due)?;
        }
        parts.push(Part::Steps(steps));
        let account = account.clone();
        Ok(Self { account, parts })
    }

    #[cfg(feature = "sqlite")]
    pub(super) fn erases(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|part| matches!(part, Part::Erasure(_)))
    }

    /// Runs the commands, then writes. Where it stops, what was written is to be rolled back.
    pub(super) async fn write(
        &self,
        transaction: &mut Transaction,
        commands: &[&'static str],
    ) -> Result<(), NotCommitted> {
        // The first part is steps, if only none.
        let mut commands = commands;
        for part in &self.parts {
            match part {
                Part::Steps(steps) => {
                    steps.run(transaction, mem::take(&mut commands)).await?;
                }
                Part::Merge(merge) => person::merge(transaction, &self.account, *merge).await?,
                Part::Erasure(erasure) => {
                    person::erase(transaction, &self.account, erasure).await?;
                }
            }
        }
        Ok(())
    }
}
