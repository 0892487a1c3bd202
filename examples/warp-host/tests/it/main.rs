//! The binary, as a person at a terminal meets it: the commands are axum-host's, and the name is its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    process::{Command, Output},
};

use tempfile::TempDir;

#[test]
fn it_says_its_own_name_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(&folder);
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
    let hook = "sync = { hook_key = \"0123456789abcdef\", secrets = [\"s\"] }\nassessments = {}";
    let acme = format!("[[accounts]]\nid = \"acme\"\noperator_tokens = [\"{digest}\"]\n{hook}\n");
    let acme = file("acme.toml", &acme);

    for (typed, named) in [
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
            &["accounts", "set-up", "nobody", "--config", config],
            "`warp-host accounts list`",
        ),
        (
            &[
                "accounts",
                "erase",
                "nobody",
                "--candidate",
                "1",
                "--config",
                config,
            ],
            "`warp-host accounts list`",
        ),
    ] {
        let said = said(typed);
        assert!(said.contains(named), "{typed:?}: {said}");
        assert!(!said.contains("axum-host"), "{typed:?}: {said}");
    }
}

/// The path of a configuration with a database of its own.
fn configured(folder: &TempDir) -> String {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let master = said(&["keys", "master"]);
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

/// What the binary says on both streams, without any variable.
fn said(typed: &[&str]) -> String {
    let Output { stdout, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_warp-host"))
        .args(typed)
        .env_clear()
        .output()
        .unwrap();
    String::from_utf8([stdout, stderr].concat()).unwrap()
}
