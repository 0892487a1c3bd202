//! Statements, each listed so that a test can ask both databases how they would run it.

/// A statement in the dialects of both databases.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    #[cfg_attr(not(feature = "sqlite"), expect(dead_code))]
    pub(crate) sqlite: &'static str,
    #[cfg_attr(not(feature = "postgres"), expect(dead_code))]
    pub(crate) postgres: &'static str,
}

/// A statement that both databases understand alike.
pub(crate) const fn both(sql: &'static str) -> Statement {
    Statement {
        sqlite: sql,
        postgres: sql,
    }
}

/// A statement that the databases spell differently.
pub(crate) const fn each(sqlite: &'static str, postgres: &'static str) -> Statement {
    Statement { sqlite, postgres }
}

/// The statements of one file.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    pub(crate) file: &'static str,
    pub(crate) statements: &'static [&'static [Statement]],
}

/// Declares the statements of a file, and lists them as its `STATEMENTS`.
macro_rules! statements {
    ($($name:ident = $statement:expr;)*) => {
        $(const $name: $crate::session::Statement = $statement;)*

        #[cfg(any(test, feature = "testing"))]
        pub(crate) const STATEMENTS: $crate::session::Listed = $crate::session::Listed {
            file: file!(),
            statements: &[&[$($name),*]],
        };
    };
}

pub(crate) use statements;
