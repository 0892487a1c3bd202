//! A person's contact data in request bodies.

use std::fmt;

use serde::Serialize;

use crate::api::words::words;

/// Defines a type of contact with a value and a kind, both required. `Debug` shows only the kind.
macro_rules! contact {
    ($($(#[$doc:meta])* $name:ident of $kind:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize)]
        #[non_exhaustive]
        pub struct $name {
            /// Address or number.
            pub value: String,
            /// Kind of the contact.
            #[serde(rename = "type")]
            pub kind: $kind,
        }

        impl $name {
            /// Creates a contact of this kind.
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
    /// Email address in a request body (documented).
    EmailAddress of EmailKind;
    /// Phone number in a request body (documented).
    PhoneNumber of PhoneKind;
    /// Postal address in a request body (documented).
    PostalAddress of AddressKind;
    /// Web page in a request body (documented).
    WebsiteAddress of WebsiteKind;
}

impl EmailAddress {
    /// Creates a personal address.
    pub fn personal(value: impl Into<String>) -> Self {
        Self::new(EmailKind::Personal, value)
    }
}

/// Social media address in a request body. It has no kind (documented). `Debug` withholds the
/// value.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SocialMediaAddress {
    /// Address or user name.
    pub value: String,
}

impl SocialMediaAddress {
    /// Creates an address.
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
    /// Kinds of email addresses (documented).
    pub enum EmailKind {
        /// Personal.
        Personal = "personal",
        /// Work.
        Work = "work",
        /// No particular kind: `other`.
        Unspecified = "other",
    }
}

words! {
    /// Kinds of phone numbers (documented).
    pub enum PhoneKind {
        /// Home.
        Home = "home",
        /// Work.
        Work = "work",
        /// Mobile phone.
        Mobile = "mobile",
        /// Skype name.
        Skype = "skype",
        /// No particular kind: `other`.
        Unspecified = "other",
    }
}

words! {
    /// Kinds of postal addresses (documented).
    pub enum AddressKind {
        /// Home.
        Home = "home",
        /// Work.
        Work = "work",
        /// No particular kind: `other`.
        Unspecified = "other",
    }
}

words! {
    /// Kinds of web pages (documented).
    pub enum WebsiteKind {
        /// Personal.
        Personal = "personal",
        /// Company.
        Company = "company",
        /// Portfolio.
        Portfolio = "portfolio",
        /// Blog.
        Blog = "blog",
        /// No particular kind: `other`.
        Unspecified = "other",
    }
}
