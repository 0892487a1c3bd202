//! Statement values and row columns.

use std::borrow::Cow;

use greenhouse_core::store::StoreError;
#[cfg(feature = "postgres")]
use sqlx::postgres::PgRow;
#[cfg(feature = "sqlite")]
use sqlx::sqlite::SqliteRow;
use sqlx::{Database, Encode, Row as _, SqlSafeStr, Type, query::Query};

use crate::error::unavailable;

/// A value bound to a statement. `None` is NULL.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    Text(Option<Cow<'a, str>>),
    Number(Option<i64>),
    Bytes(Option<Cow<'a, [u8]>>),
}

impl Value<'_> {
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Text(text) => Value::Text(text.map(|text| text.into_owned().into())),
            Self::Number(number) => Value::Number(number),
            Self::Bytes(bytes) => Value::Bytes(bytes.map(|bytes| bytes.into_owned().into())),
        }
    }
}

macro_rules! from {
    ($($kind:ty => $value:ident,)*) => {$(
        impl<'a> From<$kind> for Value<'a> {
            fn from(value: $kind) -> Self {
                Self::$value(Some(value.into()))
            }
        }

        impl<'a> From<Option<$kind>> for Value<'a> {
            fn from(value: Option<$kind>) -> Self {
                Self::$value(value.map(Into::into))
            }
        }
    )*};
}

from! {
    &'a str => Text,
    String => Text,
    i64 => Number,
    &'a [u8] => Bytes,
    Vec<u8> => Bytes,
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

/// A result row. Columns are read by index.
pub(crate) enum Row {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteRow),
    #[cfg(feature = "postgres")]
    Postgres(PgRow),
}

impl Row {
    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        Ok(self.decode(self.column(column)?))
    }

    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        let text: Option<String> = self.column(column)?;
        Ok(text.map(|text| self.decode(text)))
    }

    pub(crate) fn number(&self, column: usize) -> Result<i64, StoreError> {
        self.column(column)
    }

    pub(crate) fn optional_number(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.column(column)
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.column(column)
    }

    pub(crate) fn optional_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        self.column(column)
    }

    fn decode(&self, text: String) -> String {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => text,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => unescape(text),
        }
    }

    fn column<T: Column>(&self, column: usize) -> Result<T, StoreError> {
        T::read(self, column).map_err(unavailable)
    }
}

/// A type that a column can be read as.
trait Column: Sized {
    fn read(row: &Row, column: usize) -> Result<Self, sqlx::Error>;
}

macro_rules! columns {
    ($($kind:ty,)*) => {$(
        impl Column for $kind {
            fn read(row: &Row, column: usize) -> Result<Self, sqlx::Error> {
                match row {
                    #[cfg(feature = "sqlite")]
                    Row::Sqlite(row) => row.try_get(column),
                    #[cfg(feature = "postgres")]
                    Row::Postgres(row) => row.try_get(column),
                }
            }
        }
    )*};
}

columns! {
    String,
    Option<String>,
    i64,
    Option<i64>,
    Vec<u8>,
    Option<Vec<u8>>,
}

#[cfg(feature = "sqlite")]
impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

#[cfg(feature = "postgres")]
impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

pub(super) fn rows<R: Into<Row>>(rows: Vec<R>) -> Vec<Row> {
    rows.into_iter().map(Into::into).collect()
}

/// Creates a query with bound values.
pub(super) fn bind<'a, D>(
    sql: impl SqlSafeStr,
    values: impl IntoIterator<Item = &'a Value<'a>>,
) -> Query<'a, D, <D as Database>::Arguments>
where
    D: Database,
    Option<Cow<'a, str>>: Encode<'a, D> + Type<D>,
    Option<i64>: Encode<'a, D> + Type<D>,
    Option<&'a [u8]>: Encode<'a, D> + Type<D>,
{
    let mut query = sqlx::query(sql);
    for value in values {
        query = match value {
            Value::Text(text) if D::NAME == POSTGRES => query.bind(text.as_deref().map(escape)),
            Value::Text(text) => query.bind(text.as_deref().map(Cow::Borrowed)),
            Value::Number(number) => query.bind(*number),
            Value::Bytes(bytes) => query.bind(bytes.as_deref()),
        };
    }
    query
}

/// Escapes NUL, which a PostgreSQL text cannot contain. An id that contains a NUL is then stored
/// and looked up like any other id.
fn escape(text: &str) -> Cow<'_, str> {
    if text.contains([NUL, ESCAPE]) {
        Cow::Owned(
            text.replace(ESCAPE, ESCAPED_ESCAPE)
                .replace(NUL, ESCAPED_NUL),
        )
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(any(test, feature = "postgres"))]
fn unescape(text: String) -> String {
    if text.contains(ESCAPE) {
        text.replace(ESCAPED_NUL, "\0")
            .replace(ESCAPED_ESCAPE, "\u{1a}")
    } else {
        text
    }
}

const POSTGRES: &str = "PostgreSQL";
const NUL: char = '\0';
const ESCAPE: char = '\u{1a}';
const ESCAPED_NUL: &str = "\u{1a}0";
const ESCAPED_ESCAPE: &str = "\u{1a}1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_round_trips() {
        for text in [
            "",
            "plain",
            "\0",
            "\u{1a}",
            "a\0\u{1a}0b",
            "\u{1a}\0\u{1a}1\0",
            "\u{1a}1",
        ] {
            let stored = escape(text);
            assert!(!stored.contains('\0'));
            assert_eq!(unescape(stored.into_owned()), text);
        }
    }
}
