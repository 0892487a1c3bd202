use serde::Serialize;

/// Values for a settings page, and the same as text for people.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "{T}"))]
pub struct WithText<T> {
    #[serde(flatten)]
    values: T,
    /// Numbered steps as plain text.
    text: String,
}

impl<T: ToString> WithText<T> {
    /// Adds the `Display` output of the values.
    pub fn new(values: T) -> Self {
        let text = values.to_string();
        Self { values, text }
    }
}
