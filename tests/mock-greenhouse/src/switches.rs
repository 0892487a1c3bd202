use serde::{Deserialize, Serialize};

pub use self::auth::{ClientAuthentication, CodeRedirectUri, TokenWithoutScopes};
pub use self::behaviour::{
    AttachmentVisibility, CandidateEmailFilter, StageRules, UnmodelledLists,
};
pub use self::partner::{CompletionAddress, NoteMentions, SendTestMembers};
pub use self::row_forms::{RowForm, ScorecardNulls, UpdatedCandidate};

mod auth;
mod behaviour;
mod partner;
mod row_forms;

/// Settings for behaviour that is unknown in the real Greenhouse. Each switch defaults to the more
/// likely behaviour.
///
/// Set switches at the start with [`Config::with_switches`](crate::Config::with_switches), and at
/// run time with [`MockGreenhouse::switch`](crate::MockGreenhouse::switch) or `PATCH
/// /_mock/switches`, with members and values in `snake_case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Switches {
    /// Expiry in the token endpoint's response.
    pub token_expiry: TokenExpiry,
    /// Decision of the user at `/authorize`.
    pub consent: Consent,
    /// Lifetime of a partner's refresh token.
    pub refresh_token_life: RefreshTokenLife,
    /// Response to the creation of a candidate.
    pub created_candidate: CreatedCandidate,
    /// Accepted values of `from_stage_id` in a move.
    pub from_stage_id: FromStageId,
    /// Response to a candidate's second application to the same job.
    pub second_application: SecondApplication,
    /// Effect of `custom_fields` in `PATCH /v3/candidates/{id}` on fields that are not in the
    /// request.
    pub candidate_custom_fields: CustomFieldsUpdate,
    /// Effect of `custom_fields` in `PATCH /v3/applications/{id}` on fields that are not in the
    /// request.
    pub application_custom_fields: CustomFieldsUpdate,
    /// Stage of a rejected application.
    pub stage_after_rejection: StageAfterRejection,
    /// `job_interview_stage_id` in rows of applications.
    pub job_interview_stage_id: Presence,
    /// Form of custom fields of type number in rows.
    pub number_custom_fields: NumberForm,
    /// `link` header of the last page.
    pub last_page_link: LastPageLink,
    /// Response of a list for a user who is not a Site Admin.
    pub list_for_non_admin: ListForNonAdmin,
    /// Body of a 403.
    pub forbidden_body: ForbiddenBody,
    /// Response to writes to scorecards and their parts.
    pub scorecard_writes: ScorecardWrites,
    /// Spelling of `user_role` in introspection.
    pub user_role: UserRole,
    /// `Date` header of every response.
    pub date_header: DateHeader,
    /// `content_type` and `visibility` in the response to a new attachment.
    pub attachment_extra_members: AttachmentExtraMembers,
    /// `Greenhouse-Event-ID` of a retried delivery.
    pub retry_event_id: RetryEventId,
    /// Credentials that the completion call accepts.
    pub completion_key: CompletionKey,
    /// Seconds, on the mock's clock, by which lists lag behind every change, including seeds.
    /// Default: 0.
    pub read_lag_seconds: u32,
    /// Seconds by which the `Date` header is ahead of the mock's clock, or behind it if negative.
    /// Rows and webhooks are unaffected. Default: 0.
    pub date_offset_seconds: i32,
    /// Comparison by the filter `email` of `GET /v3/candidates`.
    pub candidate_email_filter: CandidateEmailFilter,
    /// Visibility of an attachment that is created without one.
    pub attachment_visibility: AttachmentVisibility,
    /// Ways of entering a stage that trigger a stage transition rule.
    pub stage_rules: StageRules,
    /// Response of official lists that the mock does not model.
    pub unmodelled_lists: UnmodelledLists,
    /// Forms in which the token host accepts client credentials.
    pub client_authentication: ClientAuthentication,
    /// `redirect_uri` in the exchange of a code.
    pub code_redirect_uri: CodeRedirectUri,
    /// Response of the token endpoint to a credential without scopes.
    pub token_without_scopes: TokenWithoutScopes,
    /// Response to `PATCH /v3/candidates/{id}`.
    pub updated_candidate: UpdatedCandidate,
    /// `rejection_reason_id` in rows of applications.
    pub rejection_reason_id: Presence,
    /// Null ids and ratings in rows of scorecards.
    pub scorecard_nulls: ScorecardNulls,
    /// URLs for completion calls.
    pub completion_address: CompletionAddress,
    /// Members of `send_test`.
    pub send_test_members: SendTestMembers,
    /// Mentions in notes created by Harvest.
    pub note_mentions: NoteMentions,
    /// Row members that were observed in a different form than in the official description.
    pub rows: RowForm,
}

