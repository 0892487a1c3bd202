use crate::state::{ActError, State};
use crate::switches::StageRules;

/// Way in which an application enters a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StageEntry {
    /// A move within the job.
    Move,
    /// A transfer to another job.
    Transfer,
    /// A new application at the stage.
    Creation,
}

/// A test that a stage transition rule sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TriggeredTest {
    pub(crate) application_id: i64,
    pub(crate) partner_test_id: String,
}

/// Stage transition rules that send one of the partner's tests.
impl State {
    /// Sets or removes the rule of a stage.
    pub(crate) fn set_stage_rule(
        &mut self,
        stage: i64,
        partner_test_id: Option<String>,
    ) -> Result<(), ActError> {
        if !self.job_interview_stages.contains_key(&stage) {
            return Err(ActError::NotFound("Job interview stage"));
        }
        match partner_test_id {
            Some(test) => self.stage_rules.insert(stage, test),
            None => self.stage_rules.remove(&stage),
        };
        Ok(())
    }

    /// Plans the test for the application's new stage. Rules run only on moves (documented); the
    /// switch extends them to other entries.
    pub(crate) fn trigger_stage_rule(&mut self, application: i64, entry: StageEntry) {
        if entry != StageEntry::Move && self.switches.stage_rules == StageRules::Moves {
            return;
        }
        let stage = self
            .applications
            .get(&application)
            .and_then(|application| application.job_interview_stage_id);
        let test = stage.and_then(|stage| self.stage_rules.get(&stage));
        if let Some(partner_test_id) = test.cloned() {
            self.triggered_tests.push(TriggeredTest {
                application_id: application,
                partner_test_id,
            });
        }
    }

    /// Removes and returns the planned tests.
    pub(crate) fn take_triggered_tests(&mut self) -> Vec<TriggeredTest> {
        std::mem::take(&mut self.triggered_tests)
    }
}
