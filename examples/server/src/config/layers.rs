//! Layers of the configuration: the file, overridden by environment variables, overridden by flags.

use std::{collections::BTreeMap, path::Path, time::Duration};

use toml::{Table, Value};

use super::{metrics, partner, push, retention, tokens, web};
use crate::toml_file::{self, ConfigError, TomlFile, without_unit};

/// Merged layers. Later layers override earlier ones.
pub(super) struct Layers {
    pub(super) document: Table,
    file: TomlFile,
    /// Variable or flag that set each value, by the path of the setting.
    sources: BTreeMap<String, String>,
}

impl Layers {
    /// Reads the first layer from the file, if any.
    pub(super) fn from_file(file: Option<&Path>) -> Result<Self, ConfigError> {
        let (mut document, file) = match file {
            Some(path) => TomlFile::read(path)?,
            None => (Table::new(), TomlFile::default()),
        };
        for (name, _) in SECTIONS {
            let Some(Value::Table(section)) = document.get_mut(name) else {
                continue;
            };
            let settings = std::mem::take(section).into_iter();
            *section = settings
                .map(|(setting, value)| with_current_name(name, setting, value))
                .collect::<Result<_, _>>()
                .map_err(|error| file.locate(error))?;
        }
        Ok(Self {
            document,
            file,
            sources: BTreeMap::new(),
        })
    }

    /// Sets the setting with the path `place` to a value from the variable or flag `source`.
    pub(super) fn set(&mut self, place: &str, text: &str, source: &str) -> Result<(), ConfigError> {
        let value = match (place, text.trim()) {
            ("master_keys", _) => toml_file::list(text),
            (_, "true") => Value::Boolean(true),
            (_, "false") => Value::Boolean(false),
            _ => Value::String(text.to_owned()),
        };
        let from_source = |error: ConfigError| error.with_source(source);
        let place = match place.split_once('.') {
            None => {
                self.document.insert(place.to_owned(), value);
                place.to_owned()
            }
            Some((section, setting)) => {
                let (setting, value) =
                    with_current_name(section, setting.to_owned(), value).map_err(from_source)?;
                let place = format!("{section}.{setting}");
                toml_file::put(&mut self.document, &[section, &setting], value);
                place
            }
        };
        self.sources.insert(place, source.to_owned());
        Ok(())
    }

    /// Adds the source of the invalid value: the variable, the flag or the line in the file.
    pub(super) fn locate(&self, error: ConfigError) -> ConfigError {
        let source = match &error {
            ConfigError::Wrong { path, .. } => self.sources.get(path),
            _ => None,
        };
        match source {
            Some(source) => error.with_source(source),
            None => self.file.locate(error),
        }
    }
}

/// Returns the path of the setting that an environment variable sets. `None` if the variable is
/// unknown.
pub(super) fn place(variable: &str) -> Option<String> {
    let name = variable.strip_prefix(PREFIX)?.to_lowercase();
    if TOP.contains(&name.as_str()) {
        return Some(name);
    }
    SECTIONS.iter().find_map(|(section, settings)| {
        let setting = name.strip_prefix(section)?.strip_prefix('_')?;
        let known = settings.contains(&without_unit(setting));
        known.then(|| format!("{section}.{setting}"))
    })
}

/// Returns the paths of all settings.
pub(super) fn places() -> impl Iterator<Item = String> {
    let of_section = |(section, settings): (&'static str, &'static [&'static str])| {
        settings
            .iter()
            .map(move |setting| format!("{section}.{setting}"))
    };
    let top = TOP.iter().map(|name| (*name).to_owned());
    top.chain(SECTIONS.into_iter().flat_map(of_section))
}

/// Returns the name of the environment variable for the setting with this path.
pub(super) fn variable(place: &str) -> String {
    format!("{PREFIX}{}", place.replace('.', "_").to_uppercase())
}

/// Renames a setting whose older name ends in its unit: `lease_seconds = 30` becomes `lease =
/// "30s"`.
fn with_current_name(
    section: &str,
    setting: String,
    value: Value,
) -> Result<(String, Value), ConfigError> {
    let name = without_unit(&setting);
    let unit = match setting.strip_prefix(name) {
        Some("_seconds") => 1.0,
        Some("_days") => 86_400.0,
        _ => return Ok((setting, value)),
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
            let time = time.map_err(|_| {
                let path = format!("{section}.{setting}");
                ConfigError::wrong(path, format!("expected a duration above 0, got {number}"))
            })?;
            Value::String(humantime::format_duration(time).to_string())
        }
    };
    Ok((name.to_owned(), value))
}

const SECTIONS: [(&str, &[&str]); 6] = [
    ("push", push::SETTINGS),
    ("tokens", tokens::SETTINGS),
    ("partner", partner::SETTINGS),
    ("web", web::SETTINGS),
    ("retention", retention::SETTINGS),
    ("metrics", metrics::SETTINGS),
];

/// Settings outside of any section.
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
