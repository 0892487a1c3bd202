//! A working folder in which tests run commands.

use std::{
    fs, io,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use greenhouse_core::{Clock, Environment, settings::KeyDigest};
use greenhouse_harvest::{ReqwestTransport, SystemClock};
use server::{
    Config, Host, HostEnvironment, databases,
    keys::{KeyPurpose, NewKey},
};
use sqlx_store::SqlxStore;
use tempfile::TempDir;

/// A folder that contains a configuration and, after accounts are applied, a database.
pub(crate) struct Terminal {
    folder: TempDir,
}

/// Output of a command.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub(crate) ok: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Terminal {
    /// Creates a terminal with these master keys.
    pub(crate) fn with_keys(keys: &[&str]) -> Self {
        let terminal = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        terminal.configure(keys, "");
        terminal
    }

    /// Creates a terminal with a new master key.
    pub(crate) fn new() -> Self {
        Self::with_keys(&[&master_key()])
    }

    /// Rewrites the configuration, with additional lines.
    pub(crate) fn configure(&self, keys: &[&str], more: &str) {
        self.configure_with(&self.path("greenhouse.sqlite"), keys, more);
    }

    /// Rewrites the configuration, with the database at another path.
    pub(crate) fn configure_with(&self, database: &str, keys: &[&str], more: &str) {
        let text = format!(
            "listen = \"127.0.0.1:0\"\npublic_url = \"https://assess.example.com\"\n\
             database = {database:?}\nproduct_database = {:?}\nmaster_keys = {keys:?}\n{more}",
            self.path("product.sqlite"),
        );
        self.write("host.toml", &text);
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.folder.path().join(name), text).unwrap();
        self.path(name)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        Path::new(&self.path(name)).exists()
    }

    /// Runs a command with `--config` appended.
    pub(crate) fn run_command(&self, arguments: &[&str]) -> CommandOutput {
        let config = self.path("host.toml");
        run(&[arguments, &["--config", &config]].concat(), &[])
    }

    /// Runs a command as the user `nobody`. Fails unless the test runs as root.
    pub(crate) fn run_as_nobody(&self, arguments: &[&str]) -> io::Result<CommandOutput> {
        let config = self.path("host.toml");
        let mut command = command(&[arguments, &["--config", &config]].concat(), &[]);
        Ok(captured(command.uid(65_534).output()?))
    }

    /// Applies these accounts without a check against Greenhouse.
    pub(crate) fn apply(&self, accounts: &str) -> CommandOutput {
        let file = self.write("accounts.toml", accounts);
        self.run_command(&["accounts", "apply", "--unchecked", &file])
    }

    /// Opens the database as configured.
    pub(crate) async fn store(&self) -> SqlxStore {
        databases::open(&self.config()).await.unwrap()
    }

    /// Opens the host as configured, without Greenhouse or a product.
    pub(crate) async fn host(&self) -> Host {
        self.host_at(Arc::new(SystemClock)).await
    }

    /// Opens the host as configured, with this clock.
    pub(crate) async fn host_at(&self, clock: Arc<dyn Clock>) -> Host {
        let outside = HostEnvironment {
            environment: Environment::production(),
            transport: Arc::new(ReqwestTransport::direct().unwrap()),
            clock,
        };
        Host::open(self.config(), outside).await.unwrap()
    }

    fn config(&self) -> Config {
        Config::read(Some(Path::new(&self.path("host.toml"))), []).unwrap()
    }
}

/// Runs the binary with only these variables.
pub(crate) fn run(arguments: &[&str], variables: &[(&str, &str)]) -> CommandOutput {
    captured(command(arguments, variables).output().unwrap())
}

fn command(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_axum-host"));
    command
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied());
    command
}

fn captured(output: Output) -> CommandOutput {
    CommandOutput {
        ok: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Creates a master key as text.
pub(crate) fn master_key() -> String {
    let new = NewKey::new(KeyPurpose::Master).unwrap();
    new.key.expose().to_owned()
}

/// Returns the TOML of an account with webhooks. Its secrets begin with `canary`.
pub(crate) fn account(id: &str) -> String {
    let token = KeyDigest::of(&format!("{id} token"));
    format!(
        "[[accounts]]\nid = \"{id}\"\noperator_tokens = [\"{token}\"]\n\
         scenarios = [{{ id = \"discovery-call\", name = \"Discovery call\" }}]\n\
         [accounts.push]\ncredential = {{ client_id = \"{id}-1\", client_secret = \"canary-client\" }}\n\
         [accounts.sync]\nhook_key = \"{id}-hook-key-0123456789\"\nsecrets = [\"canary-webhook-secret\"]\n"
    )
}
