//! The ways to reach a person, as they are written.

use std::fmt;

use serde::Serialize;

use crate::api::words::words;

/// A kind of address: its value and what kind it is, both required. Debug shows the kind only.
macro_rules! contact {
    ($($(#[$doc:meta])* $name:ident of $kind:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize)]
        #[non_exhaustive]
        pub struct $name {
            /// The address or number.
            pub value: String,
            /// What kind it is.
            #[serde(rename = "type")]
            pub kind: $kind,
        }

        impl $name {
            /// One of this kind.
            pub fn new(kind: $kind, value: impl Into<String>) -> Self {
                Self {
                    value: value.into(),
                    kind,
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("kind", &self.kind)
                    .finish_non_exhaustive()
            }
        }
    )*};
}

contact! {
    /// An e-mail address to write (documented).
    EmailAddress of EmailKind;
    /// A telephone number to write (documented).
    PhoneNumber of PhoneKind;
    /// A postal address to write (documented).
    PostalAddress of AddressKind;
    /// The address of a web page to write (documented).
    WebsiteAddress of WebsiteKind;
}

impl EmailAddress {
    /// A personal address.
    pub fn personal(value: impl Into<String>) -> Self {
        Self::new(EmailKind::Personal, value)
    }
}

/// An address in a social network to write, which has no kind (documented). Debug withholds it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SocialMediaAddress {
    /// The address or name.
    pub value: String,
}

impl SocialMediaAddress {
    /// This address.
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
        }
    }
}

impl fmt::Debug for SocialMediaAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocialMediaAddress").finish_non_exhaustive()
    }
}

words! {
    /// Kinds of e-mail addresses (documented).
    pub enum EmailKind {
        /// The person's own.
        Personal = "personal",
        /// At work.
        Work = "work",
        /// `other`.
        Unspecified = "other",
    }
}

words! {
    /// Kinds of telephone numbers (documented).
    pub enum PhoneKind {
        /// At home.
        Home = "home",
        /// At work.
        Work = "work",
        /// A mobile phone.
        Mobile = "mobile",
        /// A name in Skype.
        Skype = "skype",
        /// `other`.
        Unspecified = "other",
    }
}

words! {
    /// Kinds of postal addresses (documented).
    pub enum AddressKind {
        /// At home.
        Home = "home",
        /// At work.
        Work = "work",
        /// `other`.
        Unspecified = "other",
    }
}

words! {
    /// Kinds of web pages (documented).
    pub enum WebsiteKind {
        /// The person's own.
        Personal = "personal",
        /// The company's.
        Company = "company",
        /// A portfolio.
        Portfolio = "portfolio",
        /// A blog.
        Blog = "blog",
        /// `other`.
        Unspecified = "other",
    }
}
