//! Switches for the token host.

use serde::{Deserialize, Serialize};

use crate::switches::switch;

switch!(
    /// Forms in which the token host accepts client credentials.
    ClientAuthentication {
        /// Any of the three other forms.
        Any,
        /// Only plain Basic (observed live; the other forms are unknown).
        Basic,
        /// Only Basic with form-encoded id and secret (RFC 6749, section 2.3.1).
        FormEncodedBasic,
        /// Only `client_id` and `client_secret` in the form.
        Form,
    }
);

switch!(
    /// `redirect_uri` in the exchange of a code. If it is sent, it must match.
    CodeRedirectUri {
        /// The member is optional (two clients).
        Optional,
        /// The member is required (one source).
        Required,
    }
);

switch!(
    /// Response of the token endpoint to a credential without scopes.
    TokenWithoutScopes {
        /// A token that permits no calls.
        Issued,
        /// The response is 400 `invalid_scope`.
        Refused,
    }
);
