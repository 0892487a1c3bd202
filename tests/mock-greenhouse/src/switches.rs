use serde::{Deserialize, Serialize};

/// How this Greenhouse behaves where the true behaviour is unknown. The default of each switch is the likelier side.
///
/// Set at the start by [`Config::with_switches`](crate::Config::with_switches), at run time by
/// [`MockGreenhouse::switch`](crate::MockGreenhouse::switch) and by `PATCH /_mock/switches`, where members and values are spelled in
/// `snake_case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Switches {
    /// What the token endpoint says of expiry.
    pub token_expiry: TokenExpiry,
    /// What a person answers at `/authorize`.
    pub consent: Consent,
    /// How long a refresh token of a partner lives.
    pub refresh_token_life: RefreshTokenLife,
    /// The answer to a new candidate.
    pub created_candidate: CreatedCandidate,
    /// What `from_stage_id` of a move may be.
    pub from_stage_id: FromStageId,
    /// A second application of a person on one job.
    pub second_application: SecondApplication,
    /// What `custom_fields` in `PATCH /v3/candidates/{id}` does to the fields that it does not name.
    pub candidate_custom_fields: CustomFieldsUpdate,
    /// What `custom_fields` in `PATCH /v3/applications/{id}` does to the fields that it does not name.
    pub application_custom_fields: CustomFieldsUpdate,
    /// The stage of a rejected application.
    pub stage_after_rejection: StageAfterRejection,
    /// `job_interview_stage_id` in rows of applications.
    pub job_interview_stage_id: Presence,
    /// How number custom fields read.
    pub number_custom_fields: NumberForm,
    /// The `link` header of the last page.
    pub last_page_link: LastPageLink,
    /// What a list answers to a user who is no Site Admin.
    pub list_for_non_admin: ListForNonAdmin,
    /// The body of a 403.
    pub forbidden_body: ForbiddenBody,
    /// What a write of scorecards and their parts answers.
    pub scorecard_writes: ScorecardWrites,
    /// How introspection spells a Site Admin.
    pub user_role: UserRole,
    /// The `Date` header of every answer.
    pub date_header: DateHeader,
    /// `content_type` and `visibility` in the answer to a new attachment.
    pub attachment_extra_members: AttachmentExtraMembers,
    /// The `Greenhouse-Event-ID` of a delivery that is tried again.
    pub retry_event_id: RetryEventId,
    /// What a partner may show on the completion call.
    pub completion_key: CompletionKey,
    /// By how many seconds of the mock's clock lists lag behind every change, seeds included. Default 0.
    pub read_lag_seconds: u32,
}

/// Declares the two or three sides of a switch; the first is the default.
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

switch!(
    /// What the token endpoint says of expiry.
    TokenExpiry {
        /// `expires_at`, a time (observed live).
        ExpiresAt,
        /// `expires_in`, seconds (documented).
        ExpiresIn,
        /// Both.
        Both,
    }
);

switch!(
    /// What a person answers at `/authorize`.
    Consent {
        /// Consents at once.
        Consents,
        /// Refuses.
        Refuses,
    }
);

switch!(
    /// How long a refresh token of a partner lives.
    RefreshTokenLife {
        /// 14 days (the later texts).
        FourteenDays,
        /// 24 hours (texts of early 2026).
        OneDay,
    }
);

switch!(
    /// The answer to a new candidate.
    CreatedCandidate {
        /// `{"candidate", "application"}` (two clients and a connector's documentation).
        Wrapped,
        /// The candidate's row alone (two other clients).
        Flat,
    }
);

switch!(
    /// What `from_stage_id` of a move may be.
    FromStageId {
        /// The stage of the job or the row of `application_stages`.
        Either,
        /// The stage of the job only (three clients).
        JobStage,
        /// The row of `application_stages` only (one client).
        StageRow,
    }
);

switch!(
    /// A second application of a person on one job.
    SecondApplication {
        /// 422.
        Refused,
        /// A second row.
        NewRow,
    }
);

switch!(
    /// What an update does to the custom fields that it does not name.
    CustomFieldsUpdate {
        /// They are emptied: the update replaces the whole set (two clients).
        Replace,
        /// They stay.
        Merge,
    }
);

switch!(
    /// The stage of a rejected application.
    StageAfterRejection {
        /// It stays (measured live).
        Kept,
        /// Rows of applications show null in `stage_id`, `stage_name` and `job_interview_stage_id` (documented).
        Null,
    }
);

switch!(
    /// Whether a member is there.
    Presence {
        /// It is there (observed live).
        Present,
        /// It is not (the specification of March 2026).
        Absent,
    }
);

switch!(
    /// How number custom fields read.
    NumberForm {
        /// A JSON number.
        Number,
        /// A text such as `"85.0"`.
        Text,
    }
);

switch!(
    /// The `link` header of the last page.
    LastPageLink {
        /// There and empty (observed live).
        Empty,
        /// Not there.
        Missing,
    }
);

switch!(
    /// What a list answers to a user who is no Site Admin.
    ListForNonAdmin {
        /// 200 and an empty list.
        Empty,
        /// 403.
        Forbidden,
    }
);

switch!(
    /// The body of a 403.
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
    /// What a write of scorecards and their parts answers.
    ScorecardWrites {
        /// 404: there is no such route.
        Absent,
        /// 403.
        Forbidden,
        /// It works.
        Working,
    }
);

switch!(
    /// How introspection spells a Site Admin.
    UserRole {
        /// `site_admin`.
        SnakeCase,
        /// `Site Admin`.
        Words,
    }
);

switch!(
    /// The `Date` header of every answer.
    DateHeader {
        /// It is there (observed live).
        Present,
        /// It is not.
        Absent,
    }
);

switch!(
    /// `content_type` and `visibility` in the answer to a new attachment.
    AttachmentExtraMembers {
        /// They are not there: the answer is the read row.
        Absent,
        /// They are there.
        Present,
    }
);

switch!(
    /// The `Greenhouse-Event-ID` of a delivery that is tried again.
    RetryEventId {
        /// The one of the first attempt.
        Same,
        /// A new one for each attempt.
        New,
    }
);

switch!(
    /// What a partner may show on the completion call.
    CompletionKey {
        /// The completion credential alone; the partner's own key is 403 (reported by a vendor).
        OwnOnly,
        /// The partner's own key as well (one public integration sends it).
        PartnerKeyToo,
    }
);
