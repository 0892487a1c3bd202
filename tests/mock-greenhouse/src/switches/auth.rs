//! Switches of the token host.

use serde::{Deserialize, Serialize};

use crate::switches::switch;

switch!(
    /// Forms in which the token host accepts client credentials.
    ClientAuthentication {
        /// Each of the three forms.
        Any,
        /// Plain Basic only (observed live; the others are unknown).
        Basic,
        /// Basic only, with id and secret form-encoded (RFC 6749, section 2.3.1).
        FormEncodedBasic,
        /// Only `client_id` and `client_secret` in the form.
        Form,
    }
);

switch!(
    /// `redirect_uri` in the exchange of a code. If it is sent, it must match.
    CodeRedirectUri {
        /// May be absent (two clients).
        Optional,
        /// Must be present (one source).
        Required,
    }
);

switch!(
    /// Answer of the token endpoint to a credential without scopes.
    TokenWithoutScopes {
        /// A token that permits no call.
        Issued,
        /// 400 `invalid_scope`.
        Refused,
    }
);
