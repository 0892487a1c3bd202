//! Identifiers. A type for each, so that a job of the product is never taken for a job of Greenhouse.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Identifiers that the product or this integration chose: opaque, non-empty strings.
macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The text of the identifier.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

/// Identifiers that Greenhouse chose: 64-bit integers, in practice above 32 bits (observed live).
macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Takes the number as it is.
            pub const fn new(id: i64) -> Self {
                Self(id)
            }

            /// The number of the identifier.
            pub const fn value(self) -> i64 {
                self.0
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

text_id! {
    /// One customer organisation. Every store method and every secret belongs to one account.
    AccountId;
    /// What a candidate takes. Greenhouse says partner test.
    ScenarioId;
    /// One candidate taking one scenario. Owned by the product, never by us.
    AssessmentId;
    /// A job of the product: what an assessment was taken for, and the key of the job mapping.
    ProductJobId;
    /// One `send_test`. Greenhouse stores it as the `partner_interview_id`.
    InvitationId;
    /// The last segment of a webhook address: names the account that a delivery is for.
    HookKey;
}

number_id! {
    /// A candidate in Greenhouse.
    CandidateId;
    /// An application in Greenhouse: one candidate on one job.
    ApplicationId;
    /// A job in Greenhouse.
    JobId;
    /// A stage of a job's interview plan in Greenhouse (`job_interview_stages.id`), never an `application_stages` row.
    StageId;
    /// A user in Greenhouse.
    UserId;
    /// An attachment in Greenhouse.
    AttachmentId;
    /// A note in Greenhouse.
    NoteId;
    /// One stage of one application (`application_stages.id`), which rows of applications call `stage_id`.
    ApplicationStageId;
    /// A recruiting agency in Greenhouse.
    AgencyId;
    /// A tag on a candidate in Greenhouse.
    AppliedCandidateTagId;
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
    /// What interviewers are given for an interview of a job in Greenhouse; a scorecard belongs to one.
    InterviewKitId;
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
    /// Where candidates come from, in Greenhouse.
    SourceId;
    /// An e-mail address of a user in Greenhouse.
    UserEmailId;
    /// A role that users can have in Greenhouse.
    UserRoleId;
    /// A webhook that is set up in Greenhouse.
    WebhookId;
}
