use std::{fmt, sync::OnceLock};

/// Name of the program in messages that mention its commands, such as `axum-host accounts list`.
///
/// There is one per process. `main` passes it to [`cli::main`](crate::cli::main).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program(&'static str);

impl Program {
    /// Creates a program with this name. Pass `env!("CARGO_BIN_NAME")` in a binary.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Returns the program of this process, or `axum-host` if none was set.
    pub fn this() -> Self {
        *THIS.get().unwrap_or(&Self("axum-host"))
    }

    /// Returns the name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// Sets the program of this process. Later calls have no effect.
    pub(crate) fn set(self) {
        THIS.get_or_init(|| self);
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

static THIS: OnceLock<Program> = OnceLock::new();
