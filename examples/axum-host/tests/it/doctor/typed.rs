//! The command, as it is typed.

use serde_json::Value;

use crate::terminal::{Terminal, account, run};

/// There is no Greenhouse to ask here, so the push is switched off.
#[test]
fn what_must_be_done_is_printed_and_makes_it_fail() {
    let terminal = Terminal::new();
    let said = terminal.type_in(&["doctor"]);
    assert!(!said.ok, "{said:?}");
    assert!(
        said.out.starts_with("PROBLEM  database_missing: "),
        "{said:?}"
    );
    assert!(
        said.out
            .ends_with("\nsomething must be done: problems: 1, warnings: 0, well: 3\n"),
        "{said:?}"
    );
    assert!(!terminal.exists("greenhouse.sqlite") && !terminal.exists("product.sqlite"));

    let accounts = account("acme").replace("[accounts.push]", "[accounts.push]\nenabled = false");
    assert!(terminal.apply(&accounts).ok);
    let said = terminal.type_in(&["doctor", "--account", "acme"]);
    assert!(said.ok, "warnings alone are shown: {said:?}");
    assert!(
        said.out
            .starts_with("warning  account acme, webhooks: No webhook was ever received."),
        "{said:?}"
    );
    assert!(
        said.out.contains("axum-host accounts set-up acme"),
        "{said:?}"
    );
    assert!(!format!("{said:?}").contains("canary"), "{said:?}");
    assert!(!said.out.contains("\nok "), "{said:?}");
    let said = terminal.type_in(&["doctor", "--all"]);
    assert!(
        said.ok && said.out.contains("\nok       database: "),
        "{said:?}"
    );

    let said = terminal.type_in(&["doctor", "--json"]);
    assert!(said.ok, "{said:?}");
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (&json["state"], &json["problems"]),
        (&"warning".into(), &0.into())
    );
    assert_eq!(json["findings"][0]["about"], "webhooks");
    let said = terminal.type_in(&["doctor", "--account", "nobody", "--json"]);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert!(
        !said.ok && json["findings"][0]["about"] == "account_unknown",
        "{said:?}"
    );
}

#[test]
fn without_a_configuration_it_says_what_is_missing() {
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
        "Fails where something must be done",
        "warnings alone",
        "--json",
        "--account",
    ] {
        assert!(help.out.contains(part), "{part}: {help:?}");
    }
}
