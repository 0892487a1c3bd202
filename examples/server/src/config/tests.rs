mod retention;
mod sections;
mod web;

use std::{collections::BTreeMap, fs};

use super::{Config, ConfigError};

#[test]
fn every_missing_setting_is_listed() {
    let Err(ConfigError::Missing(missing)) = Config::read(None, []) else {
        panic!("required settings are missing");
    };
    let all = missing.join("\n");
    for name in [
        "GREENHOUSE_PUBLIC_URL",
        "GREENHOUSE_MASTER_KEYS",
        "axum-host keys master",
    ] {
        assert!(all.contains(name), "{name} in {all}");
    }
}

#[test]
fn the_environment_alone_is_enough() {
    let config = read(&minimal()).unwrap();
    assert_eq!(config.database.expose(), "greenhouse.sqlite");
    assert_eq!(config.listen, "127.0.0.1:8080");
    assert_eq!(config.default_account, None);
}

#[test]
fn the_environment_overrides_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    fs::write(&path, FILE).unwrap();
    let config = Config::read(
        Some(&path),
        [(
            "GREENHOUSE_PUBLIC_URL".to_owned(),
            "https://other.example".to_owned(),
        )],
    )
    .unwrap();
    assert_eq!(config.public_url.as_str(), "https://other.example/");
    assert_eq!(config.database.expose(), "postgres://app:canary@db/app");
    assert_eq!(config.master_keys.key_ids().count(), 2);
}

#[test]
fn the_first_master_key_encrypts() {
    let mut variables = minimal();
    let key = |digit: &str| format!("ghmk_{}", digit.repeat(64));
    let id = |keys: String| {
        variables.insert("GREENHOUSE_MASTER_KEYS", keys);
        let keys = read(&variables).unwrap().master_keys;
        (keys.current_key_id(), keys.key_ids().count())
    };
    let mut id = id;
    let (one, _) = id(key("1"));
    let (two, _) = id(key("2"));
    assert_ne!(one, two);
    assert_eq!(id(format!("{}, {}", key("2"), key("1"))), (two, 2));
    assert_eq!(id(format!("{},{},", key("1"), key("2"))), (one, 2));
    assert_eq!(id(format!("{},{}", key("1"), key("1"))), (one, 1));
}

#[test]
fn errors_name_the_path_and_repeat_no_secret() {
    let good = format!("ghmk_{}", "1".repeat(64));
    let cases = [
        (
            ("GREENHOUSE_MASTER_KEYS", "canary".to_owned()),
            "GREENHOUSE_MASTER_KEYS (master_keys): key 1: expected",
        ),
        (
            ("GREENHOUSE_MASTER_KEYS", format!("{good},ghmk_canary")),
            "key 2: expected `ghmk_` and 64 hexadecimal digits, got 11 characters",
        ),
        (("GREENHOUSE_MASTER_KEYS", ", ,".to_owned()), "keys master"),
        (
            ("GREENHOUSE_MASTER_KEYS", format!("{good}\u{200b}")),
            "key 1: the value contains an invisible character",
        ),
        (
            ("GREENHOUSE_MASTER_KEYS", format!("{good},\u{202e}{good}")),
            "key 2: the value contains an invisible character",
        ),
        (
            (
                "GREENHOUSE_METRICS_TOKEN",
                "canary-canary-16\u{feff}".to_owned(),
            ),
            "an invisible character",
        ),
        (
            ("GREENHOUSE_DEFAULT_ACCOUNT", "acme\n".to_owned()),
            "default_account",
        ),
        (
            ("GREENHOUSE_DEFAULT_ACCOUNT", "ac\u{200b}me".to_owned()),
            "without spaces",
        ),
        (
            (
                "GREENHOUSE_PUBLIC_URL",
                "assess.example.com:8443".to_owned(),
            ),
            "expected a URL such as https://assess.example.com, with the scheme https or http, got",
        ),
        (
            ("GREENHOUSE_PUBLIC_URL", "localhost:8080".to_owned()),
            "expected a URL such as https://assess.example.com, with the scheme https or http, got",
        ),
        (
            (
                "GREENHOUSE_PUBLIC_URL",
                "https://me:canary@assess.example".to_owned(),
            ),
            "without a user name or password",
        ),
        (
            (
                "GREENHOUSE_PUBLIC_URL",
                "me:canary@assess.example".to_owned(),
            ),
            "expected a URL such as https://assess.example.com",
        ),
        (
            (
                "GREENHOUSE_PUBLIC_URL",
                "https://assess.example/?a=b".to_owned(),
            ),
            "without a query or fragment",
        ),
        (
            (
                "GREENHOUSE_PUBLIC_URL",
                "https://assess.example/#a".to_owned(),
            ),
            "without a query or fragment",
        ),
        (
            (
                "GREENHOUSE_PUBLIC_URL",
                "https://assess.example\u{200b}".to_owned(),
            ),
            "without spaces",
        ),
        (
            (
                "GREENHOUSE_SANDBOX",
                "http://me:canary@127.0.0.1:4010".to_owned(),
            ),
            "expected the URL of a mock",
        ),
        (
            ("GREENHOUSE_PUBLIC_URL", "not a url".to_owned()),
            "public_url",
        ),
    ];
    for ((name, value), expected) in cases {
        let mut variables = minimal();
        variables.insert(name, value);
        let error = read(&variables).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(expected), "{name}: {text}");
        assert!(!text.contains("canary"), "{name}: {text}");
    }
}

