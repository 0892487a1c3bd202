//! Which interview kit and which attributes of a job a scorecard is for.

use std::collections::BTreeSet;

use greenhouse_core::{InterviewKitId, scorecard::Scorecard, settings::JobMapping};

use crate::{
    api::{InterviewKit, JobCandidateAttribute, JobCandidateAttributeId, JobInterview},
    field_use::folded,
};

/// An attribute of the job, and which of the scorecard's it is.
type Rated = (JobCandidateAttributeId, usize);

/// The traits that the job has as attributes, and those that it has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matched {
    /// In the order of the scorecard.
    pub(super) rated: Vec<Rated>,
    pub(super) unmatched: Vec<String>,
}

/// The kit that the mapping names, else that of the first interview at the mapped stage, else of the job's first.
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

/// Matches traits and attributes by name; letter case and blanks do not count. Of several attributes of one name, which can
/// be in different groups, the first in the job's order is taken.
pub(super) fn match_attributes(card: &Scorecard, attributes: &[JobCandidateAttribute]) -> Matched {
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
    Matched { rated, unmatched }
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
    fn a_kit_is_the_named_one_else_one_at_the_stage_else_the_first() {
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
    fn traits_are_matched_by_name_each_attribute_once() {
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
