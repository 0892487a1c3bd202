use greenhouse_core::{
    AccountId,
    report_link::{ReportLinkKey, ReportLinks},
    settings::AccountSettings,
    store::{AccountRecord, Applied, Changes, StoreWriter, Write},
};

use sqlx_store::MasterKey;

use crate::terminal::{Terminal, account, master_key, run};

#[test]
fn serve_lists_all_missing_settings_and_fails() {
    let said = run(&["serve"], &[]);
    assert!(!said.ok);
    for name in ["public_url", "master_keys", "axum-host keys master"] {
        assert!(said.err.contains(name), "{name} in {said:?}");
    }
    assert!(said.err.contains("--config"), "{said:?}");
}

#[test]
fn the_help_shows_the_name_of_the_program() {
    let said = run(&["--version"], &[]);
    assert!(said.ok && said.out.starts_with("axum-host "), "{said:?}");
    let said = run(&["accounts"], &[]);
    assert!(said.err.contains("Usage: axum-host accounts"), "{said:?}");
}

#[test]
fn serve_names_the_database_setting_without_its_password() {
    for (address, expected) in [
        (
            "postgres://app:canary/canary@127.0.0.1/app",
            "percent-encode special characters",
        ),
        ("mysql://app:canary@127.0.0.1/app", "postgres: URL"),
        (
            "/nowhere/greenhouse.sqlite",
            "the folder /nowhere does not exist",
        ),
    ] {
        let said = run(
            &["serve"],
            &[
                ("GREENHOUSE_LISTEN", "127.0.0.1:0"),
                ("GREENHOUSE_PUBLIC_URL", "https://assess.example.com"),
                ("GREENHOUSE_MASTER_KEYS", &master_key()),
                ("GREENHOUSE_DATABASE", address),
            ],
        );
        assert!(!said.ok, "{address}");
        for part in ["GREENHOUSE_DATABASE", expected] {
            assert!(said.err.contains(part), "{part}: {said:?}");
        }
        assert!(!said.err.contains("canary"), "{said:?}");
    }
}

#[test]
fn serve_fails_without_an_account() {
    let said = Terminal::new().run_command(&["serve"]);
    assert!(!said.ok);
    assert!(said.err.contains("axum-host accounts apply"), "{said:?}");
}

#[tokio::test]
async fn serve_fails_for_an_account_without_operator_token() {
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

    let said = terminal.run_command(&["serve"]);
    assert!(!said.ok);
    for name in [
        "account zenith has no operator token",
        "axum-host keys operator",
    ] {
        assert!(said.err.contains(name), "{said:?}");
    }
}

#[test]
fn serve_fails_for_an_unknown_default_account() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let key = master_key();
    let other = Terminal::with_keys(&[&key]);
    assert!(other.apply(&account("acme")).ok);
    other.configure(&[&key], "default_account = \"unknown\"");
    let said = other.run_command(&["serve"]);
    assert!(!said.ok);
    assert!(
        said.err.contains("`default_account` is unknown"),
        "{said:?}"
    );
}

#[test]
fn serve_fails_without_a_required_master_key() {
    let (one, two) = (master_key(), master_key());
    let terminal = Terminal::with_keys(&[&one]);
    assert!(terminal.apply(&account("acme")).ok);
    terminal.configure(&[&two], "");
    let id = |key: &str| key.parse::<MasterKey>().unwrap().id().to_string();
    for command in [&["serve"][..], &["accounts", "list"], &["keys", "reseal"]] {
        let said = terminal.run_command(command);
        assert!(!said.ok, "{command:?}");
        for key in [&one, &two] {
            assert!(said.err.contains(&id(key)), "{command:?}: {said:?}");
        }
        assert!(said.err.contains("master_keys"), "{command:?}: {said:?}");
        assert!(!said.err.contains(&one) && !said.err.contains(&two));
    }
}

#[test]
fn serve_refuses_accounts_in_its_configuration() {
    let key = master_key();
    let terminal = Terminal::with_keys(&[&key]);
    terminal.configure(&[&key], &account("acme"));
    let said = terminal.run_command(&["serve"]);
    assert!(!said.ok);
    assert!(said.err.contains("axum-host accounts apply"), "{said:?}");
    assert!(!said.err.contains("canary"), "{said:?}");
    assert!(!terminal.exists("greenhouse.sqlite"));
}
