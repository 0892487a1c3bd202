//! Messages from the `warp-host` binary contain its own name, not `axum-host`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    process::{Command, Output},
};

use tempfile::TempDir;

#[test]
fn messages_contain_the_name_of_this_binary() {
    let folder = tempfile::tempdir().unwrap();
    let config = write_config(&folder);
    let config = config.as_str();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let nothing = file("nothing.toml", "");
    let no_token = file("no_token.toml", "[[accounts]]\nid = \"acme\"\n");
    let moved = file("moved.toml", "accounts = []\n");
    let links = file("links.toml", "report_links = {}\n");
    let digest = format!("sha256:{}", "0".repeat(64));
    let hook = "sync = { hook_key = \"0123456789abcdef\", secrets = [\"a long webhook secret\"] }\nassessments = {}";
    let acme = format!("[[accounts]]\nid = \"acme\"\noperator_tokens = [\"{digest}\"]\n{hook}\n");
    let acme = file("acme.toml", &acme);

    for (arguments, expected) in [
        (&["--version"][..], "warp-host "),
        (&["accounts"], "Usage: warp-host accounts"),
        (&["serve"], "`warp-host keys master`"),
        (&["serve", "--config", &moved], "`warp-host accounts apply"),
        (&["serve", "--config", &links], "`warp-host accounts apply`"),
        (
            &["serve", "--config", config],
            "`warp-host accounts apply --config FILE ACCOUNTS`",
        ),
        (
            &["accounts", "list", "--config", config],
            "`warp-host accounts apply`",
        ),
        (
            &["accounts", "apply", "--config", config, &nothing],
            "`warp-host accounts apply`",
        ),
        (
            &["accounts", "apply", "--config", config, &no_token],
            "`warp-host keys operator`",
        ),
        (
            &[
                "accounts",
                "apply",
                "--unchecked",
                "--config",
                config,
                &acme,
            ],
            "account acme: new",
        ),
        (
            &["accounts", "set-up", "acme", "--config", config],
            "`warp-host keys partner`",
        ),
        (
            &["accounts", "set-up", "unknown", "--config", config],
            "`warp-host accounts list`",
        ),
        (
            &[
                "accounts",
                "erase",
                "unknown",
                "--candidate",
                "1",
                "--config",
                config,
            ],
            "`warp-host accounts list`",
        ),
    ] {
        let text = output(arguments);
        assert!(text.contains(expected), "{arguments:?}: {text}");
        assert!(!text.contains("axum-host"), "{arguments:?}: {text}");
    }
}

/// Writes a configuration with its own databases. Returns its path.
fn write_config(folder: &TempDir) -> String {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let master = output(&["keys", "master"]);
    let master = master
        .split_whitespace()
        .find(|word| word.starts_with("ghmk_"));
    let text = format!(
        "listen = \"127.0.0.1:0\"\npublic_url = \"https://assess.example.com\"\n\
         database = {:?}\nproduct_database = {:?}\nmaster_keys = [{:?}]\n",
        path("greenhouse.sqlite"),
        path("product.sqlite"),
        master.unwrap(),
    );
    fs::write(path("host.toml"), text).unwrap();
    path("host.toml")
}

/// Runs the binary without environment variables. Returns its output on both streams.
fn output(arguments: &[&str]) -> String {
    let Output { stdout, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_warp-host"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    String::from_utf8([stdout, stderr].concat()).unwrap()
}
