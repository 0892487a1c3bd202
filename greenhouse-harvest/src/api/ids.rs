//! Ids of records that exist only in Harvest.

pub use greenhouse_core::{EmailTemplateId, RejectionReasonId};

greenhouse_core::number_id! {
    /// Id of a recruiting agency in Greenhouse.
    AgencyId;
    /// Id of one application's stage (`application_stages.id`), called `stage_id` in application
    /// rows.
    ApplicationStageId;
    /// Id of the assignment of a tag to a candidate in Greenhouse.
    AppliedCandidateTagId;
    /// Id of an attachment in Greenhouse.
    AttachmentId;
    /// Id of a kind of attribute on a job's scorecards in Greenhouse, such as Skills.
    CandidateAttributeTypeId;
    /// Id of a candidate tag in Greenhouse.
    CandidateTagId;
    /// Id of a reason for closing an opening in Greenhouse.
    CloseReasonId;
    /// Id of a custom field in Greenhouse.
    CustomFieldId;
    /// Id of a custom field option in Greenhouse.
    CustomFieldOptionId;
    /// Id of a department in Greenhouse.
    DepartmentId;
    /// Id of a focus attribute for an interview in Greenhouse.
    FocusCandidateAttributeId;
    /// Id of an interview with one candidate in Greenhouse.
    InterviewId;
    /// Id of a person's participation in an interview in Greenhouse (`interviewers.id`), not of the
    /// user.
    InterviewerId;
    /// Id of an interviewer tag in Greenhouse.
    InterviewerTagId;
    /// Id of an attribute on a job's scorecards in Greenhouse.
    JobCandidateAttributeId;
    /// Id of an interview in a job's plan in Greenhouse.
    JobInterviewId;
    /// Id of a job post in Greenhouse.
    JobPostId;
    /// Id of a note in Greenhouse.
    NoteId;
    /// Id of an office in Greenhouse.
    OfficeId;
    /// Id of a job's opening in Greenhouse.
    OpeningId;
    /// Id of a prospect pool in Greenhouse.
    ProspectPoolId;
    /// Id of a stage in a prospect pool in Greenhouse.
    ProspectPoolStageId;
    /// Id of a person who referred candidates in Greenhouse, not of the user.
    ReferrerId;
    /// Id of the details of one rejection in Greenhouse.
    RejectionDetailId;
    /// Id of an attribute's rating on a scorecard in Greenhouse.
    ScorecardCandidateAttributeId;
    /// Id of a scorecard in Greenhouse.
    ScorecardId;
    /// Id of an answer on a scorecard in Greenhouse.
    ScorecardQuestionAnswerId;
    /// Id of an option selected in an answer on a scorecard in Greenhouse.
    ScorecardQuestionAnswerOptionId;
    /// Id of a question on an interview's scorecards in Greenhouse.
    ScorecardQuestionId;
    /// Id of a scorecard question's option in Greenhouse.
    ScorecardQuestionOptionId;
    /// Id of a user's email address in Greenhouse.
    UserEmailId;
    /// Id of a user role in Greenhouse.
    UserRoleId;
    /// Id of a webhook in Greenhouse.
    WebhookId;
}
