//! Statements that go to the database together.

use super::{statement::Statement, value::Value};

/// A statement with its values.
pub(crate) type Question<'a> = (Statement, Vec<Value<'a>>);

/// A statement that writes, and what must come of it.
pub(crate) struct Step<'a> {
    pub(crate) statement: Statement,
    pub(crate) values: Vec<Value<'a>>,
    pub(crate) needs: Needs,
}

/// What must come of a step; otherwise those after it were in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Whatever comes.
    Nothing,
    /// It writes a row.
    Writing,
    /// It finds no row.
    Absence,
}

impl Needs {
    pub(super) fn are_met(self, written: u64, found: usize) -> bool {
        match self {
            Self::Nothing => true,
            Self::Writing => written > 0,
            Self::Absence => found == 0,
        }
    }
}

/// What came of steps.
#[derive(Debug)]
pub(crate) enum StepsResult {
    /// Every step did what it must.
    Done,
    /// This step did not.
    Unmet(usize),
    /// The database refused this step.
    Failed(usize, sqlx::Error),
}
