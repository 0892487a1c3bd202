//! The command line.

mod accounts;
mod doctor;
mod keys;
mod partner_keys;
mod reconcile;
mod settings;

use std::{env, error::Error, path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    Config, ConfigError, LogFormat, Program,
    accounts::VARIABLES as ACCOUNT,
    config::{self, Flags},
    framework::Framework,
    logs, serve,
};

/// The reference service of the Greenhouse integration.
#[derive(Debug, Parser)]
#[command(version, after_help = variables())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play the whole story against a mock Greenhouse on loopback, and print it.
    #[cfg(feature = "demo")]
    Demo {
        /// Leave both running afterwards, and print their addresses.
        #[arg(long)]
        keep: bool,
    },
    /// Serve against the real Greenhouse.
    Serve(ConfigFile),
    /// Bring accounts into the database, list them, say how Greenhouse is set up for them, and erase people.
    #[command(subcommand)]
    Accounts(accounts::Command),
    /// Show, check and set the settings of an account.
    #[command(subcommand)]
    Settings(settings::Command),
    /// Compare pushed applications with Greenhouse, and apply what was missed. A host that serves does so on a schedule.
    Reconcile(reconcile::Arguments),
    /// Say what keeps this host from working, and what to do about it: configuration, database, keys, and of each account
    /// settings, credentials, webhooks, backlog and what Greenhouse says. Nothing is changed. Fails where something must be
    /// done; warnings alone are shown, and it succeeds.
    Doctor(doctor::Arguments),
    /// Make a key and show it, once; or seal everything with another master key.
    #[command(subcommand)]
    Keys(keys::Command),
}

#[derive(Debug, Args)]
struct ConfigFile {
    /// The configuration file, TOML. Environment variables stand above it, and flags above both.
    #[arg(long, env = "GREENHOUSE_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

impl ConfigFile {
    fn read(&self) -> Result<Config, ConfigError> {
        Config::read_under(self.config.as_deref(), variable, &self.flags)
    }
}

/// Runs the command that was typed, with this framework where something is served. Non-zero where it failed, with the
/// reason on standard error. Messages call the commands by the name of the program.
pub fn main(program: Program, framework: &'static dyn Framework) -> ExitCode {
    program.begin();
    let typed = Arguments::command().name(program.name()).get_matches();
    let arguments = Arguments::from_arg_matches(&typed).unwrap_or_else(|error| error.exit());
    match run(framework, arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// Only `serve` tells what it does; the others have an answer, and only what goes wrong is to come between.
fn run(framework: &'static dyn Framework, command: Command) -> Result<(), BoxError> {
    if !matches!(command, Command::Serve(_)) {
        logs::begin(LogFormat::Text, "error");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            #[cfg(feature = "demo")]
            Command::Demo { keep } => crate::demo::run(framework, keep).await,
            Command::Serve(file) => {
                let config = file.read()?;
                // The driver passes on every notice of PostgreSQL.
                logs::begin(config.log_format, "info,sqlx=warn");
                serve::run(framework, config).await
            }
            Command::Accounts(command) => accounts::run(command).await,
            Command::Settings(command) => settings::run(command).await,
            Command::Reconcile(arguments) => reconcile::run(arguments).await,
            Command::Doctor(arguments) => doctor::run(arguments).await,
            Command::Keys(command) => keys::run(command).await,
        }
    })
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn variables() -> String {
    let host: Vec<_> = config::variables().map(|one| one.to_string()).collect();
    let account: Vec<_> = ACCOUNT.iter().map(ToString::to_string).collect();
    format!(
        "A setting is taken from its flag, else from its environment variable, else from the configuration file; else it is \
         the default. The flag is the place in the file with dashes: push.lease_seconds is --push-lease-seconds. Secrets \
         (master_keys, metrics.token) have no flag: whoever is on the machine can read a command line.\n\nEnvironment \
         variables, and where in the configuration file each would stand.\n{}\n\nEnvironment variables of \
         `accounts apply`. They go to the first account of its file; without a file, to an account of their own.\n{}",
        host.join("\n"),
        account.join("\n")
    )
}

type BoxError = Box<dyn Error + Send + Sync>;
