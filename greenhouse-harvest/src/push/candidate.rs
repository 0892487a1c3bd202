//! First step: the person.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    CandidateId, later,
    store::{JournalMark, Push, PushFailure, PushStep},
};

use super::{
    failure::Stop,
    run::{Kit, Run},
};
use crate::{
    Error,
    api::{CandidateFilter, CreatedCandidate, NewCandidate},
};

impl Run<'_> {
    /// Finds the person, or creates it. In this order: what is known of this assessment, the person's other pushes, the
    /// invitation, the e-mail address; only then a new candidate. Whom Greenhouse has no more is passed over.
    pub(super) async fn candidate(&mut self, kit: &Kit) -> Result<CandidateId, Stop> {
        let known = self.known_candidate(kit).await?;
        if let Some(candidate) = known {
            self.is_chosen(candidate)?;
            if self.done_id(STEP).is_some() && self.push.candidate == known {
                return Ok(candidate);
            }
            return self.adopt_candidate(candidate).await;
        }
        if self.done_id(STEP).is_some() {
            self.push.candidate = None;
            self.not_done(&[STEP]).await?;
        }
        if let Some(candidate) = self.look_up_candidate(kit).await? {
            return self.adopt_candidate(candidate).await;
        }
        self.proves_absence(kit, STEP).await?;
        self.create_candidate(kit).await
    }

    /// What is known of the person is not overruled by a choice, and a choice is not passed over in silence.
    fn is_chosen(&self, known: CandidateId) -> Result<(), Stop> {
        match self.push.choice {
            Some(choice) if choice != known => {
                let text = format!(
                    "Candidate {choice} was chosen, and what was pushed of this person before went to candidate {known}. \
                     Nothing more was written. Push again without a choice, or merge the two in Greenhouse."
                );
                Err(Stop::failed(STEP, "already_placed", text))
            }
            _ => Ok(()),
        }
    }

    async fn known_candidate(&self, kit: &Kit) -> Result<Option<CandidateId>, Stop> {
        let store = &self.service.parts.store;
        let own = store.link(self.account(), &self.push.assessment).await?;
        // An application that is known is read, or written to, but none is created.
        if let Some(link) = own {
            return Ok(Some(link.candidate));
        }
        if self.done_id(PushStep::Application).is_some() && self.push.candidate.is_some() {
            return Ok(self.push.candidate);
        }
        let mut known = Vec::new();
        known.extend(self.push.candidate.map(|own| (own, done_at(&self.push))));
        // The youngest first; its link knows of a merge since.
        for other in self.kin.iter().rev().take(MAX_IDS) {
            let link = store.link(self.account(), &other.assessment).await?;
            let candidate = link.map(|link| link.candidate).or(other.candidate);
            known.extend(candidate.map(|candidate| (candidate, done_at(other))));
        }
        known.extend(kit.plan.invited_candidate.map(|invited| (invited, None)));
        match (known.as_slice(), kit.plan.invited_application) {
            ([(candidate, _), ..], Some(_)) => Ok(Some(*candidate)),
            ([], Some(application)) => self.invited_person(kit, application).await.map(Some),
            ([], None) => Ok(None),
            (known, None) => self.still_there(kit, known).await,
        }
    }

    /// The first of these whom Greenhouse still has. A candidate may have been deleted since it was noted down.
    async fn still_there(
        &self,
        kit: &Kit,
        known: &[(CandidateId, Option<DateTime<Utc>>)],
    ) -> Result<Option<CandidateId>, Stop> {
        // Reads may lag, so nobody is missed who was only just written.
        let settle_time = self.service.parts.config.settle_time;
        let now = self.service.now();
        let young = known
            .iter()
            .filter_map(|(id, at)| Some((at.filter(|at| now < later(*at, settle_time))?, *id)));
        if let Some((_, youngest)) = young.max() {
            return Ok(Some(youngest));
        }
        let mut ids: Vec<CandidateId> = Vec::new();
        for (id, _) in known {
            if !ids.contains(id) && ids.len() < MAX_IDS {
                ids.push(*id);
            }
        }
        let rows = kit
            .reads
            .candidates(&CandidateFilter::new().ids(ids.clone()));
        let rows = rows.all().await;
        let rows = rows.map_err(|error| Stop::harvest(STEP, "read the candidate", &error))?;
        let there = ids
            .into_iter()
            .find(|id| rows.iter().any(|row| row.id == *id));
        if there.is_none() {
            self.sees(kit, STEP).await?;
        }
        Ok(there)
    }

    /// Looks for the exact address. Several hits are for a person to choose among.
    async fn look_up_candidate(&self, kit: &Kit) -> Result<Option<CandidateId>, Stop> {
        let filter = CandidateFilter::new().email(kit.plan.email.as_str());
        let hits = kit.reads.candidates(&filter).all().await;
        let hits = hits.map_err(|error| Stop::harvest(STEP, "look for the candidate", &error))?;
        let hits: Vec<CandidateId> = hits.iter().map(|hit| hit.id).collect();
        match (self.push.choice, hits.as_slice()) {
            (Some(choice), hits) if hits.contains(&choice) => Ok(Some(choice)),
            (Some(choice), hits) => Err(not_among(choice, hits)),
            (None, []) => Ok(None),
            (None, [hit]) => Ok(Some(*hit)),
            (None, hits) => Err(several(hits)),
        }
    }

    async fn adopt_candidate(&mut self, candidate: CandidateId) -> Result<CandidateId, Stop> {
        self.mark_candidate(candidate, true);
        self.commit(None).await?;
        Ok(candidate)
    }

    /// Creates the person, in one request with the application where that is possible.
    async fn create_candidate(&mut self, kit: &Kit) -> Result<CandidateId, Stop> {
        let plan = &kit.plan;
        let mut new = NewCandidate::new(&*plan.first_name, &*plan.last_name, &*plan.email);
        new.tags = kit.settings.tags.clone();
        let separate = !self.service.parts.config.stage_with_candidate;
        let along = plan
            .mapping
            .filter(|mapping| mapping.stage.is_none() || !separate);
        let (new, steps) = match along {
            Some(mapping) => (
                new.applying_from(mapping.job, mapping.stage, kit.settings.source),
                &[STEP, PushStep::Application][..],
            ),
            None => (new, &[STEP][..]),
        };
        self.begin(steps, along.map(|mapping| mapping.job.value()))
            .await?;
        match kit.client.create_candidate(&new).await {
            Ok(created) => self.created(kit, created, along.is_some()).await,
            Err(error) if error.outcome_unknown() => {
                self.left_unknown();
                match self.look_up_candidate(kit).await {
                    Ok(Some(candidate)) => self.adopt_candidate(candidate).await,
                    Ok(None) | Err(Stop::Failed(_)) => Err(self.unknown_outcome(STEP)),
                    Err(stop) => Err(stop),
                }
            }
            Err(error) => {
                self.not_done(steps).await?;
                Err(refused(&error))
            }
        }
    }

    /// An answer without the application does not say that there is none: that is left to the next step to look up.
    async fn created(
        &mut self,
        kit: &Kit,
        created: CreatedCandidate,
        along: bool,
    ) -> Result<CandidateId, Stop> {
        let CreatedCandidate {
            candidate,
            application,
            ..
        } = created;
        let id = candidate.id;
        self.made.candidate = Some(candidate);
        self.made.alone = !along;
        self.mark_candidate(id, false);
        match application {
            Some(application) => {
                self.keep_application(kit, id, &application, false).await?;
                self.made.application = Some(application);
            }
            None => {
                // It may have been made just now, however long ago it was begun.
                self.left_unknown();
                self.commit(None).await?;
            }
        }
        Ok(id)
    }
}

