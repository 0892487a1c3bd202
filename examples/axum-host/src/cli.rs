//! The command line.

use std::{error::Error, io, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::{
    config::VARIABLES,
    demo,
    keys::{KeyPurpose, NewKey},
    serve,
};

/// The reference service of the Greenhouse integration.
#[derive(Debug, Parser)]
#[command(version, about, after_help = variables())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play the whole story against a mock Greenhouse on loopback, and print it.
    Demo {
        /// Leave both running afterwards, and print their addresses.
        #[arg(long)]
        keep: bool,
    },
    /// Serve against the real Greenhouse.
    Serve {
        /// The configuration file, TOML. Environment variables stand above it.
        #[arg(long, env = "GREENHOUSE_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Make a key and show it, once.
    Keys {
        /// What it is for.
        purpose: KeyPurpose,
    },
}

/// Runs the command that was typed. Non-zero where it failed, with the reason on standard error.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(default_level(&arguments)));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn Error + Send + Sync>> {
    match command {
        Command::Demo { keep } => runtime()?.block_on(demo::run(keep)),
        Command::Serve { config } => runtime()?.block_on(serve::run(config)),
        Command::Keys { purpose } => {
            let new = NewKey::new(purpose)?;
            println!("key, shown this once: {}", new.key.expose());
            if let Some(digest) = new.digest {
                println!("for the configuration: {digest}");
            }
            Ok(())
        }
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// The demo tells its story on standard output; only what goes wrong is to come between.
fn default_level(arguments: &Arguments) -> &'static str {
    match arguments.command {
        Command::Demo { .. } => "error",
        _ => "info",
    }
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
    let names: Vec<_> = VARIABLES
        .iter()
        .map(|variable| format!("  {}", variable.name))
        .collect();
    format!(
        "Environment variables of `serve` (the first account of the file, or the only one):\n{}",
        names.join("\n")
    )
}
