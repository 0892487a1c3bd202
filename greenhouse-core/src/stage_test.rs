//! Tests by stage: when an application enters a stage, its candidate is invited to a test.
//!
//! A webhook reports the [entry](entered) and stores a task. The task reads the application from
//! Greenhouse and decides with [`place`], [`person`] and [`earlier`] whether to invite the
//! candidate. What Greenhouse returns wins over the webhook. An application receives the test of a
//! stage at most once, even if it leaves the stage and enters it again.

mod decide;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::decide::{
    EarlierTest, Held, Invited, PersonSeen, Placed, SkipReason, StageEntry, earlier, entered,
    person, place,
};
use crate::{JobId, ScenarioId, StageId};

/// Test of a stage. An account setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StageTest {
    /// Greenhouse job to which the stage belongs.
    pub job: JobId,
    /// Stage of the job's interview plan.
    pub stage: StageId,
    /// Scenario of the product to which candidates are invited.
    pub scenario: ScenarioId,
}

impl StageTest {
    /// Creates the setting.
    pub fn new(job: JobId, stage: StageId, scenario: ScenarioId) -> Self {
        Self {
            job,
            stage,
            scenario,
        }
    }
}
