//! Macros that define row types.

/// Defines the row of a list. The id is required. Every other member may be absent, null or of
/// another type. `name = "wire"` sets a different name on the wire.
///
/// Unknown members and unreadable values are kept in `unknown`. `Debug` shows only the id, because
/// most rows contain personal data, and custom fields may contain anything.
macro_rules! row {
    ($(#[$doc:meta])* pub struct $name:ident {
        $(#[$id_doc:meta])* pub id: $id:ty,
        $($(#[$field_doc:meta])* pub $field:ident $(= $wire:literal)? : $type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $(#[$id_doc])* pub id: $id,
            $($(#[$field_doc])* pub $field: $type,)*
            /// Unknown members and unreadable values, by name.
            pub unknown: serde_json::Map<String, serde_json::Value>,
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("id", &self.id)
                    .finish_non_exhaustive()
            }
        }

        impl $crate::lookup::Identified for $name {
            type Id = $id;

            fn id(&self) -> $id {
                self.id
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                greenhouse_core::json::row(deserializer)
            }
        }

        $crate::api::row::members! {
            $name { id: <$id>::new(0), }
            $($field $(= $wire)?,)*
        }
    };
}

/// Defines a part of a row. Same as [`row!`], but without an id, and `Debug` shows nothing.
macro_rules! part {
    ($(#[$doc:meta])* pub struct $name:ident {
        $($(#[$field_doc:meta])* pub $field:ident $(= $wire:literal)? : $type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
            /// Unknown members and unreadable values, by name.
            pub unknown: serde_json::Map<String, serde_json::Value>,
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl greenhouse_core::json::Tolerant for $name {
            fn read<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<greenhouse_core::json::Read<Self>, D::Error> {
                greenhouse_core::json::part(deserializer)
            }
        }

        $crate::api::row::members! {
            $name {}
            $($field $(= $wire)?,)*
        }
    };
}

macro_rules! members {
    ($name:ident { $($id:ident: $begin:expr,)? } $($field:ident $(= $wire:literal)?,)*) => {
        impl greenhouse_core::json::Members for $name {
            fn empty() -> Self {
                Self {
                    $($id: $begin,)?
                    $($field: None,)*
                    unknown: serde_json::Map::new(),
                }
            }

            fn member<'de, A: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> Result<greenhouse_core::json::Member, A::Error> {
                use greenhouse_core::json::{Member, Seed};
                $(if name == stringify!($id) {
                    let read = map.next_value_seed(Seed::default())?;
                    if let Some(rest) = read.rest {
                        self.unknown.insert(name.to_owned(), rest);
                    }
                    return Ok(match read.value {
                        Some(id) => {
                            self.$id = id;
                            Member::Id
                        }
                        None => Member::Known,
                    });
                })?
                $(if name == $crate::api::row::wire!($field $($wire)?) {
                    let read = map.next_value_seed(Seed::default())?;
                    self.$field = read.value;
                    if let Some(rest) = read.rest {
                        self.unknown.insert(name.to_owned(), rest);
                    }
                    return Ok(Member::Known);
                })*
                Ok(Member::Unknown)
            }

            fn unknown(&mut self) -> &mut serde_json::Map<String, serde_json::Value> {
                &mut self.unknown
            }
        }
    };
}

/// Returns the name of a field on the wire.
macro_rules! wire {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $wire:literal) => {
        $wire
    };
}

pub(crate) use {members, part, row, wire};

#[cfg(test)]
#[allow(unreachable_pub)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, NaiveDate, Utc};
    use greenhouse_core::JobId;
    use serde_json::{Value, from_value, json};

    part! {
        /// A part.
        pub struct Part {
            /// A text.
            pub value: Option<String>,
        }
    }

    row! {
        /// A row.
        pub struct Row {
            /// Id.
            pub id: JobId,
            /// A text.
            pub name: Option<String>,
            /// Under another name.
            pub kind = "type": Option<String>,
            /// A boolean.
            pub active: Option<bool>,
            /// A count.
            pub count: Option<i64>,
            /// A number.
            pub score: Option<f64>,
            /// A time.
            pub at: Option<DateTime<Utc>>,
            /// A date.
            pub day: Option<NaiveDate>,
            /// Parts.
            pub parts: Option<Vec<Part>>,
            /// Parts by name.
            pub by_name: Option<BTreeMap<String, Part>>,
        }
    }

    #[test]
    fn a_row_is_read_despite_unexpected_members() {
        let values = [
            json!(null),
            json!("text"),
            json!("7"),
            json!("true"),
            json!("2026-06-02T08:11:40.118Z"),
            json!("2026-06-02"),
            json!(7),
            json!(-1),
            json!(7.5),
            json!(u64::MAX),
            json!(true),
            json!([]),
            json!([1, {"value": "v", "more": 1}, "x", null]),
            json!({}),
            json!({"value": "v"}),
            json!({"a": {"value": 7}, "b": 3}),
        ];
        let names = [
            "name", "type", "active", "count", "score", "at", "day", "parts", "by_name", "news",
        ];
        for name in names {
            for value in &values {
                let row: Row = from_value(json!({"id": 1, name: value})).unwrap();
                assert_eq!(row.id.value(), 1);
                let read = is_read(&row, name);
                let kept = row.unknown.get(name).is_some();
                assert!(read || kept || value.is_null(), "{name} {value} is lost");
                assert_eq!(row.unknown.len(), usize::from(kept), "{name} {value}");
            }
        }
    }

    fn is_read(row: &Row, name: &str) -> bool {
        match name {
            "name" => row.name.is_some(),
            "type" => row.kind.is_some(),
            "active" => row.active.is_some(),
            "count" => row.count.is_some(),
            "score" => row.score.is_some(),
            "at" => row.at.is_some(),
            "day" => row.day.is_some(),
            "parts" => row.parts.is_some(),
            "by_name" => row.by_name.is_some(),
            _ => false,
        }
    }

    #[test]
    fn readable_and_unreadable_items_of_an_array_are_both_kept() {
        let parts = json!([{"value": "a"}, 7, {"value": "b", "more": true}, null]);
        let row: Row = from_value(json!({"id": "9", "parts": parts})).unwrap();
        assert_eq!(row.id.value(), 9);
        let parts = row.parts.unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1].value.as_deref(), Some("b"));
        assert_eq!(parts[1].unknown["more"], Value::Bool(true));
        assert_eq!(row.unknown["parts"], json!([7]));
    }

    #[test]
    fn a_row_without_an_id_is_an_error() {
        for id in [json!(null), json!("x"), json!([1]), json!(1.5)] {
            assert!(from_value::<Row>(json!({"id": id, "name": "n"})).is_err());
        }
        assert!(from_value::<Row>(json!({"message": "accepted"})).is_err());
        assert!(from_value::<Row>(json!([])).is_err());
    }
}
