//! Greenhouse: its final state, and the webhooks that it sent.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, CandidateId, JobId, Stage, StageId,
    later,
    store::DeliverySource,
    webhook::{ApplicationEvent, BodyHash, Event, HireEvent},
};

use super::steps::{Act, History, Merged, Omitted, Other, Reported, Sent, Step};

/// Greenhouse after a history.
#[derive(Debug)]
pub(super) struct World {
    pub(super) merge_hook: bool,
    prospect: bool,
    now: DateTime<Utc>,
    /// Candidate after all merges.
    pub(super) candidate: CandidateId,
    /// Application that the assessment was pushed to, or its replacement.
    pub(super) application: Application,
    /// Set if the candidate, or one into which they were merged, was anonymized. Their data cannot
    /// be distinguished.
    pub(super) anonymized: bool,
    /// Set if the bystander, or a later winner, was anonymized.
    pub(super) bystander_anonymized: bool,
    /// Set if a merge happened whose winner is in no webhook.
    pub(super) unnamed_merge: bool,
    /// Set if a body lacked members that others have.
    pub(super) incomplete: bool,
    ended: bool,
    pub(super) sent: Vec<Delivered>,
}

#[derive(Debug, Clone)]
pub(super) struct Application {
    pub(super) id: ApplicationId,
    pub(super) status: ApplicationStatus,
    pub(super) stage: Option<Stage>,
    active_at: DateTime<Utc>,
    pub(super) exists: bool,
    /// Set if a webhook reported it.
    pub(super) reported: bool,
}

/// A webhook request.
#[derive(Debug, Clone)]
pub(super) struct Delivered {
    pub(super) source: DeliverySource,
    pub(super) event: Event,
}

impl World {
    pub(super) fn after(history: &History) -> Self {
        let mut world = Self {
            merge_hook: history.merge_hook,
            prospect: history.prospect,
            now: start(),
            candidate: FIRST_CANDIDATE,
            application: Application {
                id: FIRST_APPLICATION,
                status: ApplicationStatus::Active,
                stage: (!history.prospect).then(|| stage(0)),
                active_at: start(),
                exists: true,
                reported: false,
            },
            anonymized: false,
            bystander_anonymized: false,
            unnamed_merge: false,
            incomplete: false,
            ended: false,
            sent: Vec::new(),
        };
        for step in &history.steps {
            world.now = later(
                world.now,
                std::time::Duration::from_secs(step.seconds.unsigned_abs()),
            );
            if !world.ended {
                world.play(step);
            }
        }
        world
    }

    /// State of the application for a reader.
    pub(super) fn snapshot(&self) -> Option<ApplicationSnapshot> {
        let application = &self.application;
        application.exists.then(|| {
            let mut seen = ApplicationSnapshot::new(application.id, application.status.clone());
            seen.candidate = Some(self.candidate);
            seen.job = Some(JOB);
            seen.stage = application.stage.clone();
            // Harvest has milliseconds, webhooks do not.
            seen.last_activity_at = Some(later(
                application.active_at,
                std::time::Duration::from_millis(431),
            ));
            seen
        })
    }

    fn play(&mut self, step: &Step) {
        let exists = self.application.exists;
        let status = &self.application.status;
        let may = match step.act {
            Act::Move(to) => {
                let there = self.application.stage.as_ref() == Some(&stage(to));
                exists && *status == ApplicationStatus::Active && !self.prospect && !there
            }
            Act::Reject | Act::Hire => exists && *status == ApplicationStatus::Active,
            Act::Unreject => exists && *status == ApplicationStatus::Rejected,
            Act::Unhire => exists && *status == ApplicationStatus::Hired,
            Act::Update | Act::DeleteApplication => exists,
            // Without webhooks for merges, an earlier anonymization cannot be attributed.
            Act::Merge { .. } => self.merge_hook || !self.anonymized,
            Act::DeleteCandidate { .. } | Act::Anonymize => true,
        };
        if may {
            self.apply(step);
        }
    }

    fn apply(&mut self, step: &Step) {
        let (candidate, application) = (self.candidate, self.application.id);
        let became = match step.act {
            Act::Reject => Some(ApplicationStatus::Rejected),
            Act::Hire => Some(ApplicationStatus::Hired),
            Act::Unreject | Act::Unhire => Some(ApplicationStatus::Active),
            _ => None,
        };
        if let Act::Move(to) = step.act {
            self.application.stage = Some(stage(to));
        }
        if let Some(status) = became {
            self.application.status = status;
        }
        let named = (!step.omitted.candidate).then_some(candidate);
        match step.act {
            Act::Move(_) => self.send_snapshot(step, Event::StageChanged),
            Act::Reject => self.send_snapshot(step, Event::Rejected),
            Act::Unreject => self.send_snapshot(step, Event::Unrejected),
            Act::Unhire => self.send_snapshot(step, Event::Unhired),
            Act::Update => self.send_snapshot(step, Event::ApplicationUpdated),
            Act::Hire => {
                self.record_activity(step);
                let mut hire = HireEvent::new(application);
                hire.candidate = named;
                hire.jobs = vec![JOB];
                hire.resolved_at = Some(self.now);
                self.send(step.sent, Event::Hired(hire));
            }
            Act::Merge {
                how,
                winner_anonymized,
            } => {
                if winner_anonymized && self.merge_hook {
                    self.anonymize(Sent::Once, next(candidate));
                }
                self.merge(step.sent, how);
            }
            Act::DeleteApplication => {
                self.application.exists = false;
                let event = Event::ApplicationDeleted {
                    application,
                    candidate: named,
                    job: Some(JOB),
                };
                self.send(step.sent, event);
            }
            Act::DeleteCandidate { listed } => {
                let goes = self.application.exists && listed;
                self.application.exists = false;
                self.ended = true;
                let applications = goes.then_some(application).into_iter().collect();
                let event = Event::CandidateDeleted {
                    candidate,
                    applications,
                };
                self.send(step.sent, event);
            }
            Act::Anonymize => self.anonymize(step.sent, candidate),
        }
    }

