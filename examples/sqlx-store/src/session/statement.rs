//! SQL statements, listed so that tests can check their query plans.

/// A statement with a text for each database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    #[cfg_attr(not(feature = "sqlite"), expect(dead_code))]
    pub(crate) sqlite: &'static str,
    #[cfg_attr(not(feature = "postgres"), expect(dead_code))]
    pub(crate) postgres: &'static str,
}

/// Creates a statement with the same text for both databases.
pub(crate) const fn both(sql: &'static str) -> Statement {
    Statement {
        sqlite: sql,
        postgres: sql,
    }
}

/// Creates a statement with a different text for each database.
pub(crate) const fn each(sqlite: &'static str, postgres: &'static str) -> Statement {
    Statement { sqlite, postgres }
}

/// The statements of one source file.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileStatements {
    pub(crate) file: &'static str,
    pub(crate) statements: &'static [&'static [Statement]],
}

/// Declares the statements of a file and lists them in its `STATEMENTS`.
macro_rules! statements {
    ($($name:ident = $statement:expr;)*) => {
        $(const $name: $crate::session::Statement = $statement;)*

        #[cfg(any(test, feature = "testing"))]
        pub(crate) const STATEMENTS: $crate::session::FileStatements = $crate::session::FileStatements {
            file: file!(),
            statements: &[&[$($name),*]],
        };
    };
}

pub(crate) use statements;
