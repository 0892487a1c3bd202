//! The command line.

mod accounts;
mod choices;
mod doctor;
mod keys;
mod partner_keys;
mod reconcile;
mod settings;

use std::{env, error::Error, ffi::OsString, fmt, path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use greenhouse_core::chain;

use crate::{
    Config, ConfigError, LogFormat, Program,
    config::{self, Typed, account::VARIABLES as ACCOUNT},
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
    /// List what Greenhouse offers for the settings of the push, as JSON: jobs, stages, users, fields or sources.
    Choices(choices::Arguments),
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
    /// The configuration file, TOML. Environment variables override it, and flags override both.
    #[arg(long, env = "GREENHOUSE_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    main: MainSettings,
    /// Override any other setting by its place in the file, such as `--set push.lease=90s`.
    #[arg(long, value_name = "KEY=VALUE", value_parser = set, help_heading = "Settings")]
    set: Vec<(String, String)>,
}

/// The settings with a flag of their own.
#[derive(Args)]
#[command(next_help_heading = "Settings")]
struct MainSettings {
    /// Address to listen on, address:port.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Address under which Greenhouse reaches this host.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Database: a path or `sqlite:` URL, or a `postgres:` URL. Use the file or the environment for one with a password.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Schema of a PostgreSQL database that holds every table.
    #[arg(long, value_name = "NAME")]
    database_schema: Option<String>,
    /// Mock Greenhouse on this machine, used instead of the real one.
    #[arg(long, value_name = "URL")]
    sandbox: Option<String>,
    /// Format of the log: text or json.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
}

/// Without values: the address of a database can hold a password.
impl fmt::Debug for MainSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MainSettings").finish_non_exhaustive()
    }
}

impl ConfigFile {
    /// Reads the configuration, with its warnings on standard error.
    fn read(&self) -> Result<Config, ConfigError> {
        let config = self.read_quietly()?;
        for warning in config.warnings() {
            eprintln!("warning: {warning}");
        }
        Ok(config)
    }

    fn read_quietly(&self) -> Result<Config, ConfigError> {
        let main = [
            ("listen", &self.main.listen),
            ("public_url", &self.main.public_url),
            ("database", &self.main.database),
            ("database_schema", &self.main.database_schema),
            ("sandbox", &self.main.sandbox),
            ("log_format", &self.main.log_format),
        ];
        let main = main.into_iter().filter_map(|(place, text)| {
            Some(Typed {
                flag: format!("--{}", place.replace('_', "-")),
                place: place.to_owned(),
                text: text.clone()?,
            })
        });
        let others = self.set.iter().map(|(place, text)| Typed {
            flag: "--set".to_owned(),
            place: place.clone(),
            text: text.clone(),
        });
        let typed: Vec<_> = others.chain(main).collect();
        Config::read_under(self.config.as_deref(), environment(), &typed)
    }
}

/// The setting and its value. Secrets are refused: every user of the machine can read a command line.
fn set(typed: &str) -> Result<(String, String), String> {
    match typed.split_once('=') {
        Some(("master_keys" | "metrics.token", _)) => {
            Err("a secret: use the configuration file or the environment".to_owned())
        }
        Some((place, text)) => Ok((place.trim().to_owned(), text.trim().to_owned())),
        None => Err("expected KEY=VALUE".to_owned()),
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
                let config = file.read_quietly()?;
                // The driver passes on every notice of PostgreSQL.
                logs::begin(config.log_format, "info,sqlx=warn");
                serve::run(framework, config).await
            }
            Command::Accounts(command) => accounts::run(command).await,
            Command::Settings(command) => settings::run(command).await,
            Command::Choices(arguments) => choices::run(arguments).await,
            Command::Reconcile(arguments) => reconcile::run(arguments).await,
            Command::Doctor(arguments) => doctor::run(arguments).await,
            Command::Keys(command) => keys::run(command).await,
        }
    })
}

fn environment() -> impl Iterator<Item = (String, String)> {
    let text = |one: OsString| one.into_string().ok();
    env::vars_os().filter_map(move |(name, value)| Some((text(name)?, text(value)?)))
}

fn variables() -> String {
    let line = |name: &str, place: &str| format!("  {name:<42} {place}");
    let host: Vec<_> = config::variables()
        .map(|(name, place)| line(&name, &place))
        .collect();
    let account: Vec<_> = ACCOUNT
        .iter()
        .map(|one| line(one.name, &format!("accounts.0.{}", one.place)))
        .collect();
    format!(
        "A setting is taken from its flag, else from its environment variable, else from the configuration file; else it is \
         the default. `--set push.lease=90s` sets any setting by its place in the file. Secrets (master_keys, \
         metrics.token) have no flag: every user of the machine can read a command line. Durations are written with their \
         unit: 500ms, 30s, 2h 30m, 7d.\n\nEnvironment variables, and their place in the configuration file. Lists are \
         separated by commas.\n{}\n\nEnvironment variables of `accounts apply`. They override the first account of its \
         file; without a file, they make one account.\n{}",
        host.join("\n"),
        account.join("\n")
    )
}

type BoxError = Box<dyn Error + Send + Sync>;
