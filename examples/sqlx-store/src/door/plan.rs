//! What a decision writes, worked out before anything is written: the statements in order, and what each that fails means.

use std::mem;

use greenhouse_core::{
    AccountId,
    store::{Applied, Changes, Erasure, Merge},
};

use super::{Stop, account, log, person, record, seen, work};
use crate::{
    seal::MasterKeys,
    session::{Needs, Statement, Step, Transaction, Value, Went},
};

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
    ) -> Result<Self, Stop> {
        let mut steps = Steps::default();
        if let Some(delivery) = &changes.seen {
            let about = changes.seen_candidate();
            seen::mark(&mut steps, keys, account, delivery, about)?;
        }
        if let Some(overtaken) = &changes.overtaken {
            seen::overtake(&mut steps, account, overtaken);
        }
        if let Some(settled) = &changes.settled {
            work::settle(&mut steps, account, settled)?;
        }
        if let Some(task) = changes.unparked {
            work::unpark(&mut steps, account, task);
        }
        if let Some(write) = &changes.account {
            account::write(&mut steps, keys, account, write)?;
        }
        record::write(&mut steps, account, &changes.links)?;
        record::write(&mut steps, account, &changes.invitations)?;
        record::write(&mut steps, account, &changes.pushes)?;
        record::write(&mut steps, account, &changes.report_access)?;
        record::write(&mut steps, account, &changes.fates)?;
        let mut parts = Vec::new();
        let merges = changes.merges.iter().copied().map(Part::Merge);
        let erasures = changes.erasures.iter().cloned().map(Part::Erasure);
        let people: Vec<Part> = merges.chain(erasures).collect();
        if !people.is_empty() {
            parts.push(Part::Steps(mem::take(&mut steps)));
            parts.extend(people);
        }
        for entry in &changes.log {
            log::append(&mut steps, account, entry)?;
        }
        for due in &changes.due {
            work::add(&mut steps, account, due)?;
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
    ) -> Result<(), Stop> {
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

/// Statements that are run together.
#[derive(Default)]
pub(super) struct Steps {
    steps: Vec<Step<'static>>,
    /// For each step, the answer where it does not do what it must.
    refusals: Vec<Option<Applied>>,
}

impl Steps {
    pub(super) fn push(&mut self, statement: Statement, values: Vec<Value<'static>>) {
        self.add(statement, values, Needs::Nothing, None);
    }

    /// Where this statement writes no row, nothing of the decision is written, and `refusal` is the answer.
    pub(super) fn push_writing(
        &mut self,
        statement: Statement,
        values: Vec<Value<'static>>,
        refusal: Applied,
    ) {
        self.add(statement, values, Needs::Writing, Some(refusal));
    }

    /// Where this statement finds a row, nothing of the decision is written, and `refusal` is the answer.
    pub(super) fn push_absence(
        &mut self,
        statement: Statement,
        values: Vec<Value<'static>>,
        refusal: Applied,
    ) {
        self.add(statement, values, Needs::Absence, Some(refusal));
    }

    fn add(
        &mut self,
        statement: Statement,
        values: Vec<Value<'static>>,
        needs: Needs,
        refusal: Option<Applied>,
    ) {
        self.steps.push(Step {
            statement,
            values,
            needs,
        });
        self.refusals.push(refusal);
    }

    pub(super) async fn run(
        &self,
        transaction: &mut Transaction,
        commands: &[&'static str],
    ) -> Result<(), Stop> {
        let steps = self.steps.chunks(MOST_TOGETHER);
        let refusals = self.refusals.chunks(MOST_TOGETHER);
        if self.steps.is_empty() && !commands.is_empty() {
            return understand(transaction.run(commands, &[]).await, &[]);
        }
        let mut commands = commands;
        for (steps, refusals) in steps.zip(refusals) {
            let went = transaction.run(mem::take(&mut commands), steps).await;
            understand(went, refusals)?;
        }
        Ok(())
    }
}

/// What it means that steps went like this.
fn understand(went: Went, refusals: &[Option<Applied>]) -> Result<(), Stop> {
    let (at, error) = match went {
        Went::Well => return Ok(()),
        Went::InVain(at) => (at, None),
        Went::Wrong(at, error) => (at, Some(error)),
    };
    let refusal = refusals.get(at).copied().flatten();
    match (error, refusal) {
        (None, Some(refusal)) => Err(Stop::Refused(refusal)),
        // Another record holds what must be unique, such as the request of an invitation.
        (Some(sqlx::Error::Database(error)), Some(Applied::Conflict))
            if error.is_unique_violation() =>
        {
            Err(Stop::Refused(Applied::Conflict))
        }
        (Some(error), _) => Err(error.into()),
        (None, None) => Err(sqlx::Error::RowNotFound.into()),
    }
}

/// SQLite keeps what it was given to use it again, and few decisions are longer.
const MOST_TOGETHER: usize = 32;
