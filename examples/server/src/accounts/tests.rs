mod faults;
mod minted;
mod pasted;

use std::{collections::BTreeMap, fs, path::Path};

use greenhouse_core::{
    AccountId,
    settings::KeyDigest,
    store::{Records, memory::MemoryStore},
};

use super::{AccountsFile, ApplyError, Outcome, apply, list};
use crate::ConfigError;

#[test]
fn every_missing_setting_is_listed() {
    let Err(ConfigError::Missing(missing)) = AccountsFile::read(None, []) else {
        panic!("required settings are missing");
    };
    let all = missing.join("\n");
    for name in ["accounts", "GREENHOUSE_OPERATOR_TOKEN_DIGESTS"] {
        assert!(all.contains(name), "{name} in {all}");
    }
}

#[test]
fn the_environment_suffices_and_overrides_the_file() {
    let token = KeyDigest::of("token").to_string();
    let variables = BTreeMap::from([
        ("GREENHOUSE_OPERATOR_TOKEN_DIGESTS", token.as_str()),
        ("GREENHOUSE_CLIENT_ID", "abc-1"),
        ("GREENHOUSE_CLIENT_SECRET", "another-one"),
    ]);
    let variables = || {
        let owned = |(name, value): (&&str, &&str)| ((*name).to_owned(), (*value).to_owned());
        variables.iter().map(owned)
    };
    let alone = AccountsFile::read(None, variables()).unwrap().accounts;
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].id.as_str(), "default");
    assert!(alone[0].push.is_some() && alone[0].sync.is_none());

    let both = with_file(FILE, |path| AccountsFile::read(Some(path), variables())).unwrap();
    let push = both.accounts[0].push.as_ref().unwrap();
    assert_eq!(both.accounts[0].id.as_str(), "acme");
    assert_eq!(push.jobs.len(), 1);
    assert!(push.credential.client_secret().matches(b"another-one"));
    assert_eq!(both.accounts[0].operator_tokens, [KeyDigest::of("token")]);
}

#[test]
fn errors_name_the_path_and_repeat_no_secret() {
    for (from, to, expected) in [
        ("strong_yes = 85", "strong_yes = 10", "thresholds"),
        ("strong_yes = 85", "strong_yes = 185", "thresholds"),
        (
            "acting_user = 5400012002",
            "acting_usr = 5400012002",
            "acting_usr",
        ),
        ("minimum = 70", "minimum = 101", "trigger"),
        (
            "credential = { client_id = \"abc-1\", client_secret = \"s3cret-s3cret\" }",
            "credential = \"s3cret-s3cret\"",
            "31 August 2026",
        ),
        (
            "client_id = \"abc-1\", client_secret = \"s3cret-s3cret\"",
            "api_key = \"s3cret-s3cret\"",
            "31 August 2026",
        ),
        (
            "client_id = \"abc-1\", client_secret = \"s3cret-s3cret\"",
            "client_id = \"s3cret-s3cret\", client_secret = \"s3cret-s3cret\"",
            "31 August 2026",
        ),
        (
            "client_secret = \"s3cret-s3cret\"",
            "client_secret = \"s3cret-s3cret\", grant = \"authorization_code\"",
            "redirect_uri",
        ),
        (
            "client_secret = \"s3cret-s3cret\"",
            "client_sekret = \"s3cret-s3cret\"",
            "client_sekret",
        ),
        (
            ", client_secret = \"s3cret-s3cret\"",
            "",
            "Harvest V3 (OAuth)",
        ),
        ("secrets = [\"a-secret\"]", "secrets = [93355512]", "sync"),
        (
            "hook_key = \"0123456789abcdef\"",
            "hook_key = \"s3cret-s3cret\"",
            "hook key",
        ),
        ("[[accounts]]", "[[accounts", "line 2"),
        (
            "[[accounts]]",
            "public_url = \"x\"\n[[accounts]]",
            "public_url",
        ),
        ("operator_tokens", "operator_token", "operator_token"),
        ("\"sha256:0000", "\"s3cret-s3cret", "operator_tokens"),
    ] {
        assert!(FILE.contains(from), "{from}");
        let read = |path: &Path| AccountsFile::read(Some(path), []);
        let error = with_file(&FILE.replace(from, to), read).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(expected), "{to}: {text}");
        assert!(
            !text.contains("s3cret-s3cret") && !text.contains("93355512"),
            "{to}: {text}"
        );
    }
}

