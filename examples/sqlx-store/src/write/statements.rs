//! Statements in the order in which they are run, and what each that fails means.

use std::mem;

use greenhouse_core::store::Applied;

use super::NotCommitted;
use crate::session::{Needs, Statement, Step, StepsResult, Transaction, Value};

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
    ) -> Result<(), NotCommitted> {
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
fn understand(went: StepsResult, refusals: &[Option<Applied>]) -> Result<(), NotCommitted> {
    let (at, error) = match went {
        StepsResult::Done => return Ok(()),
        StepsResult::Unmet(at) => (at, None),
        StepsResult::Failed(at, error) => (at, Some(error)),
    };
    let refusal = refusals.get(at).copied().flatten();
    match (error, refusal) {
        (None, Some(refusal)) => Err(NotCommitted::Refused(refusal)),
        // Another record holds what must be unique, such as the request of an invitation.
        (Some(sqlx::Error::Database(error)), Some(Applied::Conflict))
            if error.is_unique_violation() =>
        {
            Err(NotCommitted::Refused(Applied::Conflict))
        }
        (Some(error), _) => Err(error.into()),
        (None, None) => Err(sqlx::Error::RowNotFound.into()),
    }
}

/// SQLite keeps what it was given to use it again, and few decisions are longer.
const MOST_TOGETHER: usize = 32;
