//! The `doctor` command.

use serde_json::Value;

use crate::terminal::{Terminal, account, run};

/// The push is disabled, because no Greenhouse is running.
#[test]
fn problems_are_printed_and_fail_the_command() {
    let terminal = Terminal::new();
    let said = terminal.run_command(&["doctor"]);
    assert!(!said.ok, "{said:?}");
    assert!(
        said.out.starts_with("PROBLEM  database_missing: "),
        "{said:?}"
    );
    assert!(
        said.out
            .ends_with("\nfix the problems (problems: 1, warnings: 0, ok: 3)\n"),
        "{said:?}"
    );
    assert!(!terminal.exists("greenhouse.sqlite") && !terminal.exists("product.sqlite"));

    let accounts = account("acme").replace("[accounts.push]", "[accounts.push]\nenabled = false");
    assert!(terminal.apply(&accounts).ok);
    let said = terminal.run_command(&["doctor", "--account", "acme"]);
    assert!(said.ok, "warnings alone do not fail the command: {said:?}");
    assert!(
        said.out
            .starts_with("warning  account acme, webhooks: No webhook has been received yet."),
        "{said:?}"
    );
    assert!(
        said.out.contains("axum-host accounts set-up acme"),
        "{said:?}"
    );
    assert!(!format!("{said:?}").contains("canary"), "{said:?}");
    assert!(!said.out.contains("\nok "), "{said:?}");
    let said = terminal.run_command(&["doctor", "--all"]);
    assert!(
        said.ok && said.out.contains("\nok       database: "),
        "{said:?}"
    );

    let said = terminal.run_command(&["doctor", "--json"]);
    assert!(said.ok, "{said:?}");
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (&json["state"], &json["problems"]),
        (&"warning".into(), &0.into())
    );
    assert_eq!(json["findings"][0]["about"], "webhooks");
    let said = terminal.run_command(&["doctor", "--account", "unknown", "--json"]);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert!(
        !said.ok && json["findings"][0]["about"] == "account_unknown",
        "{said:?}"
    );
}

#[test]
fn a_missing_configuration_is_reported() {
    let said = run(&["doctor"], &[]);
    assert!(!said.ok, "{said:?}");
    for part in [
        "PROBLEM  config_missing: ",
        "GREENHOUSE_PUBLIC_URL",
        "--config FILE",
    ] {
        assert!(said.out.contains(part), "{part}: {said:?}");
    }
    let help = run(&["doctor", "--help"], &[]);
    for part in [
        "Exits with a non-zero status if there are problems",
        "not for warnings alone",
        "--json",
        "--account",
    ] {
        assert!(help.out.contains(part), "{part}: {help:?}");
    }
}
