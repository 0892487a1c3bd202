//! Identifiers of things that only Harvest knows.

greenhouse_core::number_id! {
    /// A recruiting agency in Greenhouse.
    AgencyId;
    /// One stage of one application (`application_stages.id`), which rows of applications call `stage_id`.
    ApplicationStageId;
    /// A tag on a candidate in Greenhouse.
    AppliedCandidateTagId;
    /// An attachment in Greenhouse.
    AttachmentId;
    /// A kind of attribute of a job's scorecards in Greenhouse, such as Skills.
    CandidateAttributeTypeId;
    /// A tag for candidates in Greenhouse.
    CandidateTagId;
    /// A reason why an opening is closed in Greenhouse.
    CloseReasonId;
    /// A custom field in Greenhouse.
    CustomFieldId;
    /// A choice of a custom field in Greenhouse.
    CustomFieldOptionId;
    /// A department in Greenhouse.
    DepartmentId;
    /// A template for e-mails in Greenhouse.
    EmailTemplateId;
    /// An attribute that an interview looks at in particular, in Greenhouse.
    FocusCandidateAttributeId;
    /// An interview with one candidate in Greenhouse.
    InterviewId;
    /// Somebody's part in an interview in Greenhouse (`interviewers.id`), not the user.
    InterviewerId;
    /// A tag for interviewers in Greenhouse.
    InterviewerTagId;
    /// An attribute that scorecards of a job rate in Greenhouse.
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
    /// A pool of prospects in Greenhouse.
    ProspectPoolId;
    /// A stage of a pool of prospects in Greenhouse.
    ProspectPoolStageId;
    /// Who referred candidates in Greenhouse; not the user.
    ReferrerId;
    /// What is known of one rejection in Greenhouse.
    RejectionDetailId;
    /// A reason for rejecting in Greenhouse.
    RejectionReasonId;
    /// The rating of one attribute on one scorecard in Greenhouse.
    ScorecardCandidateAttributeId;
    /// A scorecard in Greenhouse.
    ScorecardId;
    /// An answer on a scorecard in Greenhouse.
    ScorecardQuestionAnswerId;
    /// A choice that an answer on a scorecard made, in Greenhouse.
    ScorecardQuestionAnswerOptionId;
    /// A question of an interview's scorecards in Greenhouse.
    ScorecardQuestionId;
    /// A choice that a question of scorecards offers, in Greenhouse.
    ScorecardQuestionOptionId;
    /// An e-mail address of a user in Greenhouse.
    UserEmailId;
    /// A role that users can have in Greenhouse.
    UserRoleId;
    /// A webhook that is set up in Greenhouse.
    WebhookId;
}
