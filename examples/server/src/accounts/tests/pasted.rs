use std::path::Path;

use greenhouse_core::{
    AccountId, HookKey,
    settings::{AssessmentSettings, HarvestCredential, KeyDigest, PushSettings, SyncSettings},
    store::memory::MemoryStore,
};

use super::{FILE, read, with_file};
use crate::accounts::{AccountConfig, AccountsFile, ApplyError, apply};

#[test]
fn defective_values_in_a_file_are_refused_with_their_place() {
    let completion =
        "[accounts.assessments]\ncompletion = { user = \"USER\", password = \"PASS\" }\n";
    let completion = |user: &str, password: &str| {
        let section = completion.replace("USER", user).replace("PASS", password);
        FILE.replace("[accounts.sync]", &format!("{section}[accounts.sync]"))
    };
    let hook = |secret: &str| FILE.replace("[\"a-secret\"]", &format!("[\"{secret}\"]"));
    let client = |secret: &str| FILE.replace("s3cret-s3cret", secret);
    let id = |id: &str| FILE.replace("id = \"acme\"", &format!("id = \"{id}\""));
    for (file, place, reason) in [
        (hook("   "), "accounts[0].sync", "none may be empty"),
        (hook("canary\\n"), "accounts[0].sync", "line break"),
        (
            hook("canary-canary\\u200b"),
            "accounts[0].sync",
            "an invisible character",
        ),
        (
            hook("\\u202ecanary-canary"),
            "accounts[0].sync",
            "an invisible character",
        ),
        (hook("canary-canary "), "accounts[0].sync", "with a space"),
        (hook("a"), "accounts[0].sync", "at least 8 characters"),
        (hook("canary"), "accounts[0].sync", "at least 8 characters"),
        (
            client("canary"),
            "accounts[0].push.credential",
            "at least 8 characters",
        ),
        (
            client("canary-canary\\r"),
            "accounts[0].push.credential",
            "line break",
        ),
        (
            client("canary-canary\\ufeff"),
            "accounts[0].push.credential",
            "an invisible character",
        ),
        (
            client(" canary-canary"),
            "accounts[0].push.credential",
            "with a space",
        ),
        (
            completion("canary", ""),
            "accounts[0].assessments.completion",
            "user: expected at least 8",
        ),
        (
            completion("me\\u200b", "canary-canary"),
            "accounts[0].assessments.completion",
            "user: the value contains an invisible character",
        ),
        (
            completion("me", "canary-canary\\n"),
            "accounts[0].assessments.completion",
            "password: the value contains a line break",
        ),
        (id("ac me"), "accounts[0].id", "without spaces"),
        (id("acme\\n"), "accounts[0].id", "without spaces"),
        (id("acme\\u0000"), "accounts[0].id", "without spaces"),
        (id("acme\\u200b"), "accounts[0].id", "without spaces"),
        (id("\\u202eacme"), "accounts[0].id", "without spaces"),
    ] {
        let refused = |path: &Path| AccountsFile::read(Some(path), []).unwrap_err();
        let text = with_file(&file, refused).to_string();
        let is_told = text.contains(place) && text.contains(reason) && text.contains(", line ");
        assert!(is_told, "{place}, {reason}: {text}");
        assert!(!text.contains("canary"), "{text}");
        assert!(!text.contains(['\u{200b}', '\u{202e}', '\0']), "{text:?}");
    }
}

#[test]
fn the_environment_is_checked_as_the_file_is() {
    for (name, value, reason) in [
        ("GREENHOUSE_ACCOUNT", "ac\u{200b}me", "without spaces"),
        (
            "GREENHOUSE_CLIENT_SECRET",
            "canary",
            "at least 8 characters",
        ),
        ("GREENHOUSE_CLIENT_SECRET", "canary-canary\n", "line break"),
        (
            "GREENHOUSE_WEBHOOK_SECRETS",
            "canary-canary,a",
            "secret 2: expected at least 8",
        ),
        (
            "GREENHOUSE_COMPLETION_PASSWORD",
            "canary-canary\u{a0}",
            "with a space",
        ),
    ] {
        let variables = [
            (
                "GREENHOUSE_OPERATOR_TOKEN_DIGESTS",
                &*KeyDigest::of("token").to_string(),
            ),
            ("GREENHOUSE_CLIENT_ID", "abc-1"),
            ("GREENHOUSE_CLIENT_SECRET", "a good secret"),
            ("GREENHOUSE_HOOK_KEY", "0123456789abcdef"),
            ("GREENHOUSE_WEBHOOK_SECRETS", "a good secret"),
            ("GREENHOUSE_COMPLETION_USER", "me"),
            ("GREENHOUSE_COMPLETION_PASSWORD", "a good secret"),
            (name, value),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let text = AccountsFile::read(None, variables).unwrap_err().to_string();
        assert!(text.contains(reason), "{name}: {text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn accounts_that_the_host_builds_are_checked_as_well() {
    let account = |id: &str| AccountConfig::new(AccountId::new(id), vec![KeyDigest::of("token")]);
    let mut wrong = vec![
        (account("ac me"), "account 1: expected an account id"),
        (account("acme\u{200b}"), "account 1: expected an account id"),
    ];
    let mut empty_token = account("acme");
    empty_token.operator_tokens = vec![KeyDigest::of("")];
    wrong.push((
        empty_token,
        "account acme: operator_tokens: this is the digest of an empty",
    ));
    let mut empty_key = account("acme");
    empty_key.assessments = Some(AssessmentSettings::new(vec![KeyDigest::of("")]));
    wrong.push((
        empty_key,
        "account acme: assessments.partner_keys: this is the digest",
    ));
    let mut prefix = account("acme");
    let mut assessments = AssessmentSettings::new(vec![KeyDigest::of("key")]);
    assessments.partner_keys[0].prefix = Some("gpk_\u{202e}".to_owned());
    prefix.assessments = Some(assessments);
    wrong.push((
        prefix,
        "account acme: assessments.partner_keys: the value contains",
    ));
    let mut push = account("acme");
    let credential = HarvestCredential::new("id", Some("canary".into())).unwrap();
    push.push = Some(PushSettings::new(credential));
    wrong.push((
        push,
        "account acme: push.credential.client_secret: expected at least 8",
    ));
    let mut sync = account("acme");
    let hook = HookKey::new("0123456789abcdef");
    sync.sync = Some(SyncSettings::from_stored(hook, vec!["canary".into()]).unwrap());
    wrong.push((sync, "account acme: sync.secrets: expected at least 8"));
    for (account, expected) in wrong {
        let refused: ApplyError = apply(&MemoryStore::new(), &[account]).await.unwrap_err();
        let text = refused.to_string();
        assert!(text.starts_with(expected), "{expected}: {text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn a_short_webhook_secret_is_a_warning() {
    let warnings = |secret: &str| {
        let file = FILE.replace("a-secret", secret);
        read(&file)[0].warnings().concat()
    };
    for short in ["a-secret", "fifteen letters"] {
        let text = warnings(short);
        assert!(
            text.starts_with("account acme: sync.secrets: webhook secret 1"),
            "{text}"
        );
        assert!(
            text.contains("openssl rand -hex 32") && !text.contains(short),
            "{text}"
        );
    }
    assert_eq!(warnings("sixteen letters!"), "");
}
