use bytes::Bytes;
use greenhouse_core::{MintError, answer, platform::PlatformError, store::StoreError};
use http::{HeaderValue, Response, StatusCode, header};

use crate::{BasicError, CallbackRefusal, RequestRefusal, texts::refusal};

/// Error of a public endpoint. Nothing was written except an entry in the sync log. Contains no
/// personal data and no secrets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PartnerError {
    /// The request contains no partner key. 401.
    #[error("{}", refusal::UNAUTHENTICATED)]
    Unauthenticated(#[source] BasicError),
    /// The partner key is unknown or revoked. 401.
    #[error("{}", refusal::UNKNOWN_KEY)]
    UnknownKey,
    /// The partner key has expired. 401.
    #[error("{}", refusal::UNKNOWN_KEY)]
    ExpiredKey {
        /// Id of the key.
        id: String,
    },
    /// The webhook is not signed with the account's secret. 401.
    #[error("{}", refusal::NOT_SIGNED)]
    NotSigned,
    /// The account has no such object, or no account has the hook key. 404.
    #[error("{}", refusal::NOT_FOUND)]
    NotFound,
    /// The direction is switched off for the account. 404.
    #[error("{}", refusal::NOT_FOUND)]
    SwitchedOff,
    /// The request cannot be parsed. 400.
    #[error("{0}")]
    Malformed(String),
    /// The body is over the limit. 413.
    #[error("body: expected at most {limit} bytes")]
    TooLarge {
        /// Maximum size, in bytes.
        limit: usize,
    },
    /// The request was parsed but is invalid. 422.
    #[error(transparent)]
    Refused(#[from] RequestRefusal),
    /// The product is temporarily unavailable. 503, worth a retry.
    #[error("{}", refusal::PRODUCT_UNAVAILABLE)]
    Product(#[source] PlatformError),
    /// The store failed, or conflicts exceeded the limit of attempts. 503, worth a retry.
    #[error("{}", refusal::STORE_UNAVAILABLE)]
    Store(#[from] StoreError),
    /// The operating system provided no random bytes. 503, worth a retry.
    #[error("{}", refusal::NO_RANDOMNESS)]
    NoRandomness(#[from] MintError),
}

impl PartnerError {
    /// Refuses a body over its limit if the host did not.
    pub(crate) fn check_size(body: &Bytes, limit: usize) -> Result<&Bytes, Self> {
        if body.len() > limit {
            return Err(Self::TooLarge { limit });
        }
        Ok(body)
    }

    /// Refuses a callback address.
    pub(crate) fn bad_callback(reason: CallbackRefusal) -> Self {
        Self::Refused(RequestRefusal::Callback(reason))
    }

    /// Converts an error from the product.
    pub(crate) fn of_product(error: PlatformError) -> Self {
        match error {
            PlatformError::NotFound { .. } => Self::NotFound,
            PlatformError::Refused { reason } => Self::Refused(RequestRefusal::Product { reason }),
            other => Self::Product(other),
        }
    }

    /// HTTP status of the response.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated(_)
            | Self::UnknownKey
            | Self::ExpiredKey { .. }
            | Self::NotSigned => StatusCode::UNAUTHORIZED,
            Self::NotFound | Self::SwitchedOff => StatusCode::NOT_FOUND,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Product(_) | Self::Store(_) | Self::NoRandomness(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated(_) => refusal::UNAUTHENTICATED.code,
            Self::UnknownKey | Self::ExpiredKey { .. } => refusal::UNKNOWN_KEY.code,
            Self::NotSigned => refusal::NOT_SIGNED.code,
            Self::NotFound | Self::SwitchedOff => refusal::NOT_FOUND.code,
            Self::Malformed(_) => refusal::MALFORMED,
            Self::TooLarge { .. } => refusal::TOO_LARGE,
            Self::Refused(refusal) => refusal.code(),
            Self::Product(_) => refusal::PRODUCT_UNAVAILABLE.code,
            Self::Store(_) => refusal::STORE_UNAVAILABLE.code,
            Self::NoRandomness(_) => refusal::NO_RANDOMNESS.code,
        }
    }

    /// Response: `{"error":{"code":...,"message":...}}`.
    pub fn response(&self) -> Response<Bytes> {
        let message = match self {
            Self::Unauthenticated(reason) => reason.to_string(),
            other => other.to_string(),
        };
        let mut response = answer::problem(self.status(), self.code(), message);
        if matches!(
            self,
            Self::Unauthenticated(_) | Self::UnknownKey | Self::ExpiredKey { .. }
        ) {
            let challenge = HeaderValue::from_static("Basic realm=\"greenhouse\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
