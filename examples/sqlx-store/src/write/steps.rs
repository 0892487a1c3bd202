//! Ordered statements of a write, with the result if a condition is not met.

use std::mem;

use greenhouse_core::store::Applied;

use super::NotCommitted;
use crate::session::{Statement, Step, StepCondition, StepsResult, Transaction, Value};

/// Statements that run in order.
#[derive(Default)]
pub(super) struct Steps {
    steps: Vec<Step<'static>>,
    /// Result for each step if its condition is not met.
    refusals: Vec<Option<Applied>>,
}

impl Steps {
    pub(super) fn push(&mut self, statement: Statement, values: Vec<Value<'static>>) {
        self.add(statement, values, StepCondition::None, None);
    }

    /// Adds a statement that must write a row. Otherwise the write is rolled back with `refusal`.
    pub(super) fn push_required_write(
        &mut self,
        statement: Statement,
        values: Vec<Value<'static>>,
        refusal: Applied,
    ) {
        self.add(statement, values, StepCondition::WritesRow, Some(refusal));
    }

    /// Adds a query that must find no row. Otherwise the write is rolled back with `refusal`.
    pub(super) fn push_absence_check(
        &mut self,
        statement: Statement,
        values: Vec<Value<'static>>,
        refusal: Applied,
    ) {
        self.add(statement, values, StepCondition::FindsNoRow, Some(refusal));
    }

    fn add(
        &mut self,
        statement: Statement,
        values: Vec<Value<'static>>,
        condition: StepCondition,
        refusal: Option<Applied>,
    ) {
        self.steps.push(Step {
            statement,
            values,
            condition,
        });
        self.refusals.push(refusal);
    }

    pub(super) async fn run(
        &self,
        transaction: &mut Transaction,
        commands: &[&'static str],
    ) -> Result<(), NotCommitted> {
        let steps = self.steps.chunks(MAX_STEPS_PER_BATCH);
        let refusals = self.refusals.chunks(MAX_STEPS_PER_BATCH);
        if self.steps.is_empty() && !commands.is_empty() {
            return check_result(transaction.run(commands, &[]).await, &[]);
        }
        let mut commands = commands;
        for (steps, refusals) in steps.zip(refusals) {
            let result = transaction.run(mem::take(&mut commands), steps).await;
            check_result(result, refusals)?;
        }
        Ok(())
    }
}

/// Converts an unmet or failed step into the reason that the transaction cannot be committed.
fn check_result(result: StepsResult, refusals: &[Option<Applied>]) -> Result<(), NotCommitted> {
    let (at, error) = match result {
        StepsResult::Done => return Ok(()),
        StepsResult::Unmet(at) => (at, None),
        StepsResult::Failed(at, error) => (at, Some(error)),
    };
    let refusal = refusals.get(at).copied().flatten();
    match (error, refusal) {
        (None, Some(refusal)) => Err(NotCommitted::Refused(refusal)),
        // Another record has the same unique value, such as an invitation's request.
        (Some(sqlx::Error::Database(error)), Some(Applied::Conflict))
            if error.is_unique_violation() =>
        {
            Err(NotCommitted::Refused(Applied::Conflict))
        }
        (Some(error), _) => Err(error.into()),
        (None, None) => Err(sqlx::Error::RowNotFound.into()),
    }
}

/// Maximum number of steps in a batch. The driver caches each batch as a prepared statement, and
/// few writes are longer.
const MAX_STEPS_PER_BATCH: usize = 32;
