//! Golden queries of the filters of candidates, applications and related records.

use greenhouse_core::{
    ApplicationId, ApplicationStatus, CandidateId, JobId, SourceId, StageId, UserId,
};
use greenhouse_harvest::api::{ApplicationStageId, CandidateTagId, JobPostId, ReferrerId};
use greenhouse_harvest::api::{TimeRange, *};

use crate::{queries::asked, support::start};

#[tokio::test]
async fn of_candidates_and_their_tags() {
    let filter = CandidateFilter::new()
        .email("mira@example.org")
        .tag("assessed")
        .private(false)
        .last_activity_at(TimeRange::from(start()))
        .custom_field_option_id(3);
    assert_eq!(
        asked(|client| client.candidates(&filter)).await,
        "candidates?email=mira@example.org&tag=assessed&private=false\
         &last_activity_at=gte|2026-05-11T13:54:09Z&custom_field_option_id=3"
    );
    let filter = CandidateTagFilter::new().ids([CandidateTagId::new(1)]);
    assert_eq!(
        asked(|client| client.candidate_tags(&filter)).await,
        "candidate_tags?ids=1"
    );
    let filter = AppliedCandidateTagFilter::new()
        .candidate_ids([CandidateId::new(1)])
        .candidate_tag_ids([CandidateTagId::new(2)]);
    assert_eq!(
        asked(|client| client.applied_candidate_tags(&filter)).await,
        "applied_candidate_tags?candidate_ids=1&candidate_tag_ids=2"
    );
}

#[tokio::test]
async fn of_applications_and_their_stages() {
    let filter = ApplicationFilter::new()
        .candidate_ids([CandidateId::new(1)])
        .job_ids([JobId::new(2)])
        .prospective_job_ids([JobId::new(3)])
        .job_post_ids([JobPostId::new(4)])
        .source_ids([SourceId::new(5)])
        .referrer_ids([ReferrerId::new(6)])
        .stage_ids([ApplicationStageId::new(7)])
        .job_interview_stage_ids([StageId::new(8)])
        .stage_name("Offer")
        .status(ApplicationStatus::from("in_process"))
        .prospect(false)
        .last_activity_at(TimeRange::before(start()))
        .custom_field_option_id(9);
    assert_eq!(
        asked(|client| client.applications(&filter)).await,
        "applications?candidate_ids=1&job_ids=2&prospective_job_ids=3&job_post_ids=4&source_ids=5&referrer_ids=6\
         &stage_ids=7&job_interview_stage_ids=8&stage_name=Offer&status=active&prospect=false\
         &last_activity_at=lt|2026-05-11T13:54:09Z&custom_field_option_id=9"
    );
    let filter = ApplicationStageFilter::new()
        .application_ids([ApplicationId::new(1)])
        .job_interview_stage_ids([StageId::new(2)])
        .current(true);
    assert_eq!(
        asked(|client| client.application_stages(&filter)).await,
        "application_stages?application_ids=1&job_interview_stage_ids=2&current=true"
    );
}

#[tokio::test]
async fn of_attachments_and_notes() {
    let filter = AttachmentFilter::new()
        .application_ids([ApplicationId::new(1)])
        .candidate_ids([CandidateId::new(2)])
        .kind(AttachmentType::TakeHomeTest);
    assert_eq!(
        asked(|client| client.attachments(&filter)).await,
        "attachments?application_ids=1&candidate_ids=2&type=take_home_test"
    );
    let filter = NoteFilter::new()
        .candidate_ids([CandidateId::new(1)])
        .application_ids([ApplicationId::new(2)])
        .user_ids([UserId::new(3)])
        .kind(NoteType::FollowUp)
        .visibility(NoteReaders::AdminOnly);
    assert_eq!(
        asked(|client| client.notes(&filter)).await,
        "notes?candidate_ids=1&application_ids=2&user_ids=3&type=FOLLOW_UP&visibility=admin_only_visible"
    );
}