    fn send_snapshot(&mut self, step: &Step, kind: fn(ApplicationEvent) -> Event) {
        self.record_activity(step);
        let Omitted {
            status,
            stage,
            time,
            candidate,
        } = step.omitted;
        self.incomplete |= status || stage || time || self.prospect;
        let application = &self.application;
        let mut event = ApplicationEvent::new(application.id);
        event.candidate = (!candidate).then_some(self.candidate);
        event.status = (!status).then(|| application.status.clone());
        event.stage = application.stage.clone().filter(|_| !stage);
        event.last_activity_at = (!time).then_some(application.active_at);
        self.send(step.sent, kind(event));
    }

    fn record_activity(&mut self, step: &Step) {
        self.application.reported = true;
        if step.counts {
            self.application.active_at = self.now;
        }
    }

    fn anonymize(&mut self, sent: Sent, candidate: CandidateId) {
        self.anonymized = true;
        self.bystander_anonymized |= candidate != FIRST_CANDIDATE;
        let fields = vec!["full_name".to_owned()];
        self.send(sent, Event::CandidateAnonymized { candidate, fields });
    }

    fn merge(&mut self, sent: Sent, merged: Merged) {
        let loser = self.candidate;
        let winner = next(loser);
        self.candidate = winner;
        let old = self.application.clone();
        let mut reported = Reported::InMerge;
        if let Merged::Replaced { by, reported: how } = merged {
            reported = how;
            self.application = Application {
                id: ApplicationId::new(old.id.value() + 1),
                status: match by {
                    Other::Active => ApplicationStatus::Active,
                    Other::Rejected => ApplicationStatus::Rejected,
                    Other::Hired => ApplicationStatus::Hired,
                },
                stage: (!self.prospect).then(|| stage(3)),
                active_at: start(),
                exists: true,
                reported: true,
            };
        }
        let goes = old.exists && self.application.id != old.id;
        let listed = || (goes && reported != Reported::Separately).then_some(old.id);
        if !self.merge_hook {
            self.unnamed_merge = true;
            let applications: Vec<_> = listed().into_iter().collect();
            let event = Event::CandidateDeleted {
                candidate: loser,
                applications,
            };
            self.send(sent, event);
            if goes || !old.exists {
                // No webhook contains the winner, so the pushed application is lost.
                (self.candidate, self.application) = (loser, old);
                self.application.exists = false;
                self.ended = true;
            }
            return;
        }
        let event = Event::CandidateMerged {
            loser,
            winner,
            deleted_applications: listed().into_iter().collect(),
        };
        self.send(sent, event);
        if goes && reported != Reported::InMerge {
            let event = Event::ApplicationDeleted {
                application: old.id,
                candidate: Some(loser),
                job: Some(JOB),
            };
            self.send(sent, event);
        }
    }

    fn send(&mut self, sent: Sent, event: Event) {
        let number = u8::try_from(self.sent.len()).unwrap();
        let delivered = |id: String| Delivered {
            source: DeliverySource::new(id, BodyHash::from_bytes([number; 32])),
            event: event.clone(),
        };
        let first = delivered(format!("{number}"));
        let second = match sent {
            Sent::Once => None,
            Sent::Twice => Some(first.clone()),
            Sent::Renamed => Some(delivered(format!("{number} again"))),
        };
        self.sent.push(first);
        self.sent.extend(second);
    }
}

/// Candidate that this one is merged into.
fn next(candidate: CandidateId) -> CandidateId {
    CandidateId::new(candidate.value() + 1)
}

pub(super) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn stage(number: i64) -> Stage {
    Stage::new(Some(StageId::new(number)), Some(format!("Stage {number}")))
}

pub(super) const FIRST_CANDIDATE: CandidateId = CandidateId::new(1);
/// Candidate into which the first one is merged, with a pushed application of its own.
pub(super) const BYSTANDER: CandidateId = CandidateId::new(2);
pub(super) const FIRST_APPLICATION: ApplicationId = ApplicationId::new(100);
pub(super) const JOB: JobId = JobId::new(7);
