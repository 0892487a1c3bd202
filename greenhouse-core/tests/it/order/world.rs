//! Greenhouse: what is true in the end, and the webhooks that were sent on the way.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, CandidateId, JobId, Stage, StageId,
    later,
    store::DeliverySource,
    webhook::{ApplicationEvent, BodyHash, Event, HireEvent},
};

use super::steps::{Act, History, Lacks, Merged, Other, Sent, Step, Told};

/// Greenhouse after a history.
#[derive(Debug)]
pub(super) struct World {
    pub(super) merge_hook: bool,
    prospect: bool,
    now: DateTime<Utc>,
    /// Who the person is after all merges.
    pub(super) candidate: CandidateId,
    /// The application that the assessment was pushed to, or the one that took its place.
    pub(super) application: Application,
    /// Whether they were anonymized, or somebody they were merged into was: then nobody can tell their data apart.
    pub(super) anonymized: bool,
    /// Whether whoever the bystander is, or becomes, was anonymized.
    pub(super) bystander_anonymized: bool,
    /// Whether there was a merge that no webhook names.
    pub(super) unnamed_merge: bool,
    /// Whether any body lacked what others tell.
    pub(super) curt: bool,
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
    /// Whether any webhook was about it.
    pub(super) told: bool,
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
                told: false,
            },
            anonymized: false,
            bystander_anonymized: false,
            unnamed_merge: false,
            curt: false,
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

    /// What a reader sees of the application.
    pub(super) fn snapshot(&self) -> Option<ApplicationSnapshot> {
        let application = &self.application;
        application.exists.then(|| {
            let mut seen = ApplicationSnapshot::new(application.id, application.status.clone());
            seen.candidate = Some(self.candidate);
            seen.job = Some(JOB);
            seen.stage = application.stage.clone();
            // Harvest tells milliseconds, which webhooks do not.
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
            // Where nobody tells of merges, nobody can tell whom an anonymization in between was about.
            Act::Merge { .. } => self.merge_hook || !self.anonymized,
            Act::DeleteCandidate { .. } | Act::Anonymize => true,
        };
        if may {
            self.happens(step);
        }
    }

    fn happens(&mut self, step: &Step) {
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
        let named = (!step.lacks.candidate).then_some(candidate);
        match step.act {
            Act::Move(_) => self.tell(step, Event::StageChanged),
            Act::Reject => self.tell(step, Event::Rejected),
            Act::Unreject => self.tell(step, Event::Unrejected),
            Act::Unhire => self.tell(step, Event::Unhired),
            Act::Update => self.tell(step, Event::ApplicationUpdated),
            Act::Hire => {
                self.notes_activity(step);
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

    fn tell(&mut self, step: &Step, kind: fn(ApplicationEvent) -> Event) {
        self.notes_activity(step);
        let Lacks {
            status,
            stage,
            time,
            candidate,
        } = step.lacks;
        self.curt |= status || stage || time || self.prospect;
        let application = &self.application;
        let mut event = ApplicationEvent::new(application.id);
        event.candidate = (!candidate).then_some(self.candidate);
        event.status = (!status).then(|| application.status.clone());
        event.stage = application.stage.clone().filter(|_| !stage);
        event.last_activity_at = (!time).then_some(application.active_at);
        self.send(step.sent, kind(event));
    }

    fn notes_activity(&mut self, step: &Step) {
        self.application.told = true;
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
        let mut told = Told::InTheMerge;
        if let Merged::Replaced { by, told: how } = merged {
            told = how;
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
                told: true,
            };
        }
        let goes = old.exists && self.application.id != old.id;
        let listed = |told: Told| (goes && told != Told::ByItself).then_some(old.id);
        if !self.merge_hook {
            self.unnamed_merge = true;
            let applications: Vec<_> = listed(told).into_iter().collect();
            let event = Event::CandidateDeleted {
                candidate: loser,
                applications,
            };
            self.send(sent, event);
            if goes || !old.exists {
                // Nothing that is sent names the winner: what was pushed is gone.
                (self.candidate, self.application) = (loser, old);
                self.application.exists = false;
                self.ended = true;
            }
            return;
        }
        let event = Event::CandidateMerged {
            loser,
            winner,
            deleted_applications: listed(told).into_iter().collect(),
        };
        self.send(sent, event);
        if goes && told != Told::InTheMerge {
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

/// Whom a candidate is merged into.
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
/// Whom the first one is merged into. They have an application of their own, which was pushed, too.
pub(super) const BYSTANDER: CandidateId = CandidateId::new(2);
pub(super) const FIRST_APPLICATION: ApplicationId = ApplicationId::new(100);
pub(super) const JOB: JobId = JobId::new(7);