/// When the push got its candidate.
fn done_at(push: &Push) -> Option<DateTime<Utc>> {
    let line = push.mark(STEP)?;
    matches!(line.mark, JournalMark::Done { .. }).then_some(line.at)
}

fn several(hits: &[CandidateId]) -> Stop {
    let text = format!(
        "Several candidates in Greenhouse have this e-mail address: {}. Nothing more is written. Push again and name the \
         one to use, or merge them in Greenhouse.",
        listed(hits)
    );
    with_candidates("several_candidates", text, hits)
}

fn not_among(choice: CandidateId, hits: &[CandidateId]) -> Stop {
    let text = if hits.is_empty() {
        format!(
            "Candidate {choice} was chosen, and nobody in Greenhouse has this e-mail address. Nothing was written."
        )
    } else {
        format!(
            "Candidate {choice} was chosen and does not have this e-mail address; these have it: {}. Nothing was written.",
            listed(hits)
        )
    };
    with_candidates("choice_not_found", text, hits)
}

fn with_candidates(code: &'static str, text: String, hits: &[CandidateId]) -> Stop {
    let mut failure = PushFailure::new(Some(STEP), code, text);
    failure.candidates = hits.to_vec();
    Stop::Failed(failure)
}

fn listed(hits: &[CandidateId]) -> String {
    let hits: Vec<String> = hits.iter().map(CandidateId::to_string).collect();
    hits.join(", ")
}

fn refused(error: &Error) -> Stop {
    Stop::harvest(STEP, "create the candidate", error)
}

const STEP: PushStep = PushStep::Candidate;
/// One list takes no more ids (documented).
const MAX_IDS: usize = 50;
