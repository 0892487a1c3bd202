use std::{fs, net::TcpListener};

use super::Messages;
use crate::terminal::{Terminal, account, run};

#[test]
fn invalid_settings_are_explained() {
    let terminal = Terminal::new();
    let valid = fs::read_to_string(terminal.path("host.toml")).unwrap();
    let mut messages = Messages::default();
    for (member, line, expected) in SETTINGS {
        let others = valid.lines().filter(|line| {
            let name = line.split(' ').next();
            member.is_empty() || name != Some(*member)
        });
        // The invalid line is the last one, at line 5 or 6.
        let lines: Vec<_> = others.chain([*line]).collect();
        terminal.write("host.toml", &lines.join("\n"));
        messages.compare(&terminal, &terminal.run_command(&["serve"]), expected);
    }
    messages.finish();
}

#[test]
fn unreadable_configuration_files_are_explained() {
    let terminal = Terminal::new();
    let mut messages = Messages::default();
    fs::write(terminal.path("latin1.toml"), b"# \xe4\n").unwrap();
    for (file, expected) in [
        (
            "nowhere.toml",
            "the file DIR/nowhere.toml cannot be read: the file does not exist; check the path",
        ),
        (
            "",
            "the file DIR/ cannot be read: the path is a folder; specify a file in it",
        ),
        (
            "latin1.toml",
            "the file DIR/latin1.toml cannot be read: the file is not UTF-8 text; save it as UTF-8",
        ),
    ] {
        let output = run(&["serve", "--config", &terminal.path(file)], &[]);
        messages.compare(&terminal, &output, expected);
    }
    let missing = "required settings are missing from the file and the environment:
  public_url (GREENHOUSE_PUBLIC_URL, --public-url): the URL at which Greenhouse reaches this host, such as https://assess.example.com
  master_keys (GREENHOUSE_MASTER_KEYS): the key that encrypts the secrets in the database; create one with `axum-host keys master`
  no configuration file: pass one with --config FILE (GREENHOUSE_CONFIG)";
    messages.compare(&terminal, &run(&["serve"], &[]), missing);
    messages.finish();
}

#[test]
fn unusable_addresses_are_explained() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let in_use = format!(
        "listen (GREENHOUSE_LISTEN, --listen): {taken} is in use by another process; stop that process or choose another port"
    );
    let mut messages = Messages::default();
    for (listen, expected) in [
        (
            "localhost",
            "listen (GREENHOUSE_LISTEN, --listen): expected address:port, for example 127.0.0.1:8080, got \"localhost\"",
        ),
        (
            "127.0.0.1",
            "listen (GREENHOUSE_LISTEN, --listen): expected address:port, for example 127.0.0.1:8080, got \"127.0.0.1\"",
        ),
        (
            "127.0.0.1:99999",
            "listen (GREENHOUSE_LISTEN, --listen): expected address:port, for example 127.0.0.1:8080, got \"127.0.0.1:99999\"",
        ),
        (
            "203.0.113.1:8080",
            "listen (GREENHOUSE_LISTEN, --listen): 203.0.113.1:8080 is not an address of this machine; choose one of its addresses, or 0.0.0.0 for all of them",
        ),
        (&taken, &in_use),
    ] {
        let output = terminal.run_command(&["serve", "--listen", listen]);
        messages.compare(&terminal, &output, expected);
    }
    drop(listener);
    messages.finish();
}

#[test]
fn settings_on_the_command_line_are_explained() {
    let terminal = Terminal::new();
    let mut messages = Messages::default();
    for (arguments, expected) in [
        (
            ["--set", "push.lease"],
            "error: invalid value 'push.lease' for '--set <KEY=VALUE>': expected KEY=VALUE, such as push.lease=90s\n\nFor more information, try '--help'.",
        ),
        (
            ["--set", "master_keys=x"],
            "error: invalid value 'master_keys=x' for '--set <KEY=VALUE>': `master_keys` is a secret; set it in the configuration file or the environment\n\nFor more information, try '--help'.",
        ),
        (
            ["--set", "tokens.leese=1s"],
            "--set (tokens.leese): unknown setting `leese`, expected `deadline` or `lease`",
        ),
        (
            ["--set", "push.lease=long"],
            "--set (push.lease): expected a duration with its unit, such as \"30s\" or \"2h 30m\", got \"long\"",
        ),
        (
            ["--log-format", "xml"],
            "--log-format (log_format): expected `text` or `json`, got \"xml\"",
        ),
        (
            ["--public-url", "assess.example.com"],
            "--public-url (public_url): expected a URL such as https://assess.example.com, with the scheme https or http, got \"assess.example.com\"",
        ),
    ] {
        let output = terminal.run_command(&[&["serve"], &arguments[..]].concat());
        messages.compare(&terminal, &output, expected);
    }
    messages.finish();
}

