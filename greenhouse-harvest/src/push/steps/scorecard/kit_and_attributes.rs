//! Choice of the interview kit and the job's attributes for a scorecard.

use std::collections::BTreeSet;

use greenhouse_core::{InterviewKitId, scorecard::Scorecard, settings::JobMapping};

use crate::{
    api::{InterviewKit, JobCandidateAttribute, JobCandidateAttributeId, JobInterview},
    field_use::folded,
};

/// Attribute of the job, and index of the trait in the scorecard.
type RatedTrait = (JobCandidateAttributeId, usize);

/// Traits of the scorecard, with and without a matching attribute of the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MatchedTraits {
    /// Traits with a matching attribute, in the order of the scorecard.
    pub(super) rated: Vec<RatedTrait>,
    pub(super) unmatched: Vec<String>,
}

/// Chooses the mapped kit. If no kit is mapped, chooses the kit of the first interview at the
/// mapped stage, or else of the job's first interview.
pub(super) fn choose_kit(
    mapping: Option<&JobMapping>,
    interviews: &[JobInterview],
    kits: &[InterviewKit],
) -> Option<InterviewKitId> {
    if let Some(named) = mapping.and_then(|mapping| mapping.interview_kit) {
        return kits.iter().find(|kit| kit.id == named).map(|kit| kit.id);
    }
    let stage = mapping.and_then(|mapping| mapping.stage);
    let of_active = kits.iter().filter_map(|kit| {
        let interview = interviews
            .iter()
            .find(|interview| Some(interview.id) == kit.job_interview_id)?;
        let elsewhere = stage.is_none() || interview.job_interview_stage_id != stage;
        Some((elsewhere, interview.sort_order.unwrap_or(i64::MAX), kit.id))
    });
    of_active.min().map(|(_, _, kit)| kit)
}

/// Matches traits and attributes by name, ignoring letter case and blanks. Attributes in different
/// groups can have the same name; the first in the job's order is used.
pub(super) fn match_attributes(
    card: &Scorecard,
    attributes: &[JobCandidateAttribute],
) -> MatchedTraits {
    let mut attributes: Vec<_> = attributes.iter().collect();
    attributes.sort_by_key(|attribute| (attribute.sort_order.unwrap_or(i64::MAX), attribute.id));
    let mut taken = BTreeSet::new();
    let (mut rated, mut unmatched) = (Vec::new(), Vec::new());
    for (index, own) in card.attributes.iter().enumerate() {
        let wanted = folded(&own.name);
        let found = attributes.iter().find(|attribute| {
            let name = attribute.name.as_deref().map(folded);
            name.as_ref() == Some(&wanted) && !taken.contains(&attribute.id)
        });
        match found {
            Some(attribute) => {
                taken.insert(attribute.id);
                rated.push((attribute.id, index));
            }
            None => unmatched.push(own.name.clone()),
        }
    }
    MatchedTraits { rated, unmatched }
}

#[cfg(test)]
mod tests {
    use greenhouse_core::{
        JobId, StageId,
        scorecard::{Score, Thresholds, TraitScore},
    };
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn the_mapped_kit_precedes_that_of_the_stage_and_the_first_one() {
        let interviews: Vec<JobInterview> = from_value(json!([
            {"id": 1, "job_interview_stage_id": 10, "sort_order": 2},
            {"id": 2, "job_interview_stage_id": 11, "sort_order": 1},
            {"id": 3, "job_interview_stage_id": 11, "sort_order": 0},
        ]))
        .unwrap();
        let kits: Vec<InterviewKit> = from_value(json!([
            {"id": 100, "job_interview_id": 1}, {"id": 101, "job_interview_id": 2},
            {"id": 102, "job_interview_id": 3}, {"id": 103, "job_interview_id": 9},
        ]))
        .unwrap();
        for (stage, named, chosen) in [
            (None, None, Some(102)),
            (Some(11), None, Some(102)),
            (Some(10), None, Some(100)),
            (Some(12), None, Some(102)),
            (Some(10), Some(101), Some(101)),
            (None, Some(103), Some(103)),
            (None, Some(999), None),
        ] {
            let mut mapping = JobMapping::new(JobId::new(1), stage.map(StageId::new));
            mapping.interview_kit = named.map(InterviewKitId::new);
            let kit = choose_kit(Some(&mapping), &interviews, &kits);
            assert_eq!(kit, chosen.map(InterviewKitId::new), "{stage:?} {named:?}");
        }
        assert_eq!(
            choose_kit(None, &interviews, &kits),
            Some(InterviewKitId::new(102))
        );
        assert_eq!(choose_kit(None, &interviews, &[]), None);
        assert_eq!(choose_kit(None, &[], &kits), None);
    }

    #[test]
    fn each_attribute_matches_one_trait_of_its_name() {
        let traits = ["Discovery & Diagnosis", "Grit", "grit", "Poise"];
        let score = Score::new(50.0).unwrap();
        let traits = traits.map(|name| TraitScore::new(name, score)).to_vec();
        let card = Scorecard::new(score, traits, None, &Thresholds::default());
        let attributes: Vec<JobCandidateAttribute> = from_value(json!([
            {"id": 1, "name": "GRIT", "sort_order": 5}, {"id": 2, "name": "Grit ", "sort_order": 3},
            {"id": 3, "name": "discovery  & diagnosis"}, {"id": 4},
        ]))
        .unwrap();
        let id = JobCandidateAttributeId::new;
        let matched = match_attributes(&card, &attributes);
        assert_eq!(matched.rated, [(id(3), 0), (id(2), 1), (id(1), 2)]);
        assert_eq!(matched.unmatched, ["Poise"]);
    }
}
