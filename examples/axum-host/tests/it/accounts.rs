use bytes::Bytes;
use greenhouse_core::{AccountId, settings::KeyDigest, store::Records};
use http::{Request, StatusCode};
use server::accounts::{AccountsFile, Outcome, apply};

use crate::terminal::{CommandOutput, Terminal, account, master_key, run};

#[tokio::test]
async fn accounts_are_applied_and_listed_without_secrets() {
    let terminal = Terminal::new();
    let said = terminal.run_command(&["accounts", "list"]);
    assert!(!said.ok && said.err.contains("accounts apply"), "{said:?}");
    assert!(
        !terminal.exists("greenhouse.sqlite"),
        "a read-only command creates nothing"
    );

    let both = format!("{}{}", account("acme"), account("zenith"));
    let said = terminal.apply(&both);
    for line in [
        "account acme: new, version 1",
        "account zenith: new, version 1",
        "https://assess.example.com/api/webhooks/greenhouse/acme-hook-key-0123456789",
    ] {
        assert!(said.out.contains(line), "{line}: {said:?}");
    }
    shows_no_secret(&said);

    let changed = both.replace("canary-client", "canary-other");
    let said = terminal.apply(&changed.replacen("canary-other", "canary-client", 1));
    for line in [
        "account acme: unchanged, version 1",
        "account zenith: changed, version 2",
    ] {
        assert!(said.out.contains(line), "{line}: {said:?}");
    }

    let said = terminal.run_command(&["accounts", "list"]);
    for line in [
        "account acme, version 1: assessments not set up, push on, sync on; operator tokens: 1",
        "account zenith, version 2",
        "https://assess.example.com/api/webhooks/greenhouse/zenith-hook-key-0123456789",
    ] {
        assert!(said.out.contains(line), "{line}: {said:?}");
    }
    shows_no_secret(&said);

    let store = terminal.store().await;
    let zenith = store.account(&AccountId::new("zenith")).await.unwrap();
    let push = zenith.unwrap().settings.push.unwrap();
    assert!(push.credential.client_secret().matches(b"canary-other"));
    store.close().await;
}

#[tokio::test]
async fn the_setup_guide_contains_served_urls() {
    let terminal = Terminal::new();
    let assessed = format!(
        "{}[accounts.assessments]\npartner_keys = [\"{}\"]\n",
        account("acme"),
        KeyDigest::of("canary partner key")
    );
    assert!(
        terminal
            .apply(&format!("{assessed}{}", account("zenith")))
            .ok
    );
    let said = terminal.run_command(&["accounts", "set-up", "acme"]);
    assert!(said.ok, "{said:?}");
    for part in [
        "Create a partner key with `axum-host keys partner`",
        "`axum-host accounts apply`",
        "partners@greenhouse.io",
        "Candidate has changed stage",
    ] {
        assert!(said.out.contains(part), "{part}: {said:?}");
    }
    shows_no_secret(&said);

    let host = terminal.host().await;
    let served = addresses(&said);
    assert_eq!(served.len(), 5, "{said:?}");
    for path in &served {
        let method = match path.rsplit('/').next() {
            Some("list-tests" | "test-status") => "GET",
            _ => "POST",
        };
        let request = Request::builder().method(method).uri(path);
        let answer = host.handle(request.body(Bytes::new()).unwrap()).await;
        // The endpoint exists and refuses the request, which has neither key nor signature.
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
    }
    host.close().await;

    let other = terminal.run_command(&["accounts", "set-up", "zenith"]);
    assert!(other.ok && !other.out.contains("partners@"), "{other:?}");
    let list = terminal.run_command(&["accounts", "list"]);
    for address in addresses(&other) {
        assert!(list.out.contains(&address), "{address}: {list:?}");
    }
    let said = terminal.run_command(&["accounts", "set-up", "unknown"]);
    assert!(
        !said.ok && said.err.contains("no account unknown"),
        "{said:?}"
    );
}

#[test]
fn an_account_is_switched_off_and_removed() {
    let terminal = Terminal::new();
    let both = format!("{}{}", account("acme"), account("zenith"));
    assert!(terminal.apply(&both).ok);
    let said = terminal.run_command(&["accounts", "switch-off", "acme"]);
    assert!(
        said.ok && said.out.contains("account acme is switched off"),
        "{said:?}"
    );
    // A file that does not mention the switch keeps it.
    for version in [2, 2] {
        let list = terminal.run_command(&["accounts", "list"]);
        let line = format!(
            "account acme, version {version}: switched off (assessments not set up, push on, sync on)"
        );
        assert!(list.out.contains(&line), "{list:?}");
        assert!(terminal.apply(&both).ok);
    }
    let said = terminal.run_command(&["accounts", "switch-on", "acme"]);
    assert!(
        said.ok && said.out.contains("account acme is switched on"),
        "{said:?}"
    );

    let said = terminal.run_command(&["accounts", "remove", "acme"]);
    assert!(
        said.ok && said.out.contains("account acme is removed"),
        "{said:?}"
    );
    shows_no_secret(&said);
    let list = terminal.run_command(&["accounts", "list"]);
    assert!(
        !list.out.contains("acme") && list.out.contains("zenith"),
        "{list:?}"
    );
    for command in ["remove", "switch-off", "switch-on", "set-up"] {
        let said = terminal.run_command(&["accounts", command, "acme"]);
        assert!(!said.ok && said.err.contains("no account acme"), "{said:?}");
        for id in [
            "zenith ",
            "zen\u{200b}ith",
            "zenith\n",
            "\u{202e}zenith",
            "",
        ] {
            let said = terminal.run_command(&["accounts", command, id]);
            assert!(
                !said.ok && said.err.contains("expected an account id"),
                "{said:?}"
            );
        }
    }
}

