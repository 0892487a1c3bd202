//! Ids of records that exist in Harvest only.

greenhouse_core::number_id! {
    /// A recruiting agency in Greenhouse.
    AgencyId;
    /// Stage of one application (`application_stages.id`), called `stage_id` in rows of
    /// applications.
    ApplicationStageId;
    /// Assignment of a tag to a candidate in Greenhouse.
    AppliedCandidateTagId;
    /// An attachment in Greenhouse.
    AttachmentId;
    /// Kind of attribute on a job's scorecards in Greenhouse, such as Skills.
    CandidateAttributeTypeId;
    /// A tag for candidates in Greenhouse.
    CandidateTagId;
    /// Reason for closing an opening in Greenhouse.
    CloseReasonId;
    /// A custom field in Greenhouse.
    CustomFieldId;
    /// Option of a custom field in Greenhouse.
    CustomFieldOptionId;
    /// A department in Greenhouse.
    DepartmentId;
    /// Email template in Greenhouse.
    EmailTemplateId;
    /// Focus attribute of an interview in Greenhouse.
    FocusCandidateAttributeId;
    /// An interview with one candidate in Greenhouse.
    InterviewId;
    /// Participation of a person in an interview in Greenhouse (`interviewers.id`), not the user.
    InterviewerId;
    /// A tag for interviewers in Greenhouse.
    InterviewerTagId;
    /// Attribute on a job's scorecards in Greenhouse.
    JobCandidateAttributeId;
    /// An interview of a job's plan in Greenhouse.
    JobInterviewId;
    /// A published post of a job in Greenhouse.
    JobPostId;
    /// A note in Greenhouse.
    NoteId;
    /// An office in Greenhouse.
    OfficeId;
    /// An opening of a job in Greenhouse.
    OpeningId;
    /// Prospect pool in Greenhouse.
    ProspectPoolId;
    /// Stage of a prospect pool in Greenhouse.
    ProspectPoolStageId;
    /// Person who referred candidates in Greenhouse; not the user.
    ReferrerId;
    /// Details of one rejection in Greenhouse.
    RejectionDetailId;
    /// Reason for rejection in Greenhouse.
    RejectionReasonId;
    /// Rating of one attribute on one scorecard in Greenhouse.
    ScorecardCandidateAttributeId;
    /// A scorecard in Greenhouse.
    ScorecardId;
    /// An answer on a scorecard in Greenhouse.
    ScorecardQuestionAnswerId;
    /// Option selected in an answer on a scorecard in Greenhouse.
    ScorecardQuestionAnswerOptionId;
    /// A question of an interview's scorecards in Greenhouse.
    ScorecardQuestionId;
    /// Option of a scorecard question in Greenhouse.
    ScorecardQuestionOptionId;
    /// Email address of a user in Greenhouse.
    UserEmailId;
    /// A role that users can have in Greenhouse.
    UserRoleId;
    /// Webhook in Greenhouse.
    WebhookId;
}
