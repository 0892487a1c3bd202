use greenhouse_core::person::EmailProblem;

use crate::{CallbackRefusal, texts::refusal};

/// Reason why a request that could be parsed is refused. Contains no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestRefusal {
    /// The request contains no test id. Code `missing_test`.
    #[error("{}", refusal::MISSING_TEST)]
    MissingTest,
    /// The product has no test with this id. Code `unknown_test`.
    #[error("{}", refusal::UNKNOWN_TEST)]
    UnknownTest,
    /// The candidate has no email address. Code `missing_email`.
    #[error("{}", refusal::MISSING_EMAIL)]
    MissingEmail,
    /// The candidate's email address is invalid. Code `bad_email`.
    #[error("{}", refusal::BAD_EMAIL)]
    InvalidEmail(EmailProblem),
    /// The callback address is not allowed. Code `bad_callback_url`.
    #[error(transparent)]
    Callback(CallbackRefusal),
    /// The product rejected the request. Code `refused`.
    #[error("{reason}")]
    Product {
        /// Reason from the product, without personal data.
        reason: String,
    },
}

impl RequestRefusal {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingTest => refusal::MISSING_TEST.code,
            Self::UnknownTest => refusal::UNKNOWN_TEST.code,
            Self::MissingEmail => refusal::MISSING_EMAIL.code,
            Self::InvalidEmail(_) => refusal::BAD_EMAIL.code,
            Self::Callback(_) => refusal::BAD_CALLBACK,
            Self::Product { .. } => refusal::REJECTED_BY_PRODUCT,
        }
    }
}
