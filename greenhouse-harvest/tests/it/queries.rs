//! Golden queries for every filter that has its own parameters.

use greenhouse_core::{ApplicationId, InterviewKitId, JobId, StageId, UserId};
use greenhouse_harvest::api::{
    CandidateAttributeTypeId, CustomFieldId, CustomFieldOptionId, InterviewId,
    JobCandidateAttributeId, JobInterviewId, RejectionReasonId, ScorecardId,
    ScorecardQuestionAnswerId, ScorecardQuestionId, ScorecardQuestionOptionId,
};
use greenhouse_harvest::{
    HarvestClient, List,
    api::{TimeRange, *},
};
use serde::de::DeserializeOwned;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::support::{client, server, start, with_tokens};

/// Returns the query of a list, without the page size that every list sends.
pub(crate) async fn asked<T: DeserializeOwned + Send + 'static>(
    list: impl FnOnce(&HarvestClient) -> List<T>,
) -> String {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([])))
        .mount(&server)
        .await;
    assert!(list(&client(&server)).all().await.unwrap().is_empty());
    only_query(&server).await
}

async fn only_query(server: &MockServer) -> String {
    let requests = server.received_requests().await.unwrap();
    let mut lists = requests.iter().filter(|request| request.method == "GET");
    let request = lists.next().unwrap();
    assert!(lists.next().is_none());
    let pairs = request.url.query_pairs();
    let pairs = pairs.filter(|(name, _)| name != "per_page");
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let resource = request.url.path().strip_prefix("/v3/").unwrap();
    format!("{resource}?{}", pairs.join("&"))
}

#[tokio::test]
async fn of_jobs_and_users() {
    let filter = JobFilter::new()
        .status(JobStatus::Open)
        .requisition_id("81")
        .department_id(1)
        .office_id(2)
        .confidential(false)
        .opened_at(TimeRange::from(start()))
        .closed_at(TimeRange::before(start()))
        .custom_field_option_id(3);
    assert_eq!(
        asked(|client| client.jobs(&filter)).await,
        "jobs?status=open&requisition_id=81&department_id=1&office_id=2&confidential=false\
         &opened_at=gte|2026-05-11T13:54:09Z&closed_at=lt|2026-05-11T13:54:09Z&custom_field_option_id=3"
    );
    let filter = JobInterviewStageFilter::new()
        .job_ids([JobId::new(1)])
        .active(true);
    assert_eq!(
        asked(|client| client.job_interview_stages(&filter)).await,
        "job_interview_stages?job_ids=1&active=true"
    );
    let filter = UserFilter::new()
        .primary_email("lee@example.org")
        .employee_ids(["e1".to_owned(), "e2".to_owned()])
        .deactivated(false)
        .show_service_accounts(true)
        .agency_ids([1.into()])
        .office_ids([2.into()])
        .department_ids([3.into()])
        .linked_candidate_ids([4.into()])
        .interviewer_tag_ids([5.into()])
        .custom_field_option_id(6)
        .external_office_id("o")
        .external_department_id("d");
    assert_eq!(
        asked(|client| client.users(&filter)).await,
        "users?primary_email=lee@example.org&employee_ids=e1,e2&deactivated=false&show_service_accounts=true\
         &agency_ids=1&office_ids=2&department_ids=3&linked_candidate_ids=4&interviewer_tag_ids=5\
         &custom_field_option_id=6&external_office_id=o&external_department_id=d"
    );
}

