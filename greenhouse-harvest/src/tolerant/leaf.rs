use std::{fmt, marker::PhantomData};

use chrono::{DateTime, NaiveDate, Utc};
use greenhouse_core::{self as core, ApplicationStatus};
use serde::{
    Deserialize, Deserializer,
    de::{
        Error, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value;

use super::{Read, Tolerant};

/// A value without parts, and the other spellings that it is understood in.
pub(crate) trait Leaf: Sized {
    fn of_text(text: &str) -> Option<Self>;

    fn of_integer(_: i64) -> Option<Self> {
        None
    }

    fn of_float(_: f64) -> Option<Self> {
        None
    }

    fn of_bool(_: bool) -> Option<Self> {
        None
    }
}

impl<T: Leaf> Tolerant for T {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        deserializer.deserialize_any(LeafVisitor(PhantomData))
    }
}

struct LeafVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: Leaf> Visitor<'de> for LeafVisitor<T> {
    type Value = Read<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Read<T>, E> {
        Ok(Read::null())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Read<T>, E> {
        Ok(Read::or_rest(T::of_bool(value), || value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Read<T>, E> {
        Ok(Read::or_rest(T::of_integer(value), || value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Read<T>, E> {
        let read = i64::try_from(value).ok().and_then(T::of_integer);
        Ok(Read::or_rest(read, || value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Read<T>, E> {
        Ok(Read::or_rest(T::of_float(value), || value.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Read<T>, E> {
        Ok(Read::or_rest(T::of_text(text), || text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Read<T>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(Read::rest)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Read<T>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Read::rest)
    }
}

impl Leaf for String {
    fn of_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn of_integer(value: i64) -> Option<Self> {
        Some(value.to_string())
    }

    fn of_float(value: f64) -> Option<Self> {
        Some(value.to_string())
    }

    fn of_bool(value: bool) -> Option<Self> {
        Some(value.to_string())
    }
}

impl Leaf for bool {
    fn of_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn of_integer(value: i64) -> Option<Self> {
        match value {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn of_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl Leaf for i64 {
    fn of_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn of_integer(value: i64) -> Option<Self> {
        Some(value)
    }

    /// Whole numbers that a float holds exactly.
    fn of_float(value: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and below 2 to the 53"
        )]
        let whole = value as i64;
        (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(whole)
    }
}

impl Leaf for f64 {
    fn of_text(text: &str) -> Option<Self> {
        text.parse().ok().filter(|value: &f64| value.is_finite())
    }

    fn of_integer(value: i64) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "what the reader asked for")]
        Some(value as f64)
    }

    fn of_float(value: f64) -> Option<Self> {
        Some(value)
    }
}

impl Leaf for DateTime<Utc> {
    fn of_text(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text).ok()?;
        Some(time.with_timezone(&Utc))
    }
}

impl Leaf for NaiveDate {
    /// A day, also where a time follows it.
    fn of_text(text: &str) -> Option<Self> {
        let day = text.split_once('T').map_or(text, |(day, _)| day);
        day.parse().ok()
    }
}

impl Leaf for ApplicationStatus {
    fn of_text(text: &str) -> Option<Self> {
        Some(text.into())
    }
}

macro_rules! ids {
    ($($name:ident,)*) => {$(
        impl Leaf for core::$name {
            fn of_text(text: &str) -> Option<Self> {
                i64::of_text(text).map(Self::new)
            }

            fn of_integer(value: i64) -> Option<Self> {
                Some(Self::new(value))
            }

            fn of_float(value: f64) -> Option<Self> {
                i64::of_float(value).map(Self::new)
            }
        }
    )*};
}

ids! {
    AgencyId,
    ApplicationId,
    ApplicationStageId,
    AppliedCandidateTagId,
    AttachmentId,
    CandidateAttributeTypeId,
    CandidateId,
    CandidateTagId,
    CloseReasonId,
    CustomFieldId,
    CustomFieldOptionId,
    DepartmentId,
    EmailTemplateId,
    FocusCandidateAttributeId,
    InterviewId,
    InterviewKitId,
    InterviewerId,
    InterviewerTagId,
    JobCandidateAttributeId,
    JobId,
    JobInterviewId,
    JobPostId,
    NoteId,
    OfficeId,
    OpeningId,
    ProspectPoolId,
    ProspectPoolStageId,
    ReferrerId,
    RejectionDetailId,
    RejectionReasonId,
    ScorecardCandidateAttributeId,
    ScorecardId,
    ScorecardQuestionAnswerId,
    ScorecardQuestionAnswerOptionId,
    ScorecardQuestionId,
    ScorecardQuestionOptionId,
    SourceId,
    StageId,
    UserEmailId,
    UserId,
    UserRoleId,
    WebhookId,
}
