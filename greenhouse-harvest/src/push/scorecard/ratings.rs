//! The traits as attributes of a scorecard of Greenhouse.

use std::collections::BTreeMap;

use greenhouse_core::store::{JournalMark, PushStep};

use super::{
    super::{
        failure::Stop,
        journal::parts_done,
        run::{Kit, Run},
        write::Deed,
    },
    Matched,
    form::Card,
    refusal,
};
use crate::{
    Error, HarvestClient,
    api::{NewScorecardCandidateAttribute, ScorecardCandidateAttributeFilter, ScorecardId},
};

impl Run<'_> {
    /// Rates every trait that the job has as an attribute. What Greenhouse refuses stays in the scorecard's text.
    pub(super) async fn ratings(
        &mut self,
        kit: &Kit,
        scorecard: i64,
        fresh: bool,
        matched: Matched,
    ) -> Result<(), Stop> {
        let Matched { rated, unmatched } = matched;
        let mut card = Card {
            rated: rated.len(),
            as_text: unmatched,
            refused: false,
        };
        let scorecard_id = ScorecardId::new(scorecard);
        let there = match fresh {
            true => Some(BTreeMap::new()),
            false => self.known_ratings(kit, scorecard_id).await?,
        };
        let Some(mut there) = there else {
            self.push.form = Some(UNSEEN.to_owned());
            return Ok(());
        };
        for done in parts_done(&self.push, STEP) {
            there.entry(done).or_insert(done);
        }
        for (attribute, index) in rated {
            let Some(own) = kit.plan.scorecard.attributes.get(index) else {
                continue;
            };
            if there.contains_key(&attribute.value()) {
                continue;
            }
            let mut new = NewScorecardCandidateAttribute::new(scorecard_id, attribute, own.rating);
            new.note = own.note.clone();
            let deed = Deed {
                part: Some(attribute.value()),
                ..RATINGS
            };
            let find = || async {
                let there = ratings_of(&kit.reads, scorecard_id).await?;
                Ok(there.get(&attribute.value()).copied())
            };
            let send = async {
                let rating = kit
                    .client
                    .create_scorecard_candidate_attribute(&new)
                    .await?;
                Ok(rating.id.value())
            };
            match self.send(deed, find(), send).await? {
                Ok(_) => {}
                Err(error) if refusal(&error).is_some() => card.refuse(&own.name),
                Err(error) => return Err(Stop::harvest(STEP, RATINGS.doing, &error)),
            }
        }
        self.push.form = Some(card.to_string());
        self.done(STEP, scorecard, false).await
    }

    /// The ratings that are there: by attribute, their ids; none where Greenhouse refuses to show them. Where the outcome of one is unknown and it is not there, that
    /// has to be settled first.
    async fn known_ratings(
        &mut self,
        kit: &Kit,
        scorecard: ScorecardId,
    ) -> Result<Option<BTreeMap<i64, i64>>, Stop> {
        let there = match ratings_of(&kit.reads, scorecard).await {
            Ok(there) => there,
            Err(error) if refusal(&error).is_some() => return Ok(None),
            Err(error) => return Err(Stop::harvest(STEP, RATINGS.seeking, &error)),
        };
        let line = self
            .push
            .mark(STEP)
            .filter(|line| line.mark == JournalMark::Begun);
        if let Some(part) = line.and_then(|line| line.part)
            && !there.contains_key(&part)
        {
            self.proves_absence(kit, STEP).await?;
        }
        Ok(Some(there))
    }
}

impl Card {
    fn refuse(&mut self, name: &str) {
        self.refused = true;
        self.rated = self.rated.saturating_sub(1);
        self.as_text.push(name.to_owned());
    }
}

async fn ratings_of(
    reads: &HarvestClient,
    scorecard: ScorecardId,
) -> Result<BTreeMap<i64, i64>, Error> {
    let filter = ScorecardCandidateAttributeFilter::new().scorecard_ids([scorecard]);
    let rows = reads.scorecard_candidate_attributes(&filter).all().await?;
    let ids = rows.iter().filter_map(|row| {
        let attribute = row.job_candidate_attribute_id?;
        Some((attribute.value(), row.id.value()))
    });
    Ok(ids.collect())
}

const UNSEEN: &str = "scorecard with the traits in its text (Greenhouse does not show its ratings)";
const STEP: PushStep = PushStep::Ratings;
const RATINGS: Deed = Deed {
    step: STEP,
    part: None,
    doing: "rate the traits",
    seeking: "look for the ratings",
};