#[tokio::test]
async fn of_custom_fields_and_addresses() {
    let filter = CustomFieldFilter::new()
        .field_type(CustomFieldType::Application)
        .active(true)
        .name("Level")
        .name_key("level");
    assert_eq!(
        asked(|client| client.custom_fields(&filter)).await,
        "custom_fields?field_type=application&active=true&name=Level&name_key=level"
    );
    let filter = CustomFieldOptionFilter::new()
        .custom_field_ids([CustomFieldId::new(1), CustomFieldId::new(2)])
        .custom_field_key("level")
        .active(false);
    assert_eq!(
        asked(|client| client.custom_field_options(&filter)).await,
        "custom_field_options?custom_field_ids=1,2&custom_field_key=level&active=false"
    );
    let filter = UserEmailFilter::new()
        .user_ids([UserId::new(1)])
        .emails(["lee@example.org".to_owned(), "l@example.org".to_owned()])
        .verified(true)
        .verification_token_sent_at(TimeRange::from(start()));
    assert_eq!(
        asked(|client| client.user_emails(&filter)).await,
        "user_emails?user_ids=1&email=lee@example.org,l@example.org&verified=true\
         &verification_token_sent_at=gte|2026-05-11T13:54:09Z"
    );
}

#[tokio::test]
async fn of_scorecards() {
    let filter = ScorecardFilter::new()
        .application_ids([ApplicationId::new(1)])
        .interviewer_ids([UserId::new(2)])
        .submitter_ids([UserId::new(3)])
        .interview_kit_ids([InterviewKitId::new(4)])
        .interviewed_at(TimeRange::before(start()))
        .submitted_at(TimeRange::from(start()))
        .status(ScorecardStatus::Complete);
    assert_eq!(
        asked(|client| client.scorecards(&filter)).await,
        "scorecards?application_ids=1&interviewer_ids=2&submitter_ids=3&interview_kit_ids=4\
         &interviewed_at=lt|2026-05-11T13:54:09Z&submitted_at=gte|2026-05-11T13:54:09Z&status=complete"
    );
    let filter = ScorecardCandidateAttributeFilter::new()
        .scorecard_ids([ScorecardId::new(1)])
        .job_candidate_attribute_ids([JobCandidateAttributeId::new(2)]);
    assert_eq!(
        asked(|client| client.scorecard_candidate_attributes(&filter)).await,
        "scorecard_candidate_attributes?scorecard_ids=1&job_candidate_attribute_ids=2"
    );
    let filter = JobCandidateAttributeFilter::new()
        .job_ids([JobId::new(1)])
        .candidate_attribute_type_ids([CandidateAttributeTypeId::new(2)])
        .active(true);
    assert_eq!(
        asked(|client| client.job_candidate_attributes(&filter)).await,
        "job_candidate_attributes?job_ids=1&candidate_attribute_type_ids=2&active=true"
    );
    let filter = CandidateAttributeTypeFilter::new()
        .active(true)
        .is_draft(false);
    assert_eq!(
        asked(|client| client.candidate_attribute_types(&filter)).await,
        "candidate_attribute_types?active=true&is_draft=false"
    );
    let filter = FocusCandidateAttributeFilter::new()
        .interview_kit_ids([InterviewKitId::new(1)])
        .job_candidate_attribute_ids([JobCandidateAttributeId::new(2)]);
    assert_eq!(
        asked(|client| client.focus_candidate_attributes(&filter)).await,
        "focus_candidate_attributes?interview_kit_ids=1&job_candidate_attribute_ids=2"
    );
}

#[tokio::test]
async fn of_questions_of_scorecards() {
    let filter = ScorecardQuestionFilter::new()
        .interview_kit_ids([InterviewKitId::new(1)])
        .active(true);
    assert_eq!(
        asked(|client| client.scorecard_questions(&filter)).await,
        "scorecard_questions?interview_kit_ids=1&active=true"
    );
    let filter = ScorecardQuestionOptionFilter::new()
        .scorecard_question_ids([ScorecardQuestionId::new(1)])
        .active(true);
    assert_eq!(
        asked(|client| client.scorecard_question_options(&filter)).await,
        "scorecard_question_options?scorecard_question_ids=1&active=true"
    );
    let filter = ScorecardQuestionAnswerFilter::new()
        .scorecard_ids([ScorecardId::new(1)])
        .scorecard_question_ids([ScorecardQuestionId::new(2)]);
    assert_eq!(
        asked(|client| client.scorecard_question_answers(&filter)).await,
        "scorecard_question_answers?scorecard_ids=1&scorecard_question_ids=2"
    );
    let filter = ScorecardQuestionAnswerOptionFilter::new()
        .scorecard_question_option_ids([ScorecardQuestionOptionId::new(1)])
        .scorecard_question_answer_ids([ScorecardQuestionAnswerId::new(2)]);
    assert_eq!(
        asked(|client| client.scorecard_question_answer_options(&filter)).await,
        "scorecard_question_answer_options?scorecard_question_option_ids=1&scorecard_question_answer_ids=2"
    );
}

