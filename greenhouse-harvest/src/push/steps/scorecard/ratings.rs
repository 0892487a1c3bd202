//! Rates the traits as attributes of a scorecard of Greenhouse.

use std::collections::BTreeMap;

use greenhouse_core::store::{JournalMark, PushStep};

use super::{
    choice::Matched,
    form::{Card, refusal},
};
use crate::{
    Error, HarvestClient,
    api::{NewScorecardCandidateAttribute, ScorecardCandidateAttributeFilter, ScorecardId},
    push::{
        StepError,
        context::StepContext,
        ledger::{Absent, Ledger, Operation, journal::parts_done},
    },
};

/// Rates every trait that the job has as an attribute. A rating that Greenhouse refuses stays in the scorecard's text.
pub(super) async fn ratings(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    scorecard: i64,
    fresh: bool,
    matched: Matched,
) -> Result<(), StepError> {
    let Matched { rated, unmatched } = matched;
    let mut card = Card {
        rated: rated.len(),
        as_text: unmatched,
        refused: false,
    };
    let scorecard_id = ScorecardId::new(scorecard);
    let mut there = BTreeMap::new();
    let absent = match ledger.never_begun(RATINGS.step).filter(|_| fresh) {
        Some(absent) => absent,
        None => {
            let Some((known, absent)) = known_ratings(context, ledger, scorecard_id).await? else {
                ledger.set_form(UNSEEN.to_owned());
                return Ok(());
            };
            there = known;
            absent
        }
    };
    for done in parts_done(ledger.push(), RATINGS.step) {
        there.entry(done).or_insert(done);
    }
    for (attribute, index) in rated {
        let Some(own) = context.plan.scorecard.attributes.get(index) else {
            continue;
        };
        if there.contains_key(&attribute.value()) {
            continue;
        }
        let mut new = NewScorecardCandidateAttribute::new(scorecard_id, attribute, own.rating);
        new.note = own.note.clone();
        let find = || async {
            let there = ratings_of(&context.reads, scorecard_id).await?;
            Ok::<_, Error>(there.get(&attribute.value()).copied())
        };
        let new = &new;
        let send = |writer: HarvestClient| async move {
            let rating = writer.create_scorecard_candidate_attribute(new).await?;
            Ok(rating.id.value())
        };
        let operation = RATINGS.of_part(attribute.value());
        match ledger.once(operation, absent, find, send).await? {
            Ok(_) => {}
            Err(error) if refusal(&error).is_some() => card.refuse(&own.name),
            Err(error) => return Err(operation.not_done(&error)),
        }
    }
    ledger.set_form(card.to_string());
    ledger.done(RATINGS.step, scorecard, false).await
}

/// The ratings that are there, their ids by attribute, and the proof that no other was begun. `None` if Greenhouse refuses
/// to show them. A rating of unknown outcome that is not there is settled first.
async fn known_ratings(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    scorecard: ScorecardId,
) -> Result<Option<(BTreeMap<i64, i64>, Absent)>, StepError> {
    let there = match ratings_of(&context.reads, scorecard).await {
        Ok(there) => there,
        Err(error) if refusal(&error).is_some() => return Ok(None),
        Err(error) => return Err(RATINGS.not_looked_up(&error)),
    };
    let line = ledger
        .push()
        .mark(RATINGS.step)
        .filter(|line| line.mark == JournalMark::Begun);
    let begun = line.and_then(|line| line.part);
    let absent = match begun {
        Some(part) if !there.contains_key(&part) => {
            ledger.proves_absence(context, RATINGS.step).await?
        }
        _ => Absent::besides_what_is_there(RATINGS.step),
    };
    Ok(Some((there, absent)))
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
const RATINGS: Operation =
    Operation::new(PushStep::Ratings, "rate the traits", "look for the ratings");