#[test]
fn misplaced_settings_are_rejected_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    for (line, expected) in [
        ("[[accounts]]\nid = \"acme\"", "axum-host accounts apply"),
        (
            "[report_links]\nsecret = \"canary\"",
            "axum-host accounts apply",
        ),
        ("databse = \"canary\"", "databse"),
        ("default_account = 7", "default_account"),
        ("[[accounts", "line 6"),
    ] {
        fs::write(&path, format!("{FILE}\n{line}")).unwrap();
        let error = Config::read(Some(&path), []).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(expected), "{line}: {text}");
        assert!(!text.contains("canary"), "{line}: {text}");
    }
    for (from, to, expected) in [
        (
            "master_keys = [\"ghmk_",
            "master_keys = [\"canary_",
            "master_keys",
        ),
        (
            "database = \"postgres://app:canary@db/app\"",
            "database = 93355512",
            "database",
        ),
    ] {
        assert!(FILE.contains(from));
        fs::write(&path, FILE.replace(from, to)).unwrap();
        let error = Config::read(Some(&path), []).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(expected), "{to}: {text}");
        assert!(
            !text.contains("canary") && !text.contains("93355512"),
            "{to}: {text}"
        );
    }
}

#[test]
fn debug_omits_keys_and_the_password_of_the_database() {
    let mut variables = minimal();
    variables.insert(
        "GREENHOUSE_DATABASE",
        "postgres://app:canary@db/app".to_owned(),
    );
    let shown = format!("{:?}", read(&variables).unwrap());
    assert!(!shown.contains("canary"), "{shown}");
    assert!(!shown.contains(&"1".repeat(20)), "{shown}");
}

fn minimal() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        (
            "GREENHOUSE_PUBLIC_URL",
            "https://assess.example.com".to_owned(),
        ),
        ("GREENHOUSE_MASTER_KEYS", format!("ghmk_{}", "1".repeat(64))),
    ])
}

fn read(variables: &BTreeMap<&'static str, String>) -> Result<Config, ConfigError> {
    Config::read(
        None,
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    )
}

const FILE: &str = r#"
public_url = "https://assess.example.com"
database = "postgres://app:canary@db/app"
master_keys = ["ghmk_1111111111111111111111111111111111111111111111111111111111111111",
  "ghmk_2222222222222222222222222222222222222222222222222222222222222222"]"#;
