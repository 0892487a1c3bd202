//! Macro that defines request bodies.

/// Defines a request body: required members, optional members, and lists that are omitted if empty.
/// Serde attributes are passed on. A fixed member is constant. The function after the name creates
/// a body from the required members.
///
/// Does not derive `Debug`. Derive it only if the body cannot contain personal data.
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
            /// Creates a body with only the required members.
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
