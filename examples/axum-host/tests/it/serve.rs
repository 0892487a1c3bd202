use greenhouse_core::{
    AccountId,
    report_link::{ReportLinkKey, ReportLinks},
    settings::AccountSettings,
    store::{AccountRecord, Applied, Changes, Write, WriteDoor},
};

use crate::terminal::{Terminal, account, master_key, run};

#[test]
fn serve_names_everything_that_is_missing_and_does_not_start() {
    let said = run(&["serve"], &[]);
    assert!(!said.ok);
    for name in ["public_url", "master_keys", "axum-host keys master"] {
        assert!(said.err.contains(name), "{name} in {said:?}");
    }
}

#[test]
fn serve_does_not_start_without_an_account() {
    let said = Terminal::new().type_in(&["serve"]);
    assert!(!said.ok);
    assert!(said.err.contains("axum-host accounts apply"), "{said:?}");
}

#[tokio::test]
async fn serve_does_not_start_with_an_account_that_has_no_operator_token() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let store = terminal.store().await;
    let key = ReportLinkKey::new("1", "s".repeat(32).into()).unwrap();
    let settings = AccountSettings::new(ReportLinks::new(key, Vec::new()));
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(AccountRecord::new(settings, Vec::new())));
    let applied = store.apply(&AccountId::new("zenith"), changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    store.close().await;

    let said = terminal.type_in(&["serve"]);
    assert!(!said.ok);
    for name in [
        "account zenith has no operator token",
        "axum-host keys operator",
    ] {
        assert!(said.err.contains(name), "{said:?}");
    }
}

#[test]
fn serve_does_not_start_with_a_default_account_that_is_not_there() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let key = master_key();
    let other = Terminal::with_keys(&[&key]);
    assert!(other.apply(&account("acme")).ok);
    other.configure(&[&key], "default_account = \"nobody\"");
    let said = other.type_in(&["serve"]);
    assert!(!said.ok);
    assert!(said.err.contains("there is no account nobody"), "{said:?}");
}

#[test]
fn serve_does_not_start_without_a_master_key_that_the_database_needs() {
    let (one, two) = (master_key(), master_key());
    let terminal = Terminal::with_keys(&[&one]);
    assert!(terminal.apply(&account("acme")).ok);
    terminal.configure(&[&two], "");
    let id = one
        .parse::<sqlx_store::MasterKey>()
        .unwrap()
        .id()
        .to_string();
    for command in [&["serve"][..], &["accounts", "list"], &["keys", "reseal"]] {
        let said = terminal.type_in(command);
        assert!(!said.ok, "{command:?}");
        assert!(said.err.contains(&id), "{command:?}: {said:?}");
        assert!(said.err.contains("master_keys"), "{command:?}: {said:?}");
        assert!(!said.err.contains(&one) && !said.err.contains(&two));
    }
}

#[test]
fn serve_refuses_accounts_in_its_configuration() {
    let key = master_key();
    let terminal = Terminal::with_keys(&[&key]);
    terminal.configure(&[&key], &account("acme"));
    let said = terminal.type_in(&["serve"]);
    assert!(!said.ok);
    assert!(said.err.contains("axum-host accounts apply"), "{said:?}");
    assert!(!said.err.contains("canary"), "{said:?}");
    assert!(!terminal.exists("greenhouse.sqlite"));
}
