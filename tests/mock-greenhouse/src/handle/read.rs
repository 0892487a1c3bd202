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
    /// Returns every candidate.
    #[must_use]
    pub fn candidates(&self) -> Vec<Candidate> {
        self.world.state().candidates.values().cloned().collect()
    }

    /// Returns the candidate with this id.
    #[must_use]
    pub fn candidate(&self, id: i64) -> Option<Candidate> {
        self.world.state().candidates.get(&id).cloned()
    }

    /// Returns every application.
    #[must_use]
    pub fn applications(&self) -> Vec<Application> {
        self.world.state().applications.values().cloned().collect()
    }

    /// Returns the application with this id.
    #[must_use]
    pub fn application(&self, id: i64) -> Option<Application> {
        self.world.state().applications.get(&id).cloned()
    }

    /// Returns every stage of every application.
    #[must_use]
    pub fn application_stages(&self) -> Vec<ApplicationStage> {
        self.world
            .state()
            .application_stages
            .values()
            .cloned()
            .collect()
    }

    /// Returns every job.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        self.world.state().jobs.values().cloned().collect()
    }

    /// Returns every stage of every job.
    #[must_use]
    pub fn job_interview_stages(&self) -> Vec<JobInterviewStage> {
        self.world
            .state()
            .job_interview_stages
            .values()
            .cloned()
            .collect()
    }

    /// Returns every attachment, with its content.
    #[must_use]
    pub fn attachments(&self) -> Vec<Attachment> {
        self.world.state().attachments.values().cloned().collect()
    }

    /// Returns every note.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        self.world.state().notes.values().cloned().collect()
    }

    /// Returns every mention of a user in a note, as the ids of the note and the user. Empty unless
    /// the switch `note_mentions` is set.
    #[must_use]
    pub fn mentions(&self) -> Vec<(i64, i64)> {
        self.world.state().mentions.clone()
    }

    /// Returns every user, including service accounts.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.world.state().users.values().cloned().collect()
    }

    /// Returns every [`Record`] of a list, for example `scorecards`. Returns no records if the list
    /// is unknown.
    #[must_use]
    pub fn records(&self, list: &str) -> Vec<Record> {
        let state = self.world.state();
        state.records.of(list).values().cloned().collect()
    }

    /// Returns every test that was sent, with its result if known.
    #[must_use]
    pub fn take_home_tests(&self) -> Vec<TakeHomeTest> {
        self.world
            .state()
            .take_home_tests
            .values()
            .cloned()
            .collect()
    }

    /// Returns every hook.
    #[must_use]
    pub fn hooks(&self) -> Vec<Hook> {
        self.world
            .state()
            .hooks
            .values()
            .map(|stored| stored.hook.clone())
            .collect()
    }

    /// Returns every delivery, including pings, in the order of creation.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.world.state().deliveries.clone()
    }

    /// Returns a complaint for every malformed response from the partner.
    #[must_use]
    pub fn complaints(&self) -> Vec<Complaint> {
        self.world.state().complaints.clone()
    }

    /// Returns every request that no route serves. A client test should end by asserting that there
    /// are none. Otherwise, an unexpected request fails the test when the mock is dropped.
    #[must_use]
    pub fn unexpected(&self) -> Vec<UnexpectedRequest> {
        self.world
            .unexpected_was_read
            .store(true, Ordering::Relaxed);
        self.world.state().unexpected.clone()
    }

    /// Returns the exchanges in order, except those with the control interface. The log keeps the
    /// newest 10,000 exchanges, or fewer if their bodies exceed 64 MiB.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.world.exchanges.since(0)
    }

    /// Returns the exchanges with a number above this one.
    #[must_use]
    pub fn exchanges_since(&self, number: u64) -> Vec<Exchange> {
        self.world.exchanges.since(number)
    }
}
