use super::Messages;
use crate::terminal::{Terminal, account};

#[test]
fn unknown_accounts_are_explained() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let mut messages = Messages::default();
    for arguments in [
        &["accounts", "set-up", "unknown"][..],
        &["accounts", "erase", "unknown", "--candidate", "42"],
        &["settings", "show", "unknown"],
        &["settings", "check", "unknown"],
        &["keys", "partner", "list", "unknown"],
        &["keys", "partner", "mint", "unknown"],
        &["reconcile", "unknown"],
        &["choices", "jobs", "unknown"],
    ] {
        let expected =
            "no account unknown in the database; `axum-host accounts list` lists all accounts";
        messages.compare(&terminal, &terminal.run_command(arguments), expected);
    }
    messages.finish();
}

#[test]
fn failed_commands_are_explained() {
    let terminal = Terminal::new();
    let text = account("acme");
    let (head, rest) = text.split_once("[accounts.push]").unwrap();
    let (_, sync) = rest.split_once("[accounts.sync]").unwrap();
    let file = format!("{head}[accounts.sync]{sync}");
    assert!(terminal.apply(&file).ok);
    let mut messages = Messages::default();
    let keys = "account acme has no assessment settings; add them with `axum-host settings set --of assessments` or `axum-host accounts apply`";
    let list = ["keys", "partner", "list", "acme"];
    messages.compare(&terminal, &terminal.run_command(&list), keys);

    let assessed = format!("{file}[accounts.assessments]\npartner_keys = []\n");
    assert!(terminal.apply(&assessed).ok);
    for (arguments, expected) in [
        (
            &["keys", "partner", "revoke", "acme", "k-1"][..],
            "account acme has no partner key k-1; `axum-host keys partner list acme` lists its keys",
        ),
        (
            &["keys", "partner", "rotate", "acme", "k-1"],
            "account acme has no partner key k-1; `axum-host keys partner list acme` lists its keys",
        ),
        (
            &["accounts", "erase", "acme", "--email", "mira"],
            "--email: expected an email address, got text without `@`",
        ),
        (
            &["choices", "jobs", "acme"],
            "account acme has no push settings; add them with `axum-host settings set acme` or `axum-host accounts apply`",
        ),
        (
            &["settings", "check", "acme"],
            "account acme has no push settings; add them with `axum-host settings set acme` or `axum-host accounts apply`",
        ),
    ] {
        messages.compare(&terminal, &terminal.run_command(arguments), expected);
    }
    messages.finish();
}