#[tokio::test]
async fn accounts_are_new_then_unchanged_then_changed_and_keep_their_report_links() {
    let store = MemoryStore::new();
    let file = read(FILE);
    let outcomes = |applied: Vec<super::AppliedAccount>| -> Vec<_> {
        let outcome = |one: super::AppliedAccount| (one.id.to_string(), one.outcome, one.version);
        applied.into_iter().map(outcome).collect()
    };
    let applied = outcomes(apply(&store, &file).await.unwrap());
    assert_eq!(applied, [("acme".to_owned(), Outcome::New, 1)]);
    let minted = store.account(&acme()).await.unwrap().unwrap();
    assert_eq!(minted.settings.report_links.keys().count(), 1);

    let applied = outcomes(apply(&store, &file).await.unwrap());
    assert_eq!(applied, [("acme".to_owned(), Outcome::Unchanged, 1)]);

    let two = format!("{}\n{ZENITH}", FILE.replace("minimum = 70", "minimum = 75"));
    let applied = outcomes(apply(&store, &read(&two)).await.unwrap());
    let expected = [
        ("acme".to_owned(), Outcome::Changed, 2),
        ("zenith".to_owned(), Outcome::New, 1),
    ];
    assert_eq!(applied, expected);
    let changed = store.account(&acme()).await.unwrap().unwrap();
    assert_eq!(
        changed.settings.report_links, minted.settings.report_links,
        "signed links stay valid"
    );

    // Sections missing from an account are deleted. Accounts missing from the file stay.
    let (bare, _) = FILE.split_once("[accounts.push]").unwrap();
    apply(&store, &read(bare)).await.unwrap();
    let bare = store.account(&acme()).await.unwrap().unwrap();
    assert!(bare.settings.push.is_none() && bare.settings.sync.is_none());
    let mut listed = Vec::new();
    list(&store, |one| {
        listed.push((one.id.to_string(), one.switches()))
    })
    .await
    .unwrap();
    let none = "assessments not set up, push not set up, sync not set up";
    let zenith = "assessments on, push not set up, sync off";
    let expected = [("acme", none), ("zenith", zenith)]
        .map(|(id, switches)| (id.to_owned(), switches.to_owned()));
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn report_links_can_be_set_in_the_file() {
    let store = MemoryStore::new();
    apply(&store, &read(FILE)).await.unwrap();
    let before = store.account(&acme()).await.unwrap().unwrap();
    let given = FILE.replace(
        "[accounts.push]",
        "[accounts.report_links]\ncurrent = { id = \"2\", secret = \"0123456789abcdef0123456789abcdef\" }\n[accounts.push]",
    );
    for _ in 0..2 {
        apply(&store, &read(&given)).await.unwrap();
    }
    let after = store.account(&acme()).await.unwrap().unwrap();
    let ids: Vec<_> = after
        .settings
        .report_links
        .keys()
        .map(|key| key.id())
        .collect();
    assert_eq!((ids, after.version), (vec!["2"], before.version + 1));
}

#[tokio::test]
async fn the_key_of_another_account_is_rejected_and_nothing_is_written() {
    let store = MemoryStore::new();
    apply(&store, &read(&format!("{FILE}\n{ZENITH}")))
        .await
        .unwrap();
    let acme_now = store.account(&acme()).await.unwrap();
    let third = "[[accounts]]\nid = \"third\"\noperator_tokens = [\"TOKEN\"]\n\
        [accounts.assessments]\npartner_keys = [\"PARTNER\"]\n\
        [accounts.sync]\nhook_key = \"HOOK-0123456789abcdef\"\nsecrets = [\"a-secret\"]\n"
        .replace("TOKEN", &KeyDigest::of("third token").to_string())
        .replace("PARTNER", &KeyDigest::of("third partner").to_string());
    for (from, to, named) in [
        (
            KeyDigest::of("third token").to_string(),
            KeyDigest::of("zenith token").to_string(),
            "account third has the operator token (operator_tokens) of account zenith; each account needs its own",
        ),
        (
            KeyDigest::of("third partner").to_string(),
            KeyDigest::of("zenith partner").to_string(),
            "account third has the partner key (assessments.partner_keys) of account zenith; each account needs its own",
        ),
        (
            "HOOK-0123456789abcdef".to_owned(),
            "0123456789abcdef".to_owned(),
            "account third has the hook key (sync.hook_key) of account acme; each account needs its own",
        ),
    ] {
        assert!(third.contains(&from));
        // Neither the change before it nor the new account after it is written.
        let changed = FILE.replace("minimum = 70", "minimum = 75");
        let wrong = third.replace(&from, &to);
        let new = "[[accounts]]\nid = \"new\"\noperator_tokens = [\"sha256:NEW\"]"
            .replace("NEW", &"5".repeat(64));
        let accounts = read(&format!("{changed}\n{wrong}\n{new}"));
        let error = apply(&store, &accounts).await.unwrap_err();
        assert_eq!(error.to_string(), named);
        assert_eq!(store.account(&acme()).await.unwrap(), acme_now);
        for id in ["third", "new"] {
            let known = store.account(&AccountId::new(id)).await.unwrap();
            assert!(known.is_none(), "{id}");
        }

        let alone = read(&format!("{}\n{wrong}", FILE.replace("acme", "other")));
        if !named.contains("zenith") {
            let error = apply(&MemoryStore::new(), &alone).await.unwrap_err();
            assert!(matches!(error, ApplyError::KeyTaken { .. }), "{error}");
        }
    }
}

#[tokio::test]
async fn conflicting_accounts_are_rejected() {
    let token = format!("operator_tokens = [\"{}\"]", KeyDigest::of("another"));
    let again = format!("{FILE}\n[[accounts]]\nid = \"acme\"\n{token}");
    let blank = format!("[[accounts]]\nid = \" \"\n{token}");
    for (text, expected) in [(again, "twice"), (blank, "account 1 has a blank id")] {
        let error = apply(&MemoryStore::new(), &read(&text)).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    let mut without = read(FILE);
    without[0].operator_tokens.clear();
    let error = apply(&MemoryStore::new(), &without).await.unwrap_err();
    assert!(
        error.to_string().contains("axum-host keys operator"),
        "{error}"
    );
}

fn acme() -> AccountId {
    AccountId::new("acme")
}

fn read(text: &str) -> Vec<super::AccountConfig> {
    with_file(text, |path| AccountsFile::read(Some(path), []))
        .unwrap()
        .accounts
}

fn with_file<T>(text: &str, read: impl FnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.toml");
    let text = text.replace("ZENITH TOKEN", &KeyDigest::of("zenith token").to_string());
    let text = text.replace(
        "ZENITH PARTNER",
        &KeyDigest::of("zenith partner").to_string(),
    );
    fs::write(&path, text).unwrap();
    read(&path)
}

const FILE: &str = r#"
[[accounts]]
id = "acme"
operator_tokens = ["sha256:0000000000000000000000000000000000000000000000000000000000000000"]

[accounts.push]
acting_user = 5400012002
thresholds = { strong_yes = 85, yes = 65, mixed = 45, no = 25 }
trigger = { kind = "on_score", minimum = 70, inclusive = true }
credential = { client_id = "abc-1", client_secret = "s3cret-s3cret" }

[accounts.push.jobs.account-executive]
job = 6409551002
stage = 5120077002

[accounts.sync]
hook_key = "0123456789abcdef"
secrets = ["a-secret"]
"#;

const ZENITH: &str = r#"
[[accounts]]
id = "zenith"
operator_tokens = ["ZENITH TOKEN"]

[accounts.assessments]
partner_keys = ["ZENITH PARTNER"]

[accounts.sync]
enabled = false
hook_key = "zenith-0123456789"
secrets = ["a-secret"]
"#;
