//! First step: the person.

use greenhouse_core::{
    CandidateId,
    store::{PushFailure, PushStep},
};

use super::{
    failure::Stop,
    run::{Kit, Run},
};
use crate::{CandidateFilter, CreatedCandidate, Error, NewCandidate};

impl Run<'_> {
    /// Finds the person, or creates it. In this order: what is known of this assessment, the person's other pushes, the
    /// invitation, the e-mail address; only then a new candidate.
    pub(super) async fn candidate(&mut self, kit: &Kit) -> Result<CandidateId, Stop> {
        if let Some(id) = self.done_id(STEP) {
            return Ok(self.push.candidate.unwrap_or(CandidateId::new(id)));
        }
        if let Some(candidate) = self.known_candidate(kit).await? {
            return self.adopt_candidate(candidate).await;
        }
        if let Some(candidate) = self.look_up_candidate(kit).await? {
            return self.adopt_candidate(candidate).await;
        }
        self.proves_absence(kit, STEP).await?;
        self.create_candidate(kit).await
    }

    async fn known_candidate(&self, kit: &Kit) -> Result<Option<CandidateId>, Stop> {
        let store = &self.service.parts.store;
        let own = store.link(self.account(), &self.push.assessment).await?;
        if let Some(link) = own {
            return Ok(Some(link.candidate));
        }
        // The youngest first; its link knows of a merge since.
        for other in self.kin.iter().rev() {
            let link = store.link(self.account(), &other.assessment).await?;
            let candidate = link.map(|link| link.candidate).or(other.candidate);
            if candidate.is_some() {
                return Ok(candidate);
            }
        }
        Ok(kit.plan.invited_candidate)
    }

    /// Looks for the exact address. Several hits are for a person to choose among.
    async fn look_up_candidate(&self, kit: &Kit) -> Result<Option<CandidateId>, Stop> {
        let filter = CandidateFilter::email(kit.plan.email.as_str());
        let hits = kit.client.candidates(&filter).all().await;
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
        let new = NewCandidate::new(&*plan.first_name, &*plan.last_name, &*plan.email);
        let separate = !self.service.parts.config.stage_with_candidate;
        let along = plan
            .mapping
            .filter(|mapping| mapping.stage.is_none() || !separate);
        let (new, steps) = match along {
            Some(mapping) => (
                new.applying(mapping.job, mapping.stage),
                &[STEP, PushStep::Application][..],
            ),
            None => (new, &[STEP][..]),
        };
        self.begin(steps).await?;
        match kit.client.create_candidate(&new).await {
            Ok(created) => {
                self.fresh_candidate = along.is_none();
                self.created(kit, created).await
            }
            Err(error) if error.outcome_unknown() => match self.look_up_candidate(kit).await {
                Ok(Some(candidate)) => self.adopt_candidate(candidate).await,
                Ok(None) | Err(Stop::Failed(_)) => Err(self.unknown_outcome(STEP)),
                Err(stop) => Err(stop),
            },
            Err(error) => {
                self.not_done(steps).await?;
                Err(refused(&error))
            }
        }
    }

    /// An answer without the application does not say that there is none: that is left to the next step to look up.
    async fn created(&mut self, kit: &Kit, created: CreatedCandidate) -> Result<CandidateId, Stop> {
        let candidate = created.candidate.id;
        self.mark_candidate(candidate, false);
        match &created.application {
            Some(application) => {
                self.keep_application(kit, candidate, application, false)
                    .await?
            }
            None => self.commit(None).await?,
        }
        Ok(candidate)
    }
}

fn several(hits: &[CandidateId]) -> Stop {
    let text = format!(
        "Several candidates in Greenhouse have this e-mail address: {}. Nothing was written. Push again and name the one \
         to use, or merge them in Greenhouse.",
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