#[tokio::test]
async fn of_interviews() {
    let filter = JobInterviewFilter::new()
        .job_ids([JobId::new(1)])
        .job_interview_stage_ids([StageId::new(2)])
        .active(true)
        .scheduling_type(SchedulingType::TakeHomeTest);
    assert_eq!(
        asked(|client| client.job_interviews(&filter)).await,
        "job_interviews?job_ids=1&job_interview_stage_ids=2&active=true&scheduling_type=take_home_test"
    );
    let filter = InterviewKitFilter::new()
        .job_ids([JobId::new(1)])
        .job_interview_ids([JobInterviewId::new(2)]);
    assert_eq!(
        asked(|client| client.interview_kits(&filter)).await,
        "interview_kits?job_ids=1&job_interview_ids=2"
    );
    let filter = InterviewFilter::new()
        .job_ids([JobId::new(1)])
        .application_ids([ApplicationId::new(2)])
        .job_interview_ids([JobInterviewId::new(3)])
        .organizer_ids([UserId::new(4)])
        .starts_at(TimeRange::between(start(), start()))
        .ends_at(TimeRange::from(start()))
        .all_day_start_on(TimeRange::from(start()))
        .all_day_end_on(TimeRange::before(start()))
        .external_event_id("e1")
        .status(InterviewStatus::AwaitingFeedback);
    assert_eq!(
        asked(|client| client.interviews(&filter)).await,
        "interviews?job_ids=1&application_ids=2&job_interview_ids=3&organizer_ids=4\
         &starts_at=gte|2026-05-11T13:54:09Z|lt|2026-05-11T13:54:09Z\
         &ends_at=gte|2026-05-11T13:54:09Z&all_day_start_on=gte|2026-05-11T13:54:09Z\
         &all_day_end_on=lt|2026-05-11T13:54:09Z&external_event_id=e1&status=awaiting_feedback"
    );
    let filter = InterviewerFilter::new()
        .interview_ids([InterviewId::new(1)])
        .user_ids([UserId::new(2)])
        .scorecard_ids([ScorecardId::new(3)])
        .response_status(InterviewerResponse::NeedsAction);
    assert_eq!(
        asked(|client| client.interviewers(&filter)).await,
        "interviewers?interview_ids=1&user_ids=2&scorecard_ids=3&response_status=needs_action"
    );
}

#[tokio::test]
async fn of_rejections_and_referrers() {
    let filter = RejectionDetailFilter::new()
        .application_ids([ApplicationId::new(1)])
        .rejection_reason_ids([RejectionReasonId::new(2)])
        .custom_field_option_id(CustomFieldOptionId::new(3));
    assert_eq!(
        asked(|client| client.rejection_details(&filter)).await,
        "rejection_details?application_ids=1&rejection_reason_ids=2&custom_field_option_id=3"
    );
    let filter = RejectionReasonFilter::new().include_defaults(true);
    assert_eq!(
        asked(|client| client.rejection_reasons(&filter)).await,
        "rejection_reasons?include_defaults=true"
    );
    let filter = ReferrerFilter::new().user_ids([UserId::new(1)]);
    assert_eq!(
        asked(|client| client.referrers(&filter)).await,
        "referrers?user_ids=1"
    );
}
