//! Who may use the operator's endpoints: whoever has a token of an account.

use std::sync::Arc;

use greenhouse_core::{
    AccountId,
    settings::KeyDigest,
    store::{AccountKey, Records, StoreError},
};
use http::{HeaderMap, header};

/// The guard of the operator's endpoints. There is no default: without a token, no account.
#[derive(Debug)]
pub struct Operators {
    accounts: Arc<dyn Records>,
}

impl Operators {
    /// Lets in whoever has a token that this store knows.
    pub fn new(accounts: Arc<dyn Records>) -> Self {
        Self { accounts }
    }

    /// The account of a request with `Authorization: Bearer <token>`.
    ///
    /// The token itself is never compared: its digest is looked up, which tells nothing about the tokens that exist.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it could not be looked up: whether the token is good is not known then.
    pub async fn account(&self, headers: &HeaderMap) -> Result<Option<AccountId>, StoreError> {
        let Some(token) = bearer(headers) else {
            return Ok(None);
        };
        let key = AccountKey::Operator(KeyDigest::of(token));
        let found = self.accounts.account_with_key(&key).await?;
        Ok(found.map(|(account, _)| account))
    }
}

/// The token of a request with `Authorization: Bearer <token>`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use greenhouse_core::store::memory::MemoryStore;
    use http::HeaderValue;

    use super::*;
    use crate::accounts::{AccountConfig, apply};

    #[tokio::test]
    async fn only_a_known_token_opens_its_account() {
        let (acme, zenith) = (AccountId::new("acme"), AccountId::new("zenith"));
        let store = Arc::new(MemoryStore::default());
        let with = |id: &AccountId, token: &str| {
            AccountConfig::new(id.clone(), vec![KeyDigest::of(token)])
        };
        let accounts = [with(&acme, "one"), with(&zenith, "two")];
        apply(&*store, &accounts).await.unwrap();
        let operators = Operators::new(store);
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
            let account = operators.account(&headers).await.unwrap();
            assert_eq!(account.as_ref(), expected, "{value}");
        }
        assert_eq!(operators.account(&HeaderMap::new()).await.unwrap(), None);
    }
}
