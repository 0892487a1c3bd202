use std::error::Error;

/// Error of [`assessment_changed`](super::Integration::assessment_changed): a direction could not
/// process the change. Repeat the call.
#[derive(Debug, thiserror::Error)]
#[error("the {direction} direction could not process the change")]
pub struct ChangeError {
    direction: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl ChangeError {
    pub(super) fn new(direction: &'static str, source: Box<dyn Error + Send + Sync>) -> Self {
        Self { direction, source }
    }

    /// Name of the direction.
    pub fn direction(&self) -> &'static str {
        self.direction
    }
}
