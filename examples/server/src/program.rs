use std::{fmt, sync::OnceLock};

/// What the host is called at a terminal: messages that name a command of it begin the command with this.
///
/// A process is one program, which its `main` names to [`cli::main`](crate::cli::main).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program(&'static str);

impl Program {
    /// The program with this name; `env!("CARGO_BIN_NAME")` in a binary.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The program of this process; `axum-host` where nobody named it.
    pub fn this() -> Self {
        *THIS.get().unwrap_or(&Self("axum-host"))
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// Has this process be the program. The first one counts.
    pub(crate) fn begin(self) {
        THIS.get_or_init(|| self);
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

static THIS: OnceLock<Program> = OnceLock::new();
