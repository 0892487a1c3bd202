//! Precedence of settings: flag, then environment variable, then file.

use crate::terminal::{Terminal, account, master_key, run};

#[test]
fn flags_override_the_environment_which_overrides_the_file() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let config = terminal.path("host.toml");
    let own = terminal.path("greenhouse.sqlite");
    let (variable, flag) = (
        terminal.path("variable.sqlite"),
        terminal.path("flag.sqlite"),
    );
    let lists = |arguments: &[&str], variables: &[(&str, &str)]| {
        let arguments = [&["accounts", "list", "--config", &config], arguments].concat();
        let said = run(&arguments, variables);
        (said.ok, said.out.contains("account acme"))
    };
    let environment = [("GREENHOUSE_DATABASE", variable.as_str())];
    assert_eq!(lists(&[], &[]), (true, true));
    assert_eq!(
        lists(&[], &environment),
        (false, false),
        "the database in the environment variable does not exist"
    );
    assert!(
        !terminal.exists("variable.sqlite"),
        "read-only commands create nothing"
    );
    assert_eq!(lists(&["--database", &own], &environment), (true, true));
    assert_eq!(
        lists(&["--database", &flag], &[("GREENHOUSE_DATABASE", &own)]),
        (false, false)
    );
    assert!(!terminal.exists("flag.sqlite"));
}

#[test]
fn errors_name_the_flag() {
    let key = master_key();
    let variables = [
        ("GREENHOUSE_MASTER_KEYS", key.as_str()),
        ("GREENHOUSE_PUBLIC_URL", "https://assess.example.com"),
        ("GREENHOUSE_PUSH_LEASE_SECONDS", "120"),
    ];
    for (typed, named) in [
        (["--set", "push.lease=canary"], "--set (push.lease): "),
        (
            ["--set", "push.leese=1s"],
            "--set (push.leese): unknown setting `leese`",
        ),
        (["--public-url", "canary"], "--public-url (public_url): "),
        (["--log-format", "canary"], "--log-format (log_format): "),
        (
            ["--database-schema", "greenhouse"],
            "database_schema (GREENHOUSE_DATABASE_SCHEMA) is not supported by SQLite",
        ),
    ] {
        let said = run(&[&["serve"], &typed[..]].concat(), &variables);
        assert!(!said.ok && said.err.contains(named), "{typed:?}: {said:?}");
    }
    let said = run(&["serve"], &[("GREENHOUSE_PUSH_LEASE_SECONDS", "canary")]);
    assert!(said.err.contains("missing"), "{said:?}");
    let said = run(
        &["serve"],
        &[
            &variables[..2],
            &[("GREENHOUSE_PUSH_LEASE_SECONDS", "canary")],
        ]
        .concat(),
    );
    let named = "GREENHOUSE_PUSH_LEASE_SECONDS (push.lease): ";
    assert!(said.err.contains(named), "{said:?}");
    for secret in ["master_keys=canary", "metrics.token=canary"] {
        let said = run(&["serve", "--set", secret], &variables);
        assert!(!said.ok && said.err.contains("is a secret"), "{said:?}");
    }
}

#[test]
fn the_help_explains_the_precedence() {
    let help = run(&["--help"], &[]).out;
    let rule = "Flags override environment variables, which override the configuration file";
    assert!(help.contains(rule), "{help}");
    let help = run(&["serve", "--help"], &[]).out;
    for flag in [
        "--listen",
        "--public-url",
        "--database",
        "--database-schema",
        "--log-format",
        "--set",
    ] {
        assert!(help.contains(flag), "{flag} in {help}");
    }
}
