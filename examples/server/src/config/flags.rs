//! Settings on the command line.

use std::{collections::BTreeMap, fmt};

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

use super::variables;
use crate::{ConfigError, document::Variable};

/// What was typed, by the place in the file: there is a flag for every variable but the secrets.
#[derive(Clone, Default)]
pub(crate) struct Flags(BTreeMap<String, Typed>);

#[derive(Clone)]
struct Typed {
    flag: String,
    text: String,
}

impl Flags {
    /// What was typed for this variable.
    pub(super) fn of(&self, variable: &Variable) -> Option<String> {
        let typed = self.0.get(&variable.place());
        typed.map(|typed| typed.text.clone())
    }

    /// The error, naming the flag where what is wrong came from one.
    pub(super) fn named_in(&self, error: ConfigError) -> ConfigError {
        match error {
            ConfigError::Wrong { path, reason } => {
                let path = match self.0.get(&path) {
                    Some(Typed { flag, .. }) => format!("--{flag} ({path})"),
                    None => path,
                };
                ConfigError::Wrong { path, reason }
            }
            error => error,
        }
    }
}

impl fmt::Debug for Flags {
    /// Without what was typed: there can be a password in the address of a database.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        variables().fold(command, |command, variable| match variable.flag() {
            Some(flag) => command.arg(arg(&variable, flag)),
            None => command,
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        for variable in variables() {
            let Some(flag) = variable.flag() else {
                continue;
            };
            if let Some(text) = matches.get_one::<String>(variable.name) {
                let text = text.clone();
                self.0.insert(variable.place(), Typed { flag, text });
            }
        }
        Ok(())
    }
}

fn arg(variable: &Variable, flag: String) -> Arg {
    let mut shown = SHOWN.iter();
    let help = shown.find(|(name, _)| *name == flag).map(|(_, help)| *help);
    let arg = Arg::new(variable.name)
        .long(flag)
        .value_name("VALUE")
        .help_heading("Main settings");
    match help {
        Some(help) => arg.help(help),
        None => arg.hide(true),
    }
}

/// The flags that the help of every command shows.
const SHOWN: [(&str, &str); 4] = [
    ("listen", "Where to listen, address:port"),
    (
        "public-url",
        "The address under which Greenhouse reaches this host",
    ),
    (
        "database",
        "The database: a path or `sqlite:` URL, or a `postgres:` URL; better not here where it holds a password",
    ),
    (
        "log-format",
        "What a line of the log looks like: text or json",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_but_the_secrets_has_a_flag() {
        let command = Flags::augment_args(Command::new("host"));
        command.clone().debug_assert();
        let mut without = Vec::new();
        for variable in variables() {
            match variable.flag() {
                Some(flag) => {
                    let typed = format!("--{flag}");
                    let matches = command.clone().get_matches_from(["host", &typed, "canary"]);
                    let flags = Flags::from_arg_matches(&matches).unwrap();
                    assert_eq!(flags.of(&variable).as_deref(), Some("canary"), "{flag}");
                    assert_eq!(flags.0.len(), 1);
                    assert!(!format!("{flags:?}").contains("canary"));
                }
                None => without.push(variable.name),
            }
        }
        assert_eq!(
            without,
            ["GREENHOUSE_MASTER_KEYS", "GREENHOUSE_METRICS_TOKEN"]
        );
        for (shown, _) in SHOWN {
            assert!(variables().any(|variable| variable.flag().as_deref() == Some(shown)));
        }
    }
}
