//! Command line of the server.

mod accounts;
mod backfill;
mod choices;
mod doctor;
mod keys;
mod partner_keys;
mod reconcile;
mod settings;

use std::{env, error::Error, ffi::OsString, fmt, path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use greenhouse_core::plain;

use crate::{
    Config, ConfigError, LogFormat, Program,
    config::{self, FlagSetting, account::VARIABLES as ACCOUNT},
    framework::Framework,
    logs, serve,
};

/// Reference server for the Greenhouse integration
#[derive(Debug, Parser)]
#[command(version, after_help = variables())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a demonstration of both directions against a mock Greenhouse on this machine
    #[cfg(feature = "demo")]
    Demo {
        /// Keep the server and the mock running afterwards, and print their addresses
        #[arg(long)]
        keep: bool,
    },
    /// Start the server
    Serve(ConfigFile),
    /// Create, update, list, switch off and remove accounts, print set-up steps, and erase personal
    /// data
    #[command(subcommand)]
    Accounts(accounts::Command),
    /// Show, check and save an account's settings
    #[command(subcommand)]
    Settings(settings::Command),
    /// List Greenhouse jobs, stages, users, fields or sources for the push settings, as JSON
    Choices(choices::Arguments),
    /// Count past results, and push them to Greenhouse at a share of the rate limit
    ///
    /// Without `--run`, only counts. Ctrl-C pauses, and the same command continues.
    Backfill(backfill::Arguments),
    /// Compare pushed applications with Greenhouse, and apply missed changes
    ///
    /// A running server does this on a schedule.
    Reconcile(reconcile::Arguments),
    /// Find problems with this installation, and print a remedy for each
    ///
    /// Checks the configuration, the database and its master keys, the clock, and each account's
    /// settings, credentials, webhooks, backlog and access to Greenhouse. Changes nothing. Exits with a
    /// non-zero status if there are problems, but not for warnings alone.
    Doctor(doctor::Arguments),
    /// Create keys, manage partner keys, and encrypt the database with a new master key
    #[command(subcommand)]
    Keys(keys::Command),
}

#[derive(Debug, Args)]
struct ConfigFile {
    /// TOML configuration file. Environment variables override the file, and flags override both
    #[arg(long, env = "GREENHOUSE_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    main: MainSettings,
    /// Override any other setting by its path in the file, such as `--set push.lease=90s`. Cannot
    /// set secrets
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_setting, help_heading = SETTINGS)]
    set: Vec<(String, String)>,
}

/// Settings that have their own flag.
#[derive(Args)]
struct MainSettings {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", help_heading = SETTINGS)]
    listen: Option<String>,
    /// URL at which Greenhouse reaches this host, such as https://assess.example.com
    #[arg(long, value_name = "URL", help_heading = SETTINGS)]
    public_url: Option<String>,
    /// Database: a path, a `sqlite:` URL or a `postgres:` URL [default: greenhouse.sqlite]. Other
    /// users can read command lines, so set a URL with a password in the configuration file or the
    /// environment
    #[arg(long, value_name = "URL", help_heading = SETTINGS)]
    database: Option<String>,
    /// PostgreSQL schema for the tables of this program, created if it does not exist [default: the
    /// first schema in the search path of the database user, usually public]
    #[arg(long, value_name = "NAME", help_heading = SETTINGS)]
    database_schema: Option<String>,
    /// URL of a mock Greenhouse on this machine, which is called instead of Greenhouse
    #[arg(long, value_name = "URL", help_heading = SETTINGS)]
    sandbox: Option<String>,
    /// Log format: text or json
    #[arg(long, value_name = "FORMAT", help_heading = SETTINGS)]
    log_format: Option<String>,
}

/// Omits the values, because a database URL may contain a password.
impl fmt::Debug for MainSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MainSettings").finish_non_exhaustive()
    }
}

impl ConfigFile {
    /// Reads the configuration, and prints its warnings to standard error.
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
            Some(FlagSetting {
                flag: format!("--{}", place.replace('_', "-")),
                place: place.to_owned(),
                text: text.clone()?,
            })
        });
        let others = self.set.iter().map(|(place, text)| FlagSetting {
            flag: "--set".to_owned(),
            place: place.clone(),
            text: text.clone(),
        });
        let flags: Vec<_> = others.chain(main).collect();
        Config::read_with_flags(self.config.as_deref(), environment(), &flags)
    }
}

/// Parses `KEY=VALUE`. Rejects secrets, because every user of the machine can read a command line.
fn parse_setting(argument: &str) -> Result<(String, String), String> {
    match argument.split_once('=') {
        Some((place @ ("master_keys" | "metrics.token"), _)) => Err(format!(
            "`{place}` is a secret; set it in the configuration file or the environment"
        )),
        Some((place, text)) => Ok((place.trim().to_owned(), text.trim().to_owned())),
        None => Err("expected KEY=VALUE, such as push.lease=90s".to_owned()),
    }
}

/// Runs the command in the process arguments. Commands that serve requests use `framework`. Prints
/// an error to standard error and returns a failure code. Messages that mention commands begin them
/// with the name of `program`.
pub fn main(program: Program, framework: &'static dyn Framework) -> ExitCode {
    program.set();
    let matches = Arguments::command().name(program.name()).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match run(framework, arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", describe(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// Runs one command. Only `serve` logs more than errors; the others print their result.
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
                // The driver logs every PostgreSQL notice.
                logs::begin(config.log_format, "info,sqlx=warn");
                serve::run(framework, config).await
            }
            Command::Accounts(command) => accounts::run(command).await,
            Command::Settings(command) => settings::run(command).await,
            Command::Choices(arguments) => choices::run(arguments).await,
            Command::Backfill(arguments) => backfill::run(arguments).await,
            Command::Reconcile(arguments) => reconcile::run(arguments).await,
            Command::Doctor(arguments) => doctor::run(arguments).await,
            Command::Keys(command) => keys::run(command).await,
        }
    })
}

/// Formats an error with all of its sources, without hidden characters and operating system error
/// numbers. An error about several settings has one line per setting.
fn describe(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut error = error;
    while let Some(source) = error.source() {
        text.push_str(": ");
        text.push_str(&source.to_string());
        error = source;
    }
    plain::visible(&plain::without_error_numbers(&text))
}

/// Returns the error for a command about an account that does not exist.
fn no_account(account: &str) -> BoxError {
    let program = Program::this();
    format!("no account {account} in the database; `{program} accounts list` lists all accounts")
        .into()
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
        "Flags override environment variables, which override the configuration file, which \
         overrides the defaults. `--set push.lease=90s` sets a setting by its path in the file. \
         Flags cannot set secrets (master_keys, metrics.token), because every user of the machine \
         can read command lines. Durations need a unit: 500ms, 30s, 2h 30m, 7d.\n\nEnvironment \
         variables, each with its path in the configuration file. Separate list items with \
         commas.\n{}\n\nEnvironment variables for `accounts apply`. They override the first \
         account in the file; without a file, they define one account.\n{}",
        host.join("\n"),
        account.join("\n")
    )
}

/// Heading of the settings in the help.
const SETTINGS: &str = "Settings";

type BoxError = Box<dyn Error + Send + Sync>;
