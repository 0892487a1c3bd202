//! Macro that defines list filters.

/// Defines the filter for a list, with the parameters that all lists accept and a method for each
/// of the list's own parameters. `name = "wire"` sets a different name on the wire. `[Type]` is a
/// list of values.
macro_rules! filter {
    ($(#[$doc:meta])* pub struct $name:ident of $id:ident {
        $($(#[$parameter_doc:meta])* $parameter:ident $(= $wire:literal)? : $type:tt,)*
    }) => {
        $(#[$doc])*
        ///
        /// A list of values may have any length. It is sent in batches of 50, Greenhouse's limit
        /// (documented). An empty list matches nothing and sends no request. `Debug` shows only the
        /// names of the parameters.
        #[derive(Clone, Default)]
        #[must_use]
        pub struct $name {
            pub(crate) query: $crate::client::Query,
        }

        impl $name {
            /// Creates a filter that matches every row that the acting user can see.
            pub fn new() -> Self {
                Self::default()
            }

            /// Filters by id.
            pub fn ids(mut self, ids: impl IntoIterator<Item = $id>) -> Self {
                self.query.set_list("ids", ids);
                self
            }

            /// Filters by creation time. Greenhouse does not accept this filter together with
            /// [`updated_at`](Self::updated_at) (documented).
            pub fn created_at(mut self, times: $crate::api::TimeRange) -> Self {
                self.query.set_times("created_at", times);
                self
            }

            /// Filters by the time of the last change.
            pub fn updated_at(mut self, times: $crate::api::TimeRange) -> Self {
                self.query.set_times("updated_at", times);
                self
            }

            /// Sets the number of rows per page, clamped to the range from 1 to 500 (official
            /// description). Default: 500, because each page counts against the rate limit.
            pub fn page_size(mut self, rows: u16) -> Self {
                self.query.page_size = rows.clamp(1, $crate::client::MAX_PAGE_SIZE);
                self
            }

            /// Requests only these members of each row, at most 50 (official description). The id
            /// is always included.
            pub fn fields<S: AsRef<str>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
                self.query.set_fields(names);
                self
            }

            $($crate::api::filter::parameter! {
                $(#[$parameter_doc])* $parameter $type, $crate::api::row::wire!($parameter $($wire)?)
            })*
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.query).finish()
            }
        }
    };
}

macro_rules! parameter {
    ($(#[$doc:meta])* $name:ident TimeRange, $wire:expr) => {
        $(#[$doc])*
        pub fn $name(mut self, times: $crate::api::TimeRange) -> Self {
            self.query.set_times($wire, times);
            self
        }
    };
    ($(#[$doc:meta])* $name:ident [$type:ty], $wire:expr) => {
        $(#[$doc])*
        pub fn $name(mut self, values: impl IntoIterator<Item = $type>) -> Self {
            self.query.set_list($wire, values);
            self
        }
    };
    ($(#[$doc:meta])* $name:ident $type:ty, $wire:expr) => {
        $(#[$doc])*
        pub fn $name(mut self, value: impl Into<$type>) -> Self {
            self.query.set($wire, value.into());
            self
        }
    };
}

pub(crate) use {filter, parameter};