/// Declares the values of a switch; the first is the default.
macro_rules! switch {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident, $($(#[$side_doc:meta])* $side:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first,
            $($(#[$side_doc])* $side,)+
        }
    };
}

use switch;

switch!(
    /// Expiry in the token endpoint's response.
    TokenExpiry {
        /// `expires_at`, a time (observed live).
        ExpiresAt,
        /// `expires_in`, seconds (documented).
        ExpiresIn,
        /// Both `expires_at` and `expires_in`.
        Both,
    }
);

switch!(
    /// Decision of the user at `/authorize`.
    Consent {
        /// The user consents immediately.
        Consents,
        /// The user refuses.
        Refuses,
        /// A page asks the user.
        Asks,
    }
);

switch!(
    /// Lifetime of a partner's refresh token.
    RefreshTokenLife {
        /// 14 days (more recent documentation).
        FourteenDays,
        /// 24 hours (documentation from early 2026).
        OneDay,
    }
);

switch!(
    /// Response to the creation of a candidate.
    CreatedCandidate {
        /// `{"candidate", "application"}` (two clients and a connector's documentation).
        Wrapped,
        /// The candidate's row alone (two other clients).
        Flat,
    }
);

switch!(
    /// Accepted values of `from_stage_id` in a move.
    FromStageId {
        /// The job's stage or the row of `application_stages`.
        Either,
        /// Only the job's stage (three clients).
        JobStage,
        /// Only the row of `application_stages` (one client).
        StageRow,
    }
);

switch!(
    /// Response to a candidate's second application to the same job.
    SecondApplication {
        /// The response is 422.
        Refused,
        /// A second application is created.
        NewRow,
    }
);

switch!(
    /// Effect of an update on custom fields that are not in the request.
    CustomFieldsUpdate {
        /// Clears these fields, because the update replaces the whole set (two clients).
        Replace,
        /// Keeps the values of these fields.
        Merge,
    }
);

switch!(
    /// Stage of a rejected application.
    StageAfterRejection {
        /// The stage is unchanged (measured live).
        Kept,
        /// Rows show null in `stage_id`, `stage_name` and `job_interview_stage_id` (documented).
        Null,
    }
);

switch!(
    /// Presence of a member in rows.
    Presence {
        /// The member is present (observed live).
        Present,
        /// The member is absent (the specification from March 2026).
        Absent,
    }
);

switch!(
    /// Form of custom fields of type number in rows.
    NumberForm {
        /// A JSON number.
        Number,
        /// A string such as `"85.0"`.
        Text,
    }
);

switch!(
    /// `link` header of the last page.
    LastPageLink {
        /// The header is present and empty (observed live).
        Empty,
        /// The header is absent.
        Missing,
    }
);

switch!(
    /// Response of a list for a user who is not a Site Admin.
    ListForNonAdmin {
        /// The response is 200 with an empty list.
        Empty,
        /// The response is 403.
        Forbidden,
    }
);

switch!(
    /// Body of a 403.
    ForbiddenBody {
        /// `{"message":"Forbidden"}`.
        Message,
        /// `{}`.
        EmptyObject,
        /// No body.
        Empty,
    }
);

switch!(
    /// Response to writes to scorecards and their parts.
    ScorecardWrites {
        /// The response is 404, because the route does not exist.
        Absent,
        /// The response is 403.
        Forbidden,
        /// The write is applied.
        Working,
    }
);

switch!(
    /// Spelling of `user_role` in introspection.
    UserRole {
        /// `site_admin`.
        SnakeCase,
        /// `Site Admin`.
        Words,
    }
);

switch!(
    /// `Date` header of every response.
    DateHeader {
        /// The header is present (observed live).
        Present,
        /// The header is absent.
        Absent,
    }
);

switch!(
    /// `content_type` and `visibility` in the response to a new attachment.
    AttachmentExtraMembers {
        /// Both members are absent. The response is the same row as in lists.
        Absent,
        /// Both members are present.
        Present,
    }
);

switch!(
    /// `Greenhouse-Event-ID` of a retried delivery.
    RetryEventId {
        /// The id of the first attempt.
        Same,
        /// A new id for each attempt.
        New,
    }
);

switch!(
    /// Credentials that the completion call accepts.
    CompletionKey {
        /// Only the completion credential. The response to the partner key is 403 (reported by a
        /// vendor).
        OwnOnly,
        /// Also the partner key (one public integration sends it).
        PartnerKeyToo,
    }
);