#[tokio::test]
async fn concurrent_applies_both_succeed() {
    let terminal = Terminal::new();
    let (one, two) = (terminal.store().await, terminal.store().await);
    let mut versions = Vec::new();
    for round in 0..10 {
        let changed = |who: &str| {
            let text = account("acme").replace("canary-client", &format!("canary-{who}-{round}"));
            let file = terminal.write(&format!("{who}.toml"), &text);
            AccountsFile::read(Some(file.as_ref()), []).unwrap()
        };
        let (first, second) = (changed("one"), changed("two"));
        let (first, second) =
            tokio::join!(apply(&one, &first.accounts), apply(&two, &second.accounts));
        for applied in [first.unwrap(), second.unwrap()] {
            assert_ne!(applied[0].outcome, Outcome::Unchanged);
            versions.push(applied[0].version);
        }
    }
    versions.sort_unstable();
    assert_eq!(
        versions,
        (1..=20).collect::<Vec<_>>(),
        "each apply creates a version"
    );
    one.close().await;
    two.close().await;
}

#[test]
fn an_account_can_be_applied_from_the_environment() {
    let terminal = Terminal::new();
    let config = terminal.path("host.toml");
    let digest = format!("sha256:{}", "0".repeat(64));
    let variables = [
        ("GREENHOUSE_CONFIG", config.as_str()),
        ("GREENHOUSE_ACCOUNT", "acme"),
        ("GREENHOUSE_OPERATOR_TOKEN_DIGESTS", &digest),
        ("GREENHOUSE_CLIENT_ID", "abc-1"),
        ("GREENHOUSE_CLIENT_SECRET", "canary-client"),
    ];
    let said = run(&["accounts", "apply", "--unchecked"], &variables);
    assert!(said.out.contains("account acme: new"), "{said:?}");
    shows_no_secret(&said);
}

#[test]
fn an_invalid_file_is_explained_and_writes_nothing() {
    let terminal = Terminal::new();
    let two = |second: &str| format!("{}{second}", account("acme"));
    let token = KeyDigest::of("acme token");
    for (file, expected) in [
        (String::new(), "at least one [[accounts]] section"),
        (two("[[accounts]]\nid = \"zenith\"\n"), "operator_tokens"),
        (two(&account("acme")), "account acme is listed twice"),
        (
            two(&account("zenith").replace("zenith-hook", "acme-hook")),
            "account zenith has the hook key (sync.hook_key) of account acme",
        ),
        (
            two(&format!(
                "[[accounts]]\nid = \"zenith\"\noperator_tokens = [\"{token}\"]"
            )),
            "account zenith has the operator token (operator_tokens) of account acme",
        ),
        (
            account("acme").replace(", client_secret = \"canary-client\"", ""),
            "Harvest V3 (OAuth)",
        ),
        (two("[[accounts"), "not valid TOML (line "),
    ] {
        let said = terminal.apply(&file);
        assert!(!said.ok, "{file}");
        assert!(said.err.contains(expected), "{expected}: {said:?}");
        shows_no_secret(&said);
    }
    let said = terminal.run_command(&["accounts", "list"]);
    assert!(said.out.contains("no accounts; create them"), "{said:?}");
}

#[test]
fn one_command_erases_a_person() {
    let key = master_key();
    let terminal = Terminal::with_keys(&[&key]);
    assert!(terminal.apply(&account("acme")).ok);
    for selector in [["--candidate", "42"], ["--email", "mira@example.org"]] {
        let said = terminal.run_command(&[&["accounts", "erase", "acme"][..], &selector].concat());
        assert!(said.ok && said.out.contains("erased"), "{said:?}");
        assert!(!said.out.contains("mira"), "{said:?}");
    }
    let said = terminal.run_command(&["accounts", "erase", "unknown", "--candidate", "42"]);
    assert!(
        !said.ok && said.err.contains("no account unknown"),
        "{said:?}"
    );
    let said = terminal.run_command(&["accounts", "erase", "acme", "--email", "mira"]);
    assert!(!said.ok && said.err.contains("--email"), "{said:?}");
    assert!(!said.err.contains("mira"), "{said:?}");
    for selector in [&[][..], &["--candidate", "42", "--email", "m@example.org"]] {
        let said = terminal.run_command(&[&["accounts", "erase", "acme"][..], selector].concat());
        assert!(!said.ok && said.err.contains("--candidate"), "{said:?}");
    }
}

/// Paths of the URLs in the text.
fn addresses(said: &CommandOutput) -> Vec<String> {
    let words = said.out.split_whitespace();
    let paths = words.filter_map(|word| word.strip_prefix("https://assess.example.com"));
    paths.map(str::to_owned).collect()
}

fn shows_no_secret(said: &CommandOutput) {
    assert!(!format!("{said:?}").contains("canary"), "{said:?}");
}
