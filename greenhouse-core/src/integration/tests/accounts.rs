use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};

use super::doubles::{Fake, builder};
use crate::{
    AccountId, Integration, NewAccount,
    integration::{CreateAccountError, PublicRoute},
    settings::{CompletionCredential, HarvestCredential, KeyDigest, PushSettings},
    store::memory::MemoryStore,
    testing::{FakePlatform, ManualClock},
};

#[tokio::test]
async fn creates_an_account_with_working_keys() {
    let greenhouse = integration();
    let account = NewAccount::new("acme").webhooks("hook secret");
    let created = greenhouse.accounts().create(account).await.unwrap();
    let acme = AccountId::new("acme");
    assert_eq!(created.id, acme);

    let operator = created.operator_token.expose();
    let found = greenhouse.account_of_operator(&bearer(operator)).await;
    assert_eq!(found.unwrap(), Some(acme.clone()));
    let partner = created.partner_key.as_ref().unwrap().expose();
    let settings = greenhouse.ports().settings();
    let found = settings
        .assessments_of_partner_key(&KeyDigest::of(partner))
        .await;
    let (owner, assessments) = found.unwrap().unwrap();
    assert_eq!((owner, assessments.is_some()), (acme.clone(), true));
    let url = created.webhook_url.as_ref().unwrap().expose();
    let path = url.strip_prefix("https://assess.example.com").unwrap();
    let Some(PublicRoute::Webhook(Some(key))) = PublicRoute::parse(path) else {
        panic!("{path}")
    };
    let owner = settings.account_of_hook(Some(&key)).await.unwrap().unwrap();
    assert_eq!(owner.account, acme);
    assert_eq!(owner.sync.unwrap().secrets()[0].expose(), "hook secret");
    assert!(settings.report_links(&acme).await.unwrap().is_some());
    assert_eq!(
        created.set_up.expose(),
        "push: connect acme\n\npartner: connect acme\n"
    );

    // No other text contains the keys.
    for text in [format!("{created:?}"), format!("{greenhouse:?}")] {
        for secret in [operator, partner, key.as_str(), "hook secret"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let record = greenhouse.accounts().get(&acme).await.unwrap().unwrap();
    for secret in [operator, partner, "hook secret"] {
        assert!(!format!("{record:?}").contains(secret));
    }
}

#[tokio::test]
async fn accepts_only_the_accounts_own_token() {
    let greenhouse = integration();
    let accounts = greenhouse.accounts();
    let acme = accounts.create(NewAccount::new("acme")).await.unwrap();
    let zenith = accounts.create(NewAccount::new("zenith")).await.unwrap();
    let token =
        |created: &crate::integration::CreatedAccount| created.operator_token.expose().to_owned();
    for (value, expected) in [
        (format!("Bearer {}", token(&acme)), Some("acme")),
        (format!("bearer {}", token(&zenith)), Some("zenith")),
        ("Bearer gho_0".to_owned(), None),
        ("Bearer ".to_owned(), None),
        (format!("Basic {}", token(&acme)), None),
        (token(&acme), None),
    ] {
        let mut headers = HeaderMap::new();
        let sent = HeaderValue::from_str(&value).unwrap();
        headers.insert(header::AUTHORIZATION, sent);
        let found = greenhouse.account_of_operator(&headers).await.unwrap();
        assert_eq!(found, expected.map(AccountId::new), "{value}");
    }
    let none = greenhouse.account_of_operator(&HeaderMap::new()).await;
    assert_eq!(none.unwrap(), None);
}

#[tokio::test]
async fn refuses_invalid_accounts() {
    let greenhouse = integration();
    let accounts = greenhouse.accounts();
    for id in ["a", "acme", "Acme-2_x.y", &"x".repeat(64)] {
        assert!(accounts.create(NewAccount::new(id)).await.is_ok(), "{id}");
    }
    for id in [
        "",
        "ac me",
        "acme/1",
        "\u{e4}cme",
        "acme\n",
        "acme\u{200b}",
        "\u{202e}acme",
        &"x".repeat(65),
    ] {
        let refused = accounts.create(NewAccount::new(id)).await.unwrap_err();
        assert!(matches!(refused, CreateAccountError::InvalidId(_)), "{id}");
    }
    let again = accounts.create(NewAccount::new("acme")).await.unwrap_err();
    assert!(matches!(again, CreateAccountError::Exists(_)));
    let empty = NewAccount::new("zenith").webhooks("");
    let empty = accounts.create(empty).await.unwrap_err();
    assert!(matches!(empty, CreateAccountError::NoWebhookSecret));
    for (account, expected) in pasted() {
        let refused = accounts.create(account).await.unwrap_err();
        assert!(
            matches!(refused, CreateAccountError::Secret { .. }),
            "{refused:?}"
        );
        let text = refused.to_string();
        assert!(text.starts_with(expected) && text.contains("; "), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
    let page = accounts.list(None, 10).await.unwrap();
    assert_eq!(page.accounts.len(), 4);
    let without = NewAccount::new("without").without_assessments();
    let without = accounts.create(without).await.unwrap();
    assert!(without.partner_key.is_none() && without.webhook_url.is_none());
}

/// Accounts with an invalid secret, each with the beginning of the error.
fn pasted() -> Vec<(NewAccount, &'static str)> {
    let account = || NewAccount::new("zenith");
    let completion = |user: &str, password: &str| {
        account().completion(CompletionCredential {
            user: user.into(),
            password: password.into(),
        })
    };
    let push = |secret: &str| {
        let credential = HarvestCredential::new("id", Some(secret.into())).unwrap();
        account().push(PushSettings::new(credential))
    };
    let hook = "webhook secret: ";
    vec![
        (account().webhooks("a"), hook),
        (account().webhooks("canary\n"), hook),
        (account().webhooks("canary-canary\u{200b}"), hook),
        (account().webhooks("canary-canary\u{202e}"), hook),
        (account().webhooks(" canary-canary"), hook),
        (completion("canary", ""), "completion user: "),
        (completion("canary\n", "canary-canary"), "completion user: "),
        (completion("me", "canary"), "completion password: "),
        (completion("me", "canary-canary "), "completion password: "),
        (push("canary"), "client secret: "),
    ]
}

fn integration() -> Integration {
    let clock = ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap());
    let product = Arc::new(FakePlatform::new());
    builder(&product, MemoryStore::new(), &Arc::new(clock))
        .with(Fake::new("push", PublicRoute::ListTests).builder())
        .with(Fake::new("partner", PublicRoute::SendTest).builder())
        .build()
        .unwrap()
}

fn bearer(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
    headers.insert(header::AUTHORIZATION, value);
    headers
}
