use serde::Serialize;

/// Something in the settings of a push that cannot work. Names no person but by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PushSettingsProblem {
    /// The member of the settings, such as `jobs.account-executive.stage`.
    pub member: String,
    /// What is wrong, for programs: one of the codes of [`verify_push_settings`](crate::verify_push_settings).
    pub code: &'static str,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence.
    pub remedy: String,
}

impl PushSettingsProblem {
    pub(super) fn new(
        member: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            member: member.into(),
            code,
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}
