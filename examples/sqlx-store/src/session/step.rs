//! Statements with values, and conditions on their results.

use super::{statement::Statement, value::Value};

/// A statement with its values.
pub(crate) type BoundStatement<'a> = (Statement, Vec<Value<'a>>);

/// A statement in a write, with a condition on its result.
pub(crate) struct Step<'a> {
    pub(crate) statement: Statement,
    pub(crate) values: Vec<Value<'a>>,
    pub(crate) condition: StepCondition,
}

/// Condition on the result of a step. If a condition is not met, the write fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepCondition {
    /// No condition.
    None,
    /// The step writes at least one row.
    WritesRow,
    /// The step finds no row.
    FindsNoRow,
}

impl StepCondition {
    pub(super) fn is_met(self, written: u64, found: usize) -> bool {
        match self {
            Self::None => true,
            Self::WritesRow => written > 0,
            Self::FindsNoRow => found == 0,
        }
    }
}

/// Result of running steps.
#[derive(Debug)]
pub(crate) enum StepsResult {
    /// Every step met its condition.
    Done,
    /// The step with this index did not meet its condition.
    Unmet(usize),
    /// The step with this index failed.
    Failed(usize, sqlx::Error),
}
