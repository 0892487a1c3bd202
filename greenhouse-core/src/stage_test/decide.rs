use super::StageTest;
use crate::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, CandidateId, ScenarioId, StageId,
    webhook::Event,
};

/// Application that entered a stage, as a webhook reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageEntry {
    /// The application.
    pub application: ApplicationId,
    /// The stage. `None` if the webhook did not name it.
    pub stage: Option<StageId>,
}

/// Returns the entry that an event reports. `None` if the event reports no entry, or an entry into
/// a stage without a test. An event that names no stage may concern any of the tests (vendors
/// reported that bodies may lack everything but the ids).
pub fn entered(event: &Event, tests: &[StageTest]) -> Option<StageEntry> {
    let Event::StageChanged(event) = event else {
        return None;
    };
    let is_active = |status: &ApplicationStatus| *status == ApplicationStatus::Active;
    if !event.status.as_ref().is_none_or(is_active) {
        return None;
    }
    let stage = event.stage.as_ref().and_then(|stage| stage.id);
    let concerns = |test: &StageTest| {
        let is_of_job = event.jobs.is_empty() || event.jobs.contains(&test.job);
        is_of_job && stage.is_none_or(|stage| stage == test.stage)
    };
    tests.iter().any(concerns).then_some(StageEntry {
        application: event.application,
        stage,
    })
}

/// Reason not to invite a candidate now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Greenhouse may still return an earlier state. Read again after the settle time.
    Wait,
    /// The candidate is not invited.
    Skip(SkipReason),
}

/// Reason why a candidate is not invited.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// The settings have no test for the stage any more.
    NotMapped,
    /// Greenhouse does not list the application.
    NotListed,
    /// The application is not active.
    NotActive(ApplicationStatus),
    /// The application is at another stage or on another job.
    Left,
    /// Greenhouse does not list the candidate.
    CandidateNotListed,
    /// The candidate is private.
    Private,
    /// The candidate has no email address.
    NoAddress,
    /// None of the candidate's email addresses is valid.
    InvalidAddress,
    /// The application received the test of the stage before.
    AlreadySent,
    /// The candidate has an open test of the same scenario.
    HasTest,
}

/// An active application at a stage with a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed<'a> {
    /// Test of the stage.
    pub test: &'a StageTest,
    /// Candidate of the application.
    pub candidate: CandidateId,
}

/// Compares the application, as it was read, with its entry. `may_lag` is `true` if so little time
/// has passed since the entry that Greenhouse may still return an earlier state.
///
/// # Errors
///
/// [`Held`] if the application is not, or not yet, active at a stage with a test.
pub fn place<'a>(
    tests: &'a [StageTest],
    entry: &StageEntry,
    seen: Option<&ApplicationSnapshot>,
    may_lag: bool,
) -> Result<Placed<'a>, Held> {
    let of_entry = |test: &StageTest| entry.stage.is_none_or(|stage| stage == test.stage);
    if !tests.iter().any(of_entry) {
        return Err(Held::Skip(SkipReason::NotMapped));
    }
    let later = |reason| match may_lag {
        true => Held::Wait,
        false => Held::Skip(reason),
    };
    let Some(seen) = seen else {
        return Err(later(SkipReason::NotListed));
    };
    if seen.status != ApplicationStatus::Active {
        return Err(later(SkipReason::NotActive(seen.status.clone())));
    }
    let stage = seen.stage.as_ref().and_then(|stage| stage.id);
    let is_there = |test: &&StageTest| Some(test.stage) == stage && Some(test.job) == seen.job;
    let test = tests.iter().filter(|test| of_entry(test)).find(is_there);
    match (test, seen.candidate) {
        (Some(test), Some(candidate)) => Ok(Placed { test, candidate }),
        (Some(_), None) => Err(later(SkipReason::CandidateNotListed)),
        (None, _) => Err(later(SkipReason::Left)),
    }
}

/// A candidate, as read from Greenhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonSeen {
    /// `true` if only some users of Greenhouse can see the candidate.
    pub is_private: bool,
    /// Number of email addresses.
    pub addresses: usize,
    /// `true` if one of the addresses is valid.
    pub has_valid_address: bool,
}

/// Decides whether a candidate can be invited. A private candidate is not invited, because the
/// users of the product would see that the person is a candidate.
///
/// # Errors
///
/// [`Held`] if the candidate cannot be invited, or not yet.
pub fn person(seen: Option<PersonSeen>, may_lag: bool) -> Result<(), Held> {
    let reason = match seen {
        None if may_lag => return Err(Held::Wait),
        None => SkipReason::CandidateNotListed,
        Some(seen) if seen.is_private => SkipReason::Private,
        Some(seen) if seen.has_valid_address => return Ok(()),
        Some(seen) if seen.addresses == 0 => SkipReason::NoAddress,
        Some(_) => SkipReason::InvalidAddress,
    };
    Err(Held::Skip(reason))
}

/// A stored invitation of the candidate to another test, or for another application or stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierTest {
    /// Scenario of the invitation.
    pub scenario: ScenarioId,
    /// `true` if the candidate can still take the test.
    pub is_open: bool,
}

/// State of the stored invitation for the same application and stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invited {
    /// The product refused to invite the candidate, so no test was sent.
    Refused,
    /// The test was sent, or will be.
    Sent,
}

/// Compares a test with the candidate's earlier ones. `own` is the state of the invitation for the
/// same application and stage, if it is stored.
///
/// # Errors
///
/// [`SkipReason::AlreadySent`] and [`SkipReason::HasTest`].
pub fn earlier(
    test: &StageTest,
    own: Option<Invited>,
    others: &[EarlierTest],
) -> Result<(), SkipReason> {
    if own == Some(Invited::Sent) {
        return Err(SkipReason::AlreadySent);
    }
    let is_same = |other: &EarlierTest| other.is_open && other.scenario == test.scenario;
    match others.iter().any(is_same) {
        true => Err(SkipReason::HasTest),
        false => Ok(()),
    }
}
