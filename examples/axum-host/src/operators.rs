//! Who may use the operator's endpoints: a token per account.

use std::collections::BTreeMap;

use greenhouse_core::{AccountId, settings::KeyDigest};
use http::{HeaderMap, header};

/// The operator tokens of all accounts, as digests. There is no default: without a token, no account.
#[derive(Debug)]
pub struct OperatorTokens {
    accounts: BTreeMap<KeyDigest, AccountId>,
}

impl OperatorTokens {
    /// Takes the digests of the tokens of each account.
    ///
    /// # Errors
    ///
    /// [`OperatorTokensError`] where an account has no token, or shares one with another.
    pub fn new<'a>(
        accounts: impl IntoIterator<Item = (&'a AccountId, &'a [KeyDigest])>,
    ) -> Result<Self, OperatorTokensError> {
        let mut tokens = BTreeMap::new();
        for (account, digests) in accounts {
            if digests.is_empty() {
                return Err(OperatorTokensError::None(account.clone()));
            }
            for digest in digests {
                if tokens
                    .insert(*digest, account.clone())
                    .is_some_and(|other| other != *account)
                {
                    return Err(OperatorTokensError::Shared(account.clone()));
                }
            }
        }
        Ok(Self { accounts: tokens })
    }

    /// The account of a request with `Authorization: Bearer <token>`.
    ///
    /// The token itself is never compared: its digest is looked up, which tells nothing about the tokens that exist.
    pub fn account(&self, headers: &HeaderMap) -> Option<&AccountId> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        self.accounts.get(&KeyDigest::of(token.trim()))
    }
}

/// Why the operator's endpoints cannot be guarded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OperatorTokensError {
    /// Everybody would be locked out, or let in.
    #[error("account {0} has no operator token")]
    None(AccountId),
    /// A token names one account.
    #[error("account {0} has an operator token that another account has, too")]
    Shared(AccountId),
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_known_token_opens_its_account() {
        let (acme, zenith) = (AccountId::new("acme"), AccountId::new("zenith"));
        let (one, two) = ([KeyDigest::of("one")], [KeyDigest::of("two")]);
        let tokens = OperatorTokens::new([(&acme, &one[..]), (&zenith, &two[..])]).unwrap();
        for (value, expected) in [
            ("Bearer one", Some(&acme)),
            ("bearer two", Some(&zenith)),
            ("Bearer three", None),
            ("Bearer ", None),
            ("Basic one", None),
            ("one", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            assert_eq!(tokens.account(&headers), expected, "{value}");
        }
        assert_eq!(tokens.account(&HeaderMap::new()), None);
    }

    #[test]
    fn an_account_without_a_token_is_refused() {
        let acme = AccountId::new("acme");
        let error = OperatorTokens::new([(&acme, &[][..])]).unwrap_err();
        assert_eq!(error, OperatorTokensError::None(acme));
    }
}
