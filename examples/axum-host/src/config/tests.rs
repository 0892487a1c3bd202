use std::{collections::BTreeMap, fs};

use greenhouse_core::settings::KeyDigest;

use super::{Config, ConfigError};

#[test]
fn an_empty_environment_is_told_everything_that_is_missing() {
    let Err(ConfigError::Missing(missing)) = Config::read(None, |_| None) else {
        panic!("nothing is there, so something must be missing");
    };
    let all = missing.join("\n");
    for name in [
        "GREENHOUSE_PUBLIC_URL",
        "GREENHOUSE_REPORT_LINK_SECRET",
        "GREENHOUSE_OPERATOR_TOKEN_DIGESTS",
        "accounts",
    ] {
        assert!(all.contains(name), "{name} in {all}");
    }
}

#[test]
fn the_environment_alone_is_enough() {
    let config = read(&minimal()).unwrap();
    assert_eq!(config.accounts.len(), 1);
    assert_eq!(config.accounts[0].id.as_str(), "default");
    assert!(config.accounts[0].push.is_none());
}

#[test]
fn the_environment_stands_above_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    fs::write(&path, FILE).unwrap();
    let config = Config::read(Some(&path), |name| {
        (name == "GREENHOUSE_PUBLIC_URL").then(|| "https://other.example".to_owned())
    })
    .unwrap();
    assert_eq!(config.public_url.as_str(), "https://other.example/");
    let push = config.accounts[0].push.as_ref().unwrap();
    assert_eq!(push.jobs.len(), 1);
    assert!(config.settings().is_ok());
}

#[test]
fn what_is_wrong_is_named_by_its_path_and_secrets_are_not_repeated() {
    let cases = [
        (("GREENHOUSE_ACTING_USER", "abc"), "GREENHOUSE_ACTING_USER"),
        (
            ("GREENHOUSE_CLIENT_ID", "0d031d8227eafa61dc375a6c2e067e24"),
            "31 August 2026",
        ),
        (
            ("GREENHOUSE_REPORT_LINK_SECRET", "canary-short"),
            "report_links",
        ),
        (
            ("GREENHOUSE_PARTNER_KEY_DIGESTS", "canary-key-itself"),
            "partner_keys",
        ),
        (("GREENHOUSE_PUBLIC_URL", "not a url"), "public_url"),
        (("GREENHOUSE_HOOK_KEY", "short"), "sync"),
    ];
    for ((name, value), expected) in cases {
        let mut variables = minimal();
        variables.insert(name, value.to_owned());
        let error = read(&variables).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(expected), "{name}: {text}");
        assert!(!text.contains("canary"), "{name}: {text}");
    }
}

#[test]
fn an_unknown_member_and_thresholds_out_of_order_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    for (from, to, expected) in [
        (
            "thresholds = { strong_yes = 85",
            "thresholds = { strong_yes = 10",
            "thresholds",
        ),
        (
            "thresholds = { strong_yes = 85",
            "thresholds = { strong_yes = 185",
            "thresholds",
        ),
        (
            "acting_user = 5400012002",
            "acting_usr = 5400012002",
            "acting_usr",
        ),
        ("minimum = 70", "minimum = 101", "trigger"),
        (
            "credential = { client_id = \"abc-1\", client_secret = \"s3cret\" }",
            "credential = \"s3cret\"",
            "credential",
        ),
        ("secrets = [\"a-secret\"]", "secrets = [93355512]", "sync"),
        ("[[accounts]]", "[[accounts", "line 6"),
    ] {
        assert!(FILE.contains(from));
        fs::write(&path, FILE.replace(from, to)).unwrap();
        let text = Config::read(Some(&path), |_| None).unwrap_err().to_string();
        assert!(text.contains(expected), "{to}: {text}");
        assert!(
            !text.contains("s3cret") && !text.contains("93355512"),
            "{to}: {text}"
        );
    }
}

fn minimal() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        (
            "GREENHOUSE_PUBLIC_URL",
            "https://assess.example.com".to_owned(),
        ),
        (
            "GREENHOUSE_REPORT_LINK_SECRET",
            "0123456789abcdef0123456789abcdef".to_owned(),
        ),
        (
            "GREENHOUSE_OPERATOR_TOKEN_DIGESTS",
            KeyDigest::of("token").to_string(),
        ),
    ])
}

fn read(variables: &BTreeMap<&'static str, String>) -> Result<Config, ConfigError> {
    Config::read(None, |name| variables.get(name).cloned())
}

const FILE: &str = r#"
public_url = "https://assess.example.com"
[report_links]
secret = "0123456789abcdef0123456789abcdef"

[[accounts]]
id = "acme"
operator_tokens = ["sha256:0000000000000000000000000000000000000000000000000000000000000000"]

[accounts.push]
acting_user = 5400012002
thresholds = { strong_yes = 85, yes = 65, mixed = 45, no = 25 }
trigger = { kind = "on_score", minimum = 70, inclusive = true }
credential = { client_id = "abc-1", client_secret = "s3cret" }

[accounts.push.jobs.account-executive]
job = 6409551002
stage = 5120077002

[accounts.sync]
hook_key = "0123456789abcdef"
secrets = ["a-secret"]
"#;
