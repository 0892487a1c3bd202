use std::{borrow::Cow, error::Error, fmt};

/// Invalid configuration. Returned by every fallible `build()`.
///
/// Invalid values are rejected, never adjusted. The message contains the setting, the expected
/// value and, unless it is secret, the rejected value.
///
/// ```
/// use greenhouse_core::BuildError;
///
/// let (deadline, lease) = (150, 120);
/// let error = BuildError::ensure(deadline < lease, "push.write_deadline", || {
///     format!("expected less than the lease of {lease} s, got {deadline} s")
/// });
/// assert_eq!(
///     error.unwrap_err().to_string(),
///     "push.write_deadline: expected less than the lease of 120 s, got 150 s",
/// );
/// ```
#[derive(Debug)]
pub struct BuildError {
    setting: Cow<'static, str>,
    reason: Cow<'static, str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl BuildError {
    /// Creates an error for this setting. `reason` is one lower-case phrase.
    pub fn new(
        setting: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            setting: setting.into(),
            reason: reason.into(),
            source: None,
        }
    }

    /// Sets the source of the error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Checks a condition on this setting. `reason` is one lower-case phrase.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if `possible` is `false`.
    pub fn ensure<R: Into<Cow<'static, str>>>(
        possible: bool,
        setting: &'static str,
        reason: impl FnOnce() -> R,
    ) -> Result<(), Self> {
        if possible {
            return Ok(());
        }
        Err(Self::new(setting, reason()))
    }

    /// Name of the rejected setting.
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.reason)
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}
