//! Unknown members that rows and their parts keep.

use std::collections::BTreeMap;

use greenhouse_harvest::api::*;
use serde_json::{Map, Value};

pub(crate) trait Kept {
    fn kept(&self) -> Vec<&Map<String, Value>>;
}

macro_rules! kept {
    ($($type:ident $($part:ident)*;)*) => {$(
        impl Kept for $type {
            fn kept(&self) -> Vec<&Map<String, Value>> {
                #[allow(unused_mut)]
                let mut all = vec![&self.unknown];
                $(all.extend(self.$part.kept());)*
                all
            }
        }
    )*};
}

kept! {
    Application answers custom_fields;
    ApplicationAnswer;
    ApplicationStage;
    AppliedCandidateTag;
    Attachment;
    Candidate email_addresses phone_numbers addresses website_addresses social_media_addresses custom_fields;
    CandidateAttributeType;
    CandidateTag;
    ContactPoint;
    CustomField;
    CustomFieldOption;
    CustomFieldValue;
    FocusCandidateAttribute;
    Interview;
    InterviewKit;
    Interviewer;
    InterviewerTag;
    Job custom_fields;
    JobCandidateAttribute;
    JobInterview;
    JobInterviewStage;
    Note;
    Referrer;
    RejectionDetail question_custom_fields;
    RejectionReason kind;
    RejectionReasonType;
    Scorecard;
    ScorecardCandidateAttribute;
    ScorecardQuestion;
    ScorecardQuestionAnswer;
    ScorecardQuestionAnswerOption;
    ScorecardQuestionOption;
    Source kind;
    SourceType;
    User custom_fields interviewer_tags;
    UserEmail;
    UserRole;
    Webhook;
}

impl<T: Kept> Kept for Option<T> {
    fn kept(&self) -> Vec<&Map<String, Value>> {
        self.iter().flat_map(Kept::kept).collect()
    }
}

impl<T: Kept> Kept for Vec<T> {
    fn kept(&self) -> Vec<&Map<String, Value>> {
        self.iter().flat_map(Kept::kept).collect()
    }
}

impl<T: Kept> Kept for BTreeMap<String, T> {
    fn kept(&self) -> Vec<&Map<String, Value>> {
        self.values().flat_map(Kept::kept).collect()
    }
}
