use std::fmt;

use greenhouse_core::UserId;

use super::{EmailAddress, PhoneNumber, PostalAddress, SocialMediaAddress, WebsiteAddress};
use crate::api::{NewCustomFieldValue, body::body};

body! {
    /// What to change of a person (documented; no official description of the body). Debug shows no personal data.
    ///
    /// What is `None` stays as it is. A list **replaces** what there is, all of it (documented), so an empty one removes
    /// everything: to add one address, read the person and send all its addresses with the new one.
    #[derive(Default)]
    pub struct UpdateCandidate, pub fn new {
        optional {
            /// The given name.
            first_name: String,
            /// The family name.
            last_name: String,
            /// What the person is called. An empty text clears it (one client only).
            preferred_name: String,
            /// The present employer. An empty text clears it (one client only).
            company: String,
            /// The present position. An empty text clears it (one client only).
            title: String,
            /// The time zone.
            time_zone: String,
            /// Whether only some users may see the person. Rows call it `private`.
            is_private: bool,
            /// Whether e-mails may be sent to the person.
            can_email: bool,
            /// Every e-mail address.
            email_addresses: Vec<EmailAddress>,
            /// Every telephone number.
            phone_numbers: Vec<PhoneNumber>,
            /// Every postal address.
            addresses: Vec<PostalAddress>,
            /// Every web page.
            website_addresses: Vec<WebsiteAddress>,
            /// Every address in social networks.
            social_media_addresses: Vec<SocialMediaAddress>,
            /// Every tag, by name.
            tags: Vec<String>,
            /// Every user who is the same person (one client only).
            linked_user_ids: Vec<UserId>,
            /// The values of every custom field: two clients treat this as replacing, too (neither observed nor documented).
            /// [`Candidate::custom_fields_with`](super::Candidate::custom_fields_with) gives the whole set.
            custom_fields: Vec<NewCustomFieldValue>,
        }
    }
}

impl fmt::Debug for UpdateCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateCandidate").finish_non_exhaustive()
    }
}
