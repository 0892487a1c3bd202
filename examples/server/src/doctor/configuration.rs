//! Whether the configuration can be read, and what in it a host would stumble over.

use std::{error::Error, time::Duration};

use tokio::{net::lookup_host, time::timeout};
use url::Url;

use super::{Finding, about};
use crate::{Config, ConfigError, Program};

pub(super) fn unreadable(error: &ConfigError) -> Finding {
    let program = Program::this();
    let names = format!("`{program} --help` names every setting and its environment variable.");
    let cause = error.source().map(|cause| format!(": {cause}"));
    let text = format!("{error}{}.", cause.unwrap_or_default());
    match error {
        ConfigError::File { .. } => Finding::problem(
            about::CONFIG_FILE,
            text,
            "Name the file of the configuration with --config FILE (GREENHOUSE_CONFIG), and let this user read it.",
        ),
        ConfigError::Syntax { .. } => Finding::problem(
            about::CONFIG_SYNTAX,
            text,
            "Correct this line: texts stand in quotes, lists in square brackets.",
        ),
        ConfigError::Missing(_) => Finding::problem(about::CONFIG_MISSING, text, names),
        ConfigError::Wrong { .. } => Finding::problem(
            about::CONFIG_VALUE,
            text,
            format!("Correct it where it comes from, the file or the environment. {names}"),
        ),
    }
}

pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![listen(&config.listen).await, public_url(config)];
    findings.extend(config.unknown_variables.iter().map(|name| variable(name)));
    findings.extend(config.environment.sandbox_url().map(sandbox));
    findings
}

fn variable(name: &str) -> Finding {
    let program = Program::this();
    Finding::warning(
        about::CONFIG_VARIABLE,
        format!("The environment variable {name} is not a setting of this program."),
        format!("Correct its name or unset it. `{program} --help` names every setting."),
    )
}

fn sandbox(url: &Url) -> Finding {
    Finding::warning(
        about::SANDBOX,
        format!("Every call to Greenhouse goes to {url}, and the real Greenhouse gets nothing."),
        "Remove sandbox (GREENHOUSE_SANDBOX) from the configuration to work with the real Greenhouse.",
    )
}

async fn listen(address: &str) -> Finding {
    let looked_up = timeout(LOOK_UP, lookup_host(address)).await;
    let addresses = looked_up.ok().and_then(Result::ok);
    match addresses.and_then(|mut all| all.next()) {
        Some(_) => Finding::ok(
            about::LISTEN,
            format!("{address} is an address to listen on."),
        ),
        None => Finding::problem(
            about::LISTEN,
            format!("{address} is no address that can be listened on."),
            "Set listen (GREENHOUSE_LISTEN) to an address of this machine and a port, such as 127.0.0.1:8080.",
        ),
    }
}

fn public_url(config: &Config) -> Finding {
    let url = &config.public_url;
    let remedy = "Set public_url (GREENHOUSE_PUBLIC_URL) to what Greenhouse types before every path of this host: https, \
                  its name, and a path prefix if there is one.";
    let web = matches!(url.scheme(), "http" | "https");
    if !web || url.query().is_some() || url.fragment().is_some() {
        let text =
            "It is not an http or https URL without query and fragment, so that no host starts.";
        return Finding::problem(about::PUBLIC_URL, text, remedy);
    }
    if url.scheme() == "http" {
        let text = "It is not encrypted: keys and webhooks would come in the clear.";
        return Finding::warning(about::PUBLIC_URL, text, remedy);
    }
    Finding::ok(about::PUBLIC_URL, "It can be used.")
}

const LOOK_UP: Duration = Duration::from_secs(5);