#[test]
fn suspicious_settings_are_warnings() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let mut messages = Messages::default();
    let config = terminal.path("host.toml");
    for (name, value, expected) in [
        (
            "GREENHOUSE_LISTENS",
            "127.0.0.1:80",
            "warning: GREENHOUSE_LISTENS is not a setting; correct or unset it (`axum-host --help` lists every variable)",
        ),
        (
            "GREENHOUSE_PUBLIC_URL",
            "http://assess.example.com",
            "warning: public_url: http://assess.example.com/ is not encrypted; use https, because requests contain keys",
        ),
        (
            "GREENHOUSE_SANDBOX",
            "http://127.0.0.1:4010",
            "warning: sandbox: every call goes to http://127.0.0.1:4010/ instead of the real Greenhouse; remove `sandbox` (GREENHOUSE_SANDBOX, --sandbox) to call the real Greenhouse",
        ),
    ] {
        let output = run(&["accounts", "list", "--config", &config], &[(name, value)]);
        assert!(output.ok, "{output:?}");
        messages.compare_text(&terminal, &output.err, expected);
    }
    messages.finish();
}

/// Member to replace, its line, and the message.
const SETTINGS: &[(&str, &str, &str)] = &[
    (
        "listen",
        "listen = 127.0.0.1:8080",
        "the file DIR/host.toml is not valid TOML (line 5): the value is not valid; put text in quotes",
    ),
    (
        "",
        "[push",
        "the file DIR/host.toml is not valid TOML (line 6): the name of a section has no closing `]`",
    ),
    (
        "",
        "[pusch]\nlease = \"1s\"",
        "DIR/host.toml, line 6: pusch: unknown setting `pusch`, expected one of `listen`, `public_url`, `database`, `database_schema`, `product_database`, `master_keys`, `default_account`, `push`, `tokens`, `partner`, `web`, `retention`, `metrics`, `sandbox`, `log_format`",
    ),
    (
        "",
        "[tokens]\nleese = \"1s\"",
        "DIR/host.toml, line 7: tokens.leese: unknown setting `leese`, expected `deadline` or `lease`",
    ),
    (
        "listen",
        "listen = 8080",
        "DIR/host.toml, line 5: listen: expected text in quotes, got the number 8080",
    ),
    (
        "database",
        "database = 93355512",
        "DIR/host.toml, line 5: database: expected a secret in quotes",
    ),
    (
        "",
        "push = 7",
        "DIR/host.toml, line 6: push: expected a table in curly brackets, got the number 7",
    ),
    (
        "",
        "default_account = 7",
        "DIR/host.toml, line 6: default_account: expected text in quotes, got the number 7",
    ),
    (
        "",
        "log_format = \"xml\"",
        "DIR/host.toml, line 6: log_format: expected `text` or `json`, got \"xml\"",
    ),
    (
        "",
        "[web]\nconnections = \"many\"",
        "DIR/host.toml, line 7: web.connections: expected a whole number from 1 to 1000000, got \"many\"",
    ),
    (
        "",
        "[push]\nstage_with_candidate = \"yes\"",
        "DIR/host.toml, line 7: push.stage_with_candidate: expected `true` or `false`, got text",
    ),
    (
        "",
        "[push]\nlease = \"-5s\"",
        "DIR/host.toml, line 7: push.lease: expected a duration with its unit, such as \"30s\" or \"2h 30m\", got \"-5s\"",
    ),
    (
        "",
        "[push]\nlease_seconds = -5",
        "DIR/host.toml, line 7: push.lease_seconds: expected a duration above 0, got -5",
    ),
    (
        "",
        "[push]\nlease = \"0s\"",
        "DIR/host.toml, line 7: push.lease: expected a duration above 0 and up to 1 day, got 0s",
    ),
    (
        "",
        "[push]\nlease = \"3days\"",
        "DIR/host.toml, line 7: push.lease: expected a duration above 0 and up to 1 day, got 3d",
    ),
    (
        "",
        "[push]\nlease = \"30 parsecs\"",
        "DIR/host.toml, line 7: push.lease: expected a duration with its unit, such as \"30s\" or \"2h 30m\", got \"30 parsecs\"",
    ),
    (
        "",
        "[push]\nlease = 30",
        "DIR/host.toml, line 7: push.lease: expected a duration with its unit, such as \"30s\" or \"2h 30m\", got 30",
    ),
    (
        "",
        "[push]\nwrite_deadline = \"10m\"",
        "DIR/host.toml, line 6: push: write_deadline (10m) must be less than lease (2m), because a write must end before its lease expires",
    ),
    (
        "public_url",
        "public_url = \"assess.example.com\"",
        "DIR/host.toml, line 5: public_url: expected a URL such as https://assess.example.com, with the scheme https or http, got \"assess.example.com\"",
    ),
    (
        "public_url",
        "public_url = \"https://<your-host>\"",
        "DIR/host.toml, line 5: public_url: replace the placeholder \"<your-host>\" in \"https://<your-host>\"",
    ),
    (
        "public_url",
        "public_url = \"https://changeme.example.com\"",
        "DIR/host.toml, line 5: public_url: replace the placeholder \"changeme\" in \"https://changeme.example.com\"",
    ),
    (
        "master_keys",
        "",
        "required settings are missing from the file and the environment:\n  master_keys (GREENHOUSE_MASTER_KEYS): the key that encrypts the secrets in the database; create one with `axum-host keys master`",
    ),
    (
        "master_keys",
        "master_keys = []",
        "required settings are missing from the file and the environment:\n  master_keys (GREENHOUSE_MASTER_KEYS): the key that encrypts the secrets in the database; create one with `axum-host keys master`",
    ),
    (
        "master_keys",
        "master_keys = \"ghmk_canary\"",
        "DIR/host.toml, line 5: master_keys: expected a list in square brackets, got text",
    ),
    (
        "master_keys",
        "master_keys = [\"ghmk_00\"]",
        "DIR/host.toml, line 5: master_keys: key 1: expected `ghmk_` and 64 hexadecimal digits, got 7 characters; create a key with `axum-host keys master`",
    ),
    (
        "master_keys",
        "master_keys = [\"ghmk_canary!canary!canary!canary!canary!canary!canary!canary!canary!ab\"]",
        "DIR/host.toml, line 5: master_keys: key 1: expected `ghmk_` and 64 hexadecimal digits, got 70 characters; create a key with `axum-host keys master`",
    ),
    (
        "master_keys",
        "master_keys = [\"<the key from `keys master`>\"]",
        "DIR/host.toml, line 5: master_keys: key 1: expected `ghmk_` and 64 hexadecimal digits, got a placeholder; create a key with `axum-host keys master`",
    ),
    (
        "",
        "sandbox = \"http://10.0.0.1:4010\"",
        "DIR/host.toml, line 6: sandbox: expected the URL of a mock on this machine, such as http://127.0.0.1:4010, got \"http://10.0.0.1:4010\"",
    ),
    (
        "",
        "sandbox = \"true\"",
        "DIR/host.toml, line 6: sandbox: expected the URL of a mock on this machine, such as http://127.0.0.1:4010, got \"true\"",
    ),
    (
        "",
        "[metrics]\ntoken = \"canary\"",
        "DIR/host.toml, line 6: metrics: expected a random token of at least 16 characters, got 6; create one with `openssl rand -hex 32`",
    ),
    (
        "",
        "[[accounts]]\nid = \"acme\"",
        "DIR/host.toml, line 6: accounts: accounts are stored in the database; move these sections to a separate file and apply it with `axum-host accounts apply --config FILE ACCOUNTS`",
    ),
];
