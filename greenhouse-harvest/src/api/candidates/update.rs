use std::fmt;

use greenhouse_core::UserId;

use super::{EmailAddress, PhoneNumber, PostalAddress, SocialMediaAddress, WebsiteAddress};
use crate::api::{NewCustomFieldValue, body::body};

body! {
    /// Changes to a person (documented; no official description of the body). `Debug` shows no
    /// personal data.
    ///
    /// `None` leaves a member unchanged. A list **replaces** the existing list (documented), so an
    /// empty list removes everything. To add one address, read the person and send all existing
    /// addresses together with the new one.
    #[derive(Default)]
    pub struct UpdateCandidate, pub fn new {
        optional {
            /// Given name.
            first_name: String,
            /// Family name.
            last_name: String,
            /// Preferred name. An empty text clears the value (one client only).
            preferred_name: String,
            /// Current employer. An empty text clears the value (one client only).
            company: String,
            /// Current position. An empty text clears the value (one client only).
            title: String,
            /// Time zone.
            time_zone: String,
            /// `true` if only some users can see the person. Rows call this member `private`.
            is_private: bool,
            /// `true` if emails may be sent to the person.
            can_email: bool,
            /// All email addresses.
            email_addresses: Vec<EmailAddress>,
            /// All phone numbers.
            phone_numbers: Vec<PhoneNumber>,
            /// All postal addresses.
            addresses: Vec<PostalAddress>,
            /// All web pages.
            website_addresses: Vec<WebsiteAddress>,
            /// All social media addresses.
            social_media_addresses: Vec<SocialMediaAddress>,
            /// All tags, by name.
            tags: Vec<String>,
            /// All users who are the same person (one client only).
            linked_user_ids: Vec<UserId>,
            /// Values of all custom fields. Two clients assume that this list also replaces the
            /// existing list (neither observed nor documented).
            /// [`Candidate::custom_fields_with`](super::Candidate::custom_fields_with) returns the
            /// complete list.
            custom_fields: Vec<NewCustomFieldValue>,
        }
    }
}

impl fmt::Debug for UpdateCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateCandidate").finish_non_exhaustive()
    }
}
