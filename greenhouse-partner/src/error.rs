use bytes::Bytes;
use greenhouse_core::{MintError, answer, platform::PlatformError, store::StoreError};
use http::{HeaderValue, Response, StatusCode, header};

use crate::BasicError;

/// Error of an endpoint. Nothing was written except an entry in the sync log. Holds no personal
/// data and no secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PartnerError {
    /// The request carries no partner key. 401.
    #[error("the request carries no partner key")]
    Unauthenticated(#[source] BasicError),
    /// The partner key is not, or no longer, of any account. 401.
    #[error("the partner key is not known")]
    UnknownKey,
    /// The webhook is not signed with the account's secret. 401.
    #[error("the request is not signed by greenhouse")]
    NotSigned,
    /// Not found, also in this account, or the direction is switched off. 404.
    #[error("there is nothing here")]
    NotFound,
    /// The request cannot be read. 400.
    #[error("{0}")]
    Malformed(String),
    /// The body is over the limit. 413.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The request can be read, and cannot be done. 422.
    #[error("{message}")]
    Refused {
        /// A stable word for programs.
        code: &'static str,
        /// For people, without personal data.
        message: String,
    },
    /// The product cannot answer at present. 503, worth a retry.
    #[error("the product cannot be reached")]
    Product(#[source] PlatformError),
    /// The store cannot be asked, or others were faster too often. 503, worth a retry.
    #[error("the store is unavailable")]
    Store(#[from] StoreError),
    /// The operating system gave no random numbers. 503, worth a retry.
    #[error("no id could be made")]
    NoRandomness(#[from] MintError),
}

impl PartnerError {
    /// Refuses a body over its limit, for hosts that did not.
    pub(crate) fn bounded(body: &Bytes, limit: usize) -> Result<&Bytes, Self> {
        if body.len() > limit {
            return Err(Self::TooLarge { limit });
        }
        Ok(body)
    }

    /// A request that cannot be done, and why.
    pub(crate) fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused {
            code,
            message: message.into(),
        }
    }

    /// What the product's answer means to the caller of an endpoint.
    pub(crate) fn of_product(error: PlatformError) -> Self {
        match error {
            PlatformError::NotFound { .. } => Self::NotFound,
            PlatformError::Refused { reason } => Self::Refused {
                code: "refused",
                message: reason,
            },
            other => Self::Product(other),
        }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated(_) | Self::UnknownKey | Self::NotSigned => {
                StatusCode::UNAUTHORIZED
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Product(_) | Self::Store(_) | Self::NoRandomness(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// The stable word of the answer, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated(_) | Self::UnknownKey => "unauthorized",
            Self::NotSigned => "bad_signature",
            Self::NotFound => "not_found",
            Self::Malformed(_) => "malformed",
            Self::TooLarge { .. } => "too_large",
            Self::Refused { code, .. } => code,
            Self::Product(_) => "product_unavailable",
            Self::Store(_) | Self::NoRandomness(_) => "unavailable",
        }
    }

    /// The answer: `{"error":{"code":...,"message":...}}`.
    pub fn response(&self) -> Response<Bytes> {
        let message = match self {
            Self::Unauthenticated(reason) => reason.to_string(),
            other => other.to_string(),
        };
        let mut response = answer::problem(self.status(), self.code(), message);
        if matches!(self, Self::Unauthenticated(_) | Self::UnknownKey) {
            let challenge = HeaderValue::from_static("Basic realm=\"greenhouse\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
