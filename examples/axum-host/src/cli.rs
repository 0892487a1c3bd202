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
            match new.digest {
                Some(digest) => println!("for the configuration, {}: {digest}", purpose.setting()),
                None => println!(
                    "for the configuration, {}: the key itself",
                    purpose.setting()
                ),
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
    let lines: Vec<_> = VARIABLES.iter().map(ToString::to_string).collect();
    format!(
        "Environment variables of `serve`, and where in the file each would stand. Those of an account go to the first \
         account of the file; without a file, to an account of their own.\n{}",
        lines.join("\n")
    )
}
