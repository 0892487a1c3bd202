//! How the bodies that are written are written down.

/// A body to write: what it cannot do without, what may be left out, and lists that are left out where they are empty.
/// Attributes of serde go through. A fixed member is always the same. The function after the name makes one of what is required.
///
/// It has no Debug of its own: derive it where nothing personal can be in it.
macro_rules! body {
    ($(#[$doc:meta])* pub struct $name:ident, $new_vis:vis fn $new:ident {
        $(fixed { $fixed:ident: $fixed_type:ty = $value:expr, })?
        $(required { $($(#[$required_doc:meta])* $required:ident: $required_type:ty,)* })?
        $(optional { $($(#[$optional_doc:meta])* $optional:ident: $optional_type:ty,)* })?
        $(lists { $($(#[$list_doc:meta])* $list:ident: $list_type:ty,)* })?
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, serde::Serialize)]
        #[non_exhaustive]
        pub struct $name {
            $($fixed: $fixed_type,)?
            $($($(#[$required_doc])* pub $required: $required_type,)*)?
            $($(
                $(#[$optional_doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$optional_type>,
            )*)?
            $($(
                $(#[$list_doc])*
                #[serde(skip_serializing_if = "Vec::is_empty")]
                pub $list: Vec<$list_type>,
            )*)?
        }

        impl $name {
            /// With what is required, and nothing else.
            $new_vis fn $new($($($required: impl Into<$required_type>,)*)?) -> Self {
                Self {
                    $($fixed: $value,)?
                    $($($required: $required.into(),)*)?
                    $($($optional: None,)*)?
                    $($($list: Vec::new(),)*)?
                }
            }
        }
    };
}

pub(crate) use body;
