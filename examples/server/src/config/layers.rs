//! The layers of the configuration: the file, environment variables above it, and the command line above both.

use std::{collections::BTreeMap, path::Path, time::Duration};

use toml::{Table, Value};

use super::{metrics, partner, push, retention, tokens, web};
use crate::document::{self, ConfigError};

/// The merged layers. Later ones replace earlier ones.
pub(super) struct Layers {
    pub(super) document: Table,
    /// Where a setting came from if not from the file, by its place in the file.
    sources: BTreeMap<String, String>,
}

impl Layers {
    /// Starts with the file, if there is one.
    pub(super) fn over(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut document = match file {
            Some(path) => document::parse(path)?,
            None => Table::new(),
        };
        for (name, _) in SECTIONS {
            let Some(Value::Table(section)) = document.get_mut(name) else {
                continue;
            };
            let settings = std::mem::take(section).into_iter();
            *section = settings
                .map(|(setting, value)| current(name, setting, value))
                .collect::<Result<_, _>>()?;
        }
        Ok(Self {
            document,
            sources: BTreeMap::new(),
        })
    }

    /// Sets what `source` says for this place.
    pub(super) fn set(&mut self, place: &str, text: &str, source: &str) -> Result<(), ConfigError> {
        let value = match (place, text.trim()) {
            ("master_keys", _) => document::list(text),
            (_, "true") => Value::Boolean(true),
            (_, "false") => Value::Boolean(false),
            _ => Value::String(text.to_owned()),
        };
        let named = |error: ConfigError| error.with_source(source);
        let place = match place.split_once('.') {
            None => {
                self.document.insert(place.to_owned(), value);
                place.to_owned()
            }
            Some((section, setting)) => {
                let (setting, value) =
                    current(section, setting.to_owned(), value).map_err(named)?;
                let place = format!("{section}.{setting}");
                document::put(&mut self.document, &[section, &setting], value);
                place
            }
        };
        self.sources.insert(place, source.to_owned());
        Ok(())
    }

    /// The error with the variable or flag that the wrong value came from.
    pub(super) fn name_source(&self, error: ConfigError) -> ConfigError {
        match &error {
            ConfigError::Wrong { path, .. } => match self.sources.get(path) {
                Some(source) => error.with_source(source),
                None => error,
            },
            _ => error,
        }
    }
}

/// Place in the file of an environment variable. `None` if the variable is not known.
pub(super) fn place(variable: &str) -> Option<String> {
    let name = variable.strip_prefix(PREFIX)?.to_lowercase();
    if TOP.contains(&name.as_str()) {
        return Some(name);
    }
    SECTIONS.iter().find_map(|(section, settings)| {
        let setting = name.strip_prefix(section)?.strip_prefix('_')?;
        let known = settings.contains(&without_unit(setting).0);
        known.then(|| format!("{section}.{setting}"))
    })
}

/// Every setting by its place in the file.
pub(super) fn places() -> impl Iterator<Item = String> {
    let of_section = |(section, settings): (&'static str, &'static [&'static str])| {
        settings
            .iter()
            .map(move |setting| format!("{section}.{setting}"))
    };
    let top = TOP.iter().map(|name| (*name).to_owned());
    top.chain(SECTIONS.into_iter().flat_map(of_section))
}

/// The environment variable of a setting.
pub(super) fn variable(place: &str) -> String {
    format!("{PREFIX}{}", place.replace('.', "_").to_uppercase())
}

/// A setting whose older name ends in its unit, under its name of today: `lease_seconds = 30` as `lease = "30s"`.
fn current(section: &str, setting: String, value: Value) -> Result<(String, Value), ConfigError> {
    let (name, Some(unit)) = without_unit(&setting) else {
        return Ok((setting, value));
    };
    let number = match &value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let value = match number {
        None => value,
        Some(number) => {
            let time = Duration::try_from_secs_f64(number * unit);
            let time = time.map_err(|_| ConfigError::Wrong {
                path: format!("{section}.{setting}"),
                reason: format!("expected a duration above 0, got {number}"),
            })?;
            Value::String(humantime::format_duration(time).to_string())
        }
    };
    Ok((name.to_owned(), value))
}

fn without_unit(setting: &str) -> (&str, Option<f64>) {
    let units = [("_seconds", 1.0), ("_days", 86_400.0)];
    let mut named = units
        .iter()
        .filter_map(|(ending, unit)| Some((setting.strip_suffix(ending)?, Some(*unit))));
    named.next().unwrap_or((setting, None))
}

const SECTIONS: [(&str, &[&str]); 6] = [
    ("push", push::SETTINGS),
    ("tokens", tokens::SETTINGS),
    ("partner", partner::SETTINGS),
    ("web", web::SETTINGS),
    ("retention", retention::SETTINGS),
    ("metrics", metrics::SETTINGS),
];

/// Settings outside of sections.
const TOP: [&str; 9] = [
    "listen",
    "public_url",
    "database",
    "database_schema",
    "product_database",
    "master_keys",
    "default_account",
    "sandbox",
    "log_format",
];

pub(super) const PREFIX: &str = "GREENHOUSE_";
