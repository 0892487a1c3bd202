use chrono::{DateTime, Utc};
use serde::Serialize;

/// A row in a Harvest list. The list contains the JSON of the row.
pub(crate) trait Row: Serialize {
    fn id(&self) -> i64;
    fn created_at(&self) -> DateTime<Utc>;
    fn updated_at(&self) -> DateTime<Utc>;
}

/// Implements [`Row`] for a struct with `id`, `created_at` and `updated_at`. `Debug` shows only the
/// id, because rows contain personal data.
macro_rules! row {
    ($row:ident) => {
        impl crate::rows::Row for $row {
            fn id(&self) -> i64 {
                self.id
            }

            fn created_at(&self) -> chrono::DateTime<chrono::Utc> {
                self.created_at
            }

            fn updated_at(&self) -> chrono::DateTime<chrono::Utc> {
                self.updated_at
            }
        }

        impl std::fmt::Debug for $row {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($row))
                    .field("id", &self.id)
                    .finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use row;
