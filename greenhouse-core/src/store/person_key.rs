use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{AccountId, person::identity};

/// Digest of an e-mail address within one account. Identifies a person without storing the address.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonKey(String);

impl PersonKey {
    /// Computes the key of an e-mail address. All spellings of one address have the same key; see
    /// [`EmailAddress::identity`](crate::person::EmailAddress::identity).
    pub fn of_email(account: &AccountId, email: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(account.as_str());
        digest.update([0]);
        digest.update(identity(email));
        Self(hex::encode(digest.finalize()))
    }

    /// The digest in hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(..)")
    }
}
