//! The binary, as a person at a terminal meets it.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

#[test]
fn serve_names_everything_that_is_missing_and_does_not_start() {
    let output = host(&["serve"], &[]);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    for name in [
        "public_url",
        "report_links.secret",
        "accounts",
        "operator_tokens",
        "axum-host keys operator",
    ] {
        assert!(said.contains(name), "{name} in {said}");
    }
}

#[test]
fn serve_does_not_start_without_an_operator_token_for_every_account() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("host.toml");
    let two_accounts = r#"
        public_url = "https://assess.example.com"
        report_links = { secret = "0123456789abcdef0123456789abcdef" }
        [[accounts]]
        id = "acme"
        operator_tokens = ["sha256:0000000000000000000000000000000000000000000000000000000000000000"]
        [[accounts]]
        id = "zenith"
    "#;
    std::fs::write(&file, two_accounts).unwrap();
    let output = host(&["serve", "--config", file.to_str().unwrap()], &[]);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("operator_tokens"), "{said}");
}

#[test]
fn serve_refuses_a_v1_key_with_the_remedy() {
    let output = host(
        &["serve"],
        &[
            ("GREENHOUSE_PUBLIC_URL", "https://assess.example.com"),
            (
                "GREENHOUSE_REPORT_LINK_SECRET",
                "0123456789abcdef0123456789abcdef",
            ),
            (
                "GREENHOUSE_OPERATOR_TOKEN_DIGESTS",
                "sha256:0000000000000000000000000000000000000000000000000000000000000000",
            ),
            (
                "GREENHOUSE_CLIENT_ID",
                "canary0d031d8227eafa61dc375a6c2e067e24",
            ),
        ],
    );
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("Harvest V3 (OAuth)"), "{said}");
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn keys_are_shown_once_with_what_the_configuration_keeps() {
    for (purpose, prefix, digest) in [
        ("partner", "gpk_", true),
        ("operator", "gho_", true),
        ("report-link", "", false),
        ("hook", "", false),
    ] {
        let (one, two) = (host(&["keys", purpose], &[]), host(&["keys", purpose], &[]));
        assert!(one.status.success() && two.status.success(), "{purpose}");
        let said = String::from_utf8(one.stdout).unwrap();
        assert_ne!(said.as_bytes(), two.stdout, "{purpose}: two keys differ");
        assert!(
            said.contains(&format!("key, shown this once: {prefix}")),
            "{purpose}: {said}"
        );
        assert_eq!(said.contains("sha256:"), digest, "{purpose}: {said}");
    }
}

fn host(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_axum-host"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}
