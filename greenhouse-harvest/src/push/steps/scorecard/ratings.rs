//! Rates the traits as attributes of a scorecard in Greenhouse.

use std::collections::BTreeMap;

use greenhouse_core::{
    plain,
    store::{JournalMark, PushStep},
};

use super::{kit_and_attributes::MatchedTraits, note_reason::refusal};
use crate::{
    Error, HarvestClient,
    api::{NewScorecardCandidateAttribute, ScorecardCandidateAttributeFilter, ScorecardId},
    lookup::{agrees, matching},
    push::{
        StepError,
        context::StepContext,
        ledger::{Absent, Ledger, Operation, journal::parts_done},
        texts::{operation, sync_log as texts},
    },
};

/// Rates each trait that the job has as an attribute. A rating that Greenhouse rejects appears only
/// in the scorecard's text.
pub(super) async fn ratings(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    scorecard: i64,
    fresh: bool,
    matched: MatchedTraits,
) -> Result<(), StepError> {
    let MatchedTraits { rated, unmatched } = matched;
    let (mut ratings, mut unrated, mut rejected) = (rated.len(), unmatched, false);
    let scorecard_id = ScorecardId::new(scorecard);
    let mut existing = BTreeMap::new();
    let absent = match ledger.never_begun(RATINGS.step).filter(|_| fresh) {
        Some(absent) => absent,
        None => {
            let Some((known, absent)) = known_ratings(context, ledger, scorecard_id).await? else {
                ledger.set_form(texts::scorecard_as_text(texts::RATINGS_HIDDEN));
                return Ok(());
            };
            existing = known;
            absent
        }
    };
    for done in parts_done(ledger.push(), RATINGS.step) {
        existing.entry(done).or_insert(done);
    }
    for (attribute, index) in rated {
        let Some(own) = context.plan.scorecard.attributes.get(index) else {
            continue;
        };
        if existing.contains_key(&attribute.value()) {
            continue;
        }
        let mut new = NewScorecardCandidateAttribute::new(scorecard_id, attribute, own.rating);
        new.note = own.note.as_deref().map(product_text);
        let find = || async {
            let there = ratings_of(&context.reads, scorecard_id).await?;
            Ok::<_, Error>(there.get(&attribute.value()).copied())
        };
        let new = &new;
        let send = |writer: HarvestClient| async move {
            let rating = writer.create_scorecard_candidate_attribute(new).await?;
            Ok(rating.id.value())
        };
        let rate = RATINGS.of_part(attribute.value());
        match ledger.once(rate, absent, find, send).await? {
            Ok(_) => {}
            Err(error) if refusal(&error).is_some() => {
                rejected = true;
                ratings = ratings.saturating_sub(1);
                unrated.push(own.name.clone());
            }
            Err(error) => return Err(rate.write_failed(&error)),
        }
    }
    ledger.set_form(texts::rated_scorecard(ratings, &unrated, rejected));
    ledger.done(RATINGS.step, scorecard, false).await
}

/// Returns the ids of the existing ratings by attribute, and the proof that there are no others.
/// `None` if Greenhouse refuses the list. A rating with an unknown outcome is settled first.
async fn known_ratings(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    scorecard: ScorecardId,
) -> Result<Option<(BTreeMap<i64, i64>, Absent)>, StepError> {
    let there = match ratings_of(&context.reads, scorecard).await {
        Ok(there) => there,
        Err(error) if refusal(&error).is_some() => return Ok(None),
        Err(error) => return Err(RATINGS.search_failed(&error)),
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
        _ => Absent::besides_listed(RATINGS.step),
    };
    Ok(Some((there, absent)))
}

/// Returns the product's text without hidden characters and without mentions.
fn product_text(text: &str) -> String {
    let lines = plain::lines(text);
    let lines: Vec<String> = lines.iter().map(|line| plain::inert(line)).collect();
    lines.join("\n")
}

async fn ratings_of(
    reads: &HarvestClient,
    scorecard: ScorecardId,
) -> Result<BTreeMap<i64, i64>, Error> {
    let filter = ScorecardCandidateAttributeFilter::new().scorecard_ids([scorecard]);
    let rows = matching(
        || reads.scorecard_candidate_attributes(&filter),
        |row| agrees(row.scorecard_id, scorecard),
    );
    let rows = rows.await?;
    let ids = rows.iter().filter_map(|row| {
        let attribute = row.job_candidate_attribute_id?;
        Some((attribute.value(), row.id.value()))
    });
    Ok(ids.collect())
}

const RATINGS: Operation = Operation::new(
    PushStep::Ratings,
    operation::RATE_TRAITS,
    operation::FIND_RATINGS,
);
