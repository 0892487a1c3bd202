use std::sync::atomic::Ordering;

use crate::handle::MockGreenhouse;
use crate::rows::{
    Application, ApplicationStage, Attachment, Candidate, Complaint, Delivery, Hook, Job,
    JobInterviewStage, Note, Record, TakeHomeTest, UnexpectedRequest, User,
};
use crate::world::Exchange;

/// Copies of the current data, ordered by id or by time. Reading needs no token and does not count
/// against the rate limit.
impl MockGreenhouse {
    /// Every candidate.
    #[must_use]
    pub fn candidates(&self) -> Vec<Candidate> {
        self.world.state().candidates.values().cloned().collect()
    }

    /// One candidate.
    #[must_use]
    pub fn candidate(&self, id: i64) -> Option<Candidate> {
        self.world.state().candidates.get(&id).cloned()
    }

    /// Every application.
    #[must_use]
    pub fn applications(&self) -> Vec<Application> {
        self.world.state().applications.values().cloned().collect()
    }

    /// One application.
    #[must_use]
    pub fn application(&self, id: i64) -> Option<Application> {
        self.world.state().applications.get(&id).cloned()
    }

    /// Every stage of every application.
    #[must_use]
    pub fn application_stages(&self) -> Vec<ApplicationStage> {
        self.world
            .state()
            .application_stages
            .values()
            .cloned()
            .collect()
    }

    /// Every job.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        self.world.state().jobs.values().cloned().collect()
    }

    /// Every stage of every job.
    #[must_use]
    pub fn job_interview_stages(&self) -> Vec<JobInterviewStage> {
        self.world
            .state()
            .job_interview_stages
            .values()
            .cloned()
            .collect()
    }

    /// Every attachment, with its content.
    #[must_use]
    pub fn attachments(&self) -> Vec<Attachment> {
        self.world.state().attachments.values().cloned().collect()
    }

    /// Every note.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        self.world.state().notes.values().cloned().collect()
    }

    /// Every mention of a user in a note, as the ids of note and user. Empty unless the switch
    /// `note_mentions` is set.
    #[must_use]
    pub fn mentions(&self) -> Vec<(i64, i64)> {
        self.world.state().mentions.clone()
    }

    /// Every user, service accounts included.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.world.state().users.values().cloned().collect()
    }

    /// Every row of a list that is described by a table, for example `scorecards`; empty if the
    /// name is unknown.
    #[must_use]
    pub fn records(&self, list: &str) -> Vec<Record> {
        let state = self.world.state();
        state.records.of(list).values().cloned().collect()
    }

    /// Every test that was sent, with its result if known.
    #[must_use]
    pub fn take_home_tests(&self) -> Vec<TakeHomeTest> {
        self.world
            .state()
            .take_home_tests
            .values()
            .cloned()
            .collect()
    }

    /// Every hook.
    #[must_use]
    pub fn hooks(&self) -> Vec<Hook> {
        self.world
            .state()
            .hooks
            .values()
            .map(|stored| stored.hook.clone())
            .collect()
    }

    /// Every delivery, pings included, in the order of creation.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.world.state().deliveries.clone()
    }

    /// Every malformed answer of the partner.
    #[must_use]
    pub fn complaints(&self) -> Vec<Complaint> {
        self.world.state().complaints.clone()
    }

    /// Every request that no route serves. A test of a client should end by asserting that this is
    /// empty. An unexpected request that was not looked at fails the test when the mock is dropped.
    #[must_use]
    pub fn unexpected(&self) -> Vec<UnexpectedRequest> {
        self.world
            .unexpected_was_read
            .store(true, Ordering::Relaxed);
        self.world.state().unexpected.clone()
    }

    /// Every exchange except those of the control interface, in order: the newest 10,000, or fewer
    /// if their bodies exceed 64 MiB.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.world.exchanges.since(0)
    }

    /// The exchanges with a higher number.
    #[must_use]
    pub fn exchanges_since(&self, number: u64) -> Vec<Exchange> {
        self.world.exchanges.since(number)
    }
}
