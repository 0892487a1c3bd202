//! Random events in Greenhouse.

use std::collections::{BTreeMap, BTreeSet};

use mock_greenhouse::{ActError, ApplicationStatus, Delivery, MockGreenhouse};

use super::{Size, fixture::Fixture};
use crate::chance::Chance;

/// Runs random actions and records merges and anonymizations, which Greenhouse does not store.
pub(crate) struct History<'a> {
    greenhouse: &'a MockGreenhouse,
    chance: Chance,
    pushed: Vec<i64>,
    /// Candidates with a pushed application.
    have_links: BTreeSet<i64>,
    others: Vec<i64>,
    /// Stages of each job.
    plans: BTreeMap<i64, Vec<i64>>,
    /// Removals, merges and anonymizations per thousand actions.
    removals: usize,
    /// Winner of each merge, by loser.
    pub(crate) merged: BTreeMap<i64, i64>,
    pub(crate) winners: BTreeSet<i64>,
    pub(crate) anonymized: BTreeSet<i64>,
}

impl<'a> History<'a> {
    pub(crate) fn of(fixture: &'a Fixture, size: &Size, seed: u64) -> Self {
        let plans = fixture.jobs.iter().map(|job| {
            let stages = job.stages.iter().map(|stage| stage.id).collect();
            (job.job_id, stages)
        });
        Self {
            greenhouse: &fixture.stage.greenhouse,
            chance: Chance::of(seed),
            pushed: fixture.pushed.iter().map(|one| one.application).collect(),
            have_links: fixture.pushed.iter().map(|one| one.candidate).collect(),
            others: fixture.others.clone(),
            plans: plans.collect(),
            removals: 1_000 * size.links * 2 / 5 / size.deliveries,
            merged: BTreeMap::new(),
            winners: BTreeSet::new(),
            anonymized: BTreeSet::new(),
        }
    }

    /// Advances the held clock. Some actions share a second, so that their timestamps cannot order
    /// them.
    pub(crate) fn pass(&mut self) {
        if self.chance.below(4) > 0 {
            let seconds = self.chance.below(120) as u64;
            let by = std::time::Duration::from_secs(seconds);
            self.greenhouse.clock().advance(by);
        }
    }

    /// Runs one action and returns its deliveries.
    pub(crate) async fn act(&mut self) -> Vec<Delivery> {
        loop {
            let deed = self.chance.below(1_000);
            let deliveries = if deed < STRANGERS {
                let action = STRANGE[self.chance.below(STRANGE.len())];
                self.greenhouse.send_foreign_event(action).await.unwrap()
            } else if deed < STRANGERS + self.removals {
                self.remove().await
            } else {
                self.progress().await
            };
            if !deliveries.is_empty() {
                return deliveries;
            }
        }
    }

    /// Moves an application to another stage or state.
    async fn progress(&mut self) -> Vec<Delivery> {
        let all = if self.chance.below(8) == 0 {
            &self.others
        } else {
            &self.pushed
        };
        let id = all[self.chance.below(all.len())];
        let Some(application) = self.greenhouse.application(id) else {
            return Vec::new();
        };
        let deed = self.chance.below(100);
        let greenhouse = self.greenhouse;
        let deliveries = match (application.status, deed) {
            (ApplicationStatus::InProcess, 0..40) => {
                let plan = &self.plans[&application.job_id.unwrap()];
                greenhouse
                    .move_to(id, plan[self.chance.below(plan.len())])
                    .await
            }
            (ApplicationStatus::InProcess, 40..60) => greenhouse.reject(id).await,
            (ApplicationStatus::InProcess, 60..75) => greenhouse.hire(id).await,
            (ApplicationStatus::Rejected, 0..60) => greenhouse.unreject(id).await,
            (ApplicationStatus::Hired, 0..60) => greenhouse.unhire(id).await,
            (_, 98..) => {
                let email = format!("{}@example.net", self.chance.below(1_000_000));
                greenhouse
                    .change_email(application.candidate_id, &email)
                    .await
            }
            _ => greenhouse.update_application(id).await,
        };
        deliveries.unwrap()
    }

    /// Deletes, merges or anonymizes a candidate with a push, or deletes their application.
    async fn remove(&mut self) -> Vec<Delivery> {
        let id = self.pushed[self.chance.below(self.pushed.len())];
        let Some(application) = self.greenhouse.application(id) else {
            return Vec::new();
        };
        let candidate = application.candidate_id;
        let deliveries = match self.chance.below(8) {
            0 => self.greenhouse.delete_application(id).await,
            1 => self.greenhouse.delete_candidate(candidate).await,
            2..5 => self.anonymize(candidate).await,
            _ => self.merge(candidate).await,
        };
        deliveries.unwrap()
    }

    async fn anonymize(&mut self, candidate: i64) -> Result<Vec<Delivery>, ActError> {
        self.anonymized.insert(candidate);
        let fields: &[&str] = match self.chance.below(3) {
            0 => &["full_name", "email_addresses", "offers"],
            1 => &["full_name", "a_field_of_tomorrow"],
            _ => &["notes", "attachments", "phone_numbers"],
        };
        self.greenhouse.anonymize(candidate, fields).await
    }

    /// Merges the candidate into a candidate with or without a push, with or without an application
    /// for the same job. No candidate wins two merges, because timing would then decide which
    /// application the link follows.
    async fn merge(&mut self, loser: i64) -> Result<Vec<Delivery>, ActError> {
        let all = if self.chance.below(3) == 0 {
            &self.pushed
        } else {
            &self.others
        };
        let id = all[self.chance.below(all.len())];
        let Some(other) = self.greenhouse.application(id) else {
            return Ok(Vec::new());
        };
        let winner = other.candidate_id;
        // A winner with its own link is not merged again, because an earlier merge that has already
        // moved this link would not find the loser's link.
        let ends = self.winners.contains(&loser) && self.have_links.contains(&loser);
        if winner == loser || ends || self.winners.contains(&winner) {
            return Ok(Vec::new());
        }
        self.merged.insert(loser, winner);
        self.winners.insert(winner);
        self.greenhouse.merge(winner, loser).await
    }

    /// Returns `true` if the candidate is the winner or the loser of a merge.
    pub(crate) fn was_merged(&self, candidate: i64) -> bool {
        self.merged.contains_key(&candidate) || self.winners.contains(&candidate)
    }

    /// Returns the candidates that were merged into this one, directly or through others.
    pub(crate) fn losers_of(&self, winner: i64) -> impl Iterator<Item = i64> {
        let losers = self.merged.keys().copied();
        losers.filter(move |loser| self.final_candidate(*loser) == winner)
    }

    /// Returns the final winner of a candidate's merges.
    pub(crate) fn final_candidate(&self, candidate: i64) -> i64 {
        let mut last = candidate;
        while let Some(winner) = self.merged.get(&last) {
            last = *winner;
        }
        last
    }
}

/// Number of actions on other candidates, per thousand.
const STRANGERS: usize = 50;
const STRANGE: [&str; 10] = [
    "application_updated",
    "candidate_anonymized",
    "candidate_stage_change",
    "delete_application",
    "delete_candidate",
    "hire_candidate",
    "new_candidate_application",
    "reject_candidate",
    "unhire_candidate",
    "unreject_candidate",
];
