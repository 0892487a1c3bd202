use std::fmt;

use greenhouse_core::Text;
use url::Url;

use crate::texts::set_up as texts;

/// Numbered steps under a title.
#[derive(Debug)]
pub(super) struct SetUpSteps {
    title: Text,
    obstacles: Vec<Text>,
    steps: Vec<SetUpStep>,
}

impl SetUpSteps {
    /// Creates an empty list. Obstacles are printed before the steps: this part is switched off, or
    /// the address is not https.
    pub(super) fn new(title: Text, is_enabled: bool, address: &Url) -> Self {
        let off = (!is_enabled).then(texts::switched_off);
        let no_https = (address.scheme() != "https").then(texts::https_required);
        Self {
            title,
            obstacles: off.into_iter().chain(no_https).collect(),
            steps: Vec::new(),
        }
    }

    /// Appends a step.
    pub(super) fn push(&mut self, step: impl Into<SetUpStep>) {
        self.steps.push(step.into());
    }
}

/// Lines of one step.
#[derive(Debug)]
pub(super) struct SetUpStep(Vec<String>);

impl SetUpStep {
    /// Appends the lines of a text.
    pub(super) fn text(mut self, text: &Text) -> Self {
        self.0.extend(text.as_str().lines().map(str::to_owned));
        self
    }

    /// Appends an indented line.
    pub(super) fn item(mut self, line: fmt::Arguments<'_>) -> Self {
        self.0.push(format!("  {line}"));
        self
    }
}

impl From<Text> for SetUpStep {
    fn from(text: Text) -> Self {
        Self(Vec::new()).text(&text)
    }
}

impl fmt::Display for SetUpSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for obstacle in &self.obstacles {
            writeln!(f, "{obstacle}")?;
        }
        writeln!(f)?;
        for (number, SetUpStep(lines)) in (1..).zip(&self.steps) {
            let mut lead = format!("{number}.");
            for line in lines {
                writeln!(f, "{lead} {line}")?;
                lead = "  ".to_owned();
            }
        }
        Ok(())
    }
}
