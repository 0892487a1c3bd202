//! Harvest v3 resources: rows, filters, request bodies, and the calls on [`HarvestClient`].
//!
//! Reading a row never fails because of a member's value. Every member except the id may be absent,
//! null, or of a type other than described. Unknown members and unreadable values are kept in
//! `unknown`. Unknown words of an enumeration are kept as they are. The `Debug` output of a row
//! shows only its id.
//!
//! [`HarvestClient`]: crate::HarvestClient

mod application_stages;
mod applications;
mod applied_candidate_tags;
mod attachments;
mod body;
mod candidate_tags;
mod candidates;
mod custom_field_options;
mod custom_field_values;
mod custom_fields;
mod filter;
mod ids;
mod interview_kits;
mod interviewers;
mod interviews;
mod job_interview_stages;
mod job_interviews;
mod jobs;
mod notes;
mod referrers;
mod rejection_details;
mod rejection_reasons;
mod row;
mod scopes;
mod scorecards;
mod sources;
mod user_emails;
mod user_roles;
mod users;
mod webhooks;
mod words;

pub use self::{
    application_stages::{ApplicationStage, ApplicationStageFilter},
    applications::{
        Application, ApplicationAnswer, ApplicationFilter, Conversion, CurrentStage, Hire, Move,
        MoveTo, NewApplication, NewProspect, Rejection, RejectionEmail, UpdateApplication,
    },
    applied_candidate_tags::{AppliedCandidateTag, AppliedCandidateTagFilter},
    attachments::{
        Attachment, AttachmentFilter, AttachmentSource, AttachmentType, AttachmentVisibility,
        NewAttachment,
    },
    candidate_tags::{CandidateTag, CandidateTagFilter},
    candidates::{
        AddressKind, Candidate, CandidateFilter, ContactPoint, CreatedCandidate, EmailAddress,
        EmailKind, FirstApplication, FirstProspect, NewCandidate, NewCandidateApplication,
        PhoneKind, PhoneNumber, PostalAddress, SocialMediaAddress, UpdateCandidate, WebsiteAddress,
        WebsiteKind,
    },
    custom_field_options::{CustomFieldOption, CustomFieldOptionFilter},
    custom_field_values::{
        CustomFieldChanges, CustomFieldInput, CustomFieldRef, CustomFieldValue, CustomFields,
        MergeError, Money, MoneyRange, NewCustomFieldValue, NumberRange, merge_custom_fields,
    },
    custom_fields::{
        CustomField, CustomFieldApplicationType, CustomFieldFilter, CustomFieldType,
        CustomFieldValueType,
    },
    ids::{
        AgencyId, ApplicationStageId, AppliedCandidateTagId, AttachmentId,
        CandidateAttributeTypeId, CandidateTagId, CloseReasonId, CustomFieldId,
        CustomFieldOptionId, DepartmentId, EmailTemplateId, FocusCandidateAttributeId, InterviewId,
        InterviewerId, InterviewerTagId, JobCandidateAttributeId, JobInterviewId, JobPostId,
        NoteId, OfficeId, OpeningId, ProspectPoolId, ProspectPoolStageId, ReferrerId,
        RejectionDetailId, RejectionReasonId, ScorecardCandidateAttributeId, ScorecardId,
        ScorecardQuestionAnswerId, ScorecardQuestionAnswerOptionId, ScorecardQuestionId,
        ScorecardQuestionOptionId, UserEmailId, UserRoleId, WebhookId,
    },
    interview_kits::{InterviewKit, InterviewKitFilter},
    interviewers::{Interviewer, InterviewerFilter, InterviewerResponse},
    interviews::{Interview, InterviewFilter, InterviewStatus},
    job_interview_stages::{JobInterviewStage, JobInterviewStageFilter},
    job_interviews::{JobInterview, JobInterviewFilter, SchedulingType},
    jobs::{Job, JobFilter, JobStatus},
    notes::{NewNote, Note, NoteEmail, NoteFilter, NoteForm, NoteReaders, NoteType},
    referrers::{Referrer, ReferrerFilter},
    rejection_details::{RejectionDetail, RejectionDetailFilter, UpdateRejectionDetail},
    rejection_reasons::{
        RejectionReason, RejectionReasonFilter, RejectionReasonKey, RejectionReasonType,
    },
    scorecards::{
        AttributeRating, CandidateAttributeType, CandidateAttributeTypeFilter,
        FocusCandidateAttribute, FocusCandidateAttributeFilter, JobCandidateAttribute,
        JobCandidateAttributeFilter, NewScorecard, NewScorecardCandidateAttribute,
        NewScorecardQuestionAnswer, NewScorecardQuestionAnswerOption, OverallRating, Scorecard,
        ScorecardAnswerType, ScorecardCandidateAttribute, ScorecardCandidateAttributeFilter,
        ScorecardFilter, ScorecardQuestion, ScorecardQuestionAnswer, ScorecardQuestionAnswerFilter,
        ScorecardQuestionAnswerOption, ScorecardQuestionAnswerOptionFilter,
        ScorecardQuestionFilter, ScorecardQuestionOption, ScorecardQuestionOptionFilter,
        ScorecardStatus, UpdateScorecard, UpdateScorecardCandidateAttribute,
        UpdateScorecardQuestionAnswer,
    },
    sources::{Source, SourceFilter, SourceType},
    user_emails::{UserEmail, UserEmailFilter},
    user_roles::{UserRole, UserRoleFilter, UserRoleType},
    users::{InterviewerTag, User, UserFilter},
    webhooks::{NewWebhook, UpdateWebhook, Webhook, WebhookAction, WebhookFilter},
};

pub(crate) use self::{
    scopes::{PUSH_SCOPES, SCORECARD_SCOPES, push_scopes},
    webhooks::WEBHOOK_SCOPES,
};
pub use crate::client::TimeRange;
