//! Findings about the configuration.

use std::{error::Error, fmt::Display};

use url::Url;

use super::reason;
use crate::{
    Program,
    doctor::{Finding, codes},
};

pub(in crate::doctor) fn config_file(path: &str, reason: &str) -> Finding {
    Finding::problem(
        codes::CONFIG_FILE,
        format!("The file {path} cannot be read: {reason}."),
        "Pass the configuration file with --config FILE (GREENHOUSE_CONFIG), and let this user \
         read the file.",
    )
}

pub(in crate::doctor) fn config_syntax(path: &str, line: usize, reason: &str) -> Finding {
    Finding::problem(
        codes::CONFIG_SYNTAX,
        format!("The file {path} is not valid TOML (line {line}): {reason}."),
        "Correct this line. Put text in quotes and lists in square brackets.",
    )
}

pub(in crate::doctor) fn config_missing(error: &dyn Display) -> Finding {
    Finding::problem(
        codes::CONFIG_MISSING,
        format!("The configuration is incomplete: {error}."),
        format!(
            "Add the settings to the configuration file (--config FILE) or set their environment variables. {}",
            help()
        ),
    )
}

pub(in crate::doctor) fn config_value(error: &dyn Display) -> Finding {
    Finding::problem(
        codes::CONFIG_VALUE,
        format!("A setting is invalid: {error}."),
        format!(
            "Correct the value in the file or the environment. {}",
            help()
        ),
    )
}

pub(in crate::doctor) fn services(error: &(dyn Error + 'static)) -> Finding {
    Finding::problem(
        codes::SERVICES,
        format!(
            "The server does not start with this configuration: {}. The accounts were not checked.",
            reason(error)
        ),
        format!("Correct the setting, then run the doctor again. {}", help()),
    )
}

pub(in crate::doctor) fn config_variable(name: &str) -> Finding {
    Finding::warning(
        codes::CONFIG_VARIABLE,
        format!("The environment variable {name} is not a setting of this program."),
        format!("Correct its name or unset it. {}", help()),
    )
}

pub(in crate::doctor) fn sandbox(url: &Url) -> Finding {
    Finding::warning(
        codes::SANDBOX,
        format!("All calls go to the sandbox {url} instead of the real Greenhouse."),
        "Remove sandbox (GREENHOUSE_SANDBOX) from the configuration to use the real Greenhouse.",
    )
}

pub(in crate::doctor) fn listen_ok(address: &str) -> Finding {
    Finding::ok(
        codes::LISTEN,
        format!("The listen address {address} is valid."),
    )
}

pub(in crate::doctor) fn listen(address: &str) -> Finding {
    Finding::problem(
        codes::LISTEN,
        format!("The listen address {address} is invalid: expected address:port."),
        "Set listen (GREENHOUSE_LISTEN) to an address of this machine and a port, for example 127.0.0.1:8080.",
    )
}

pub(in crate::doctor) fn public_url_ok() -> Finding {
    Finding::ok(codes::PUBLIC_URL, "The public URL is valid.")
}

pub(in crate::doctor) fn public_url_http() -> Finding {
    Finding::warning(
        codes::PUBLIC_URL,
        "The public URL uses http, so Greenhouse would send keys and webhooks unencrypted.",
        PUBLIC_URL_REMEDY,
    )
}

pub(in crate::doctor) fn listen_unresolved(address: &str) -> Finding {
    Finding::problem(
        codes::LISTEN,
        format!("The name in the listen address {address} cannot be resolved."),
        "Set listen (GREENHOUSE_LISTEN) to an IP address of this machine and a port, for example 127.0.0.1:8080.",
    )
}

fn help() -> String {
    format!(
        "`{} --help` lists every setting and its environment variable.",
        Program::this()
    )
}

const PUBLIC_URL_REMEDY: &str = "Set public_url (GREENHOUSE_PUBLIC_URL) to the https URL at which Greenhouse reaches this \
     host, including any path prefix.";
