//! Words of `anonymized_fields`, and the stored data that each word covers.

use std::collections::BTreeSet;

use self::ErasedPart::{
    Bodies, EmailAddress, Names, PhoneNumber, ResumeLink, Stage, UnknownMembers,
};

/// Part of a person's stored data that can be erased separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErasedPart {
    /// Given, family and preferred name in invitations.
    Names,
    /// E-mail address in invitations, and keys derived from it in invitations and pushes.
    EmailAddress,
    /// Phone number in invitations.
    PhoneNumber,
    /// Link to the résumé in invitations.
    ResumeLink,
    /// Members of a `send_test` request whose meaning is unknown.
    UnknownMembers,
    /// Last known stage of linked applications.
    Stage,
    /// Raw bodies of webhooks. Later bodies are not kept either, because deliveries can be late.
    Bodies,
}

impl ErasedPart {
    /// All parts.
    pub const ALL: [Self; 7] = [
        Self::Names,
        Self::EmailAddress,
        Self::PhoneNumber,
        Self::ResumeLink,
        Self::UnknownMembers,
        Self::Stage,
        Self::Bodies,
    ];

    /// Name for logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::EmailAddress => "email address",
            Self::PhoneNumber => "phone number",
            Self::ResumeLink => "link to the résumé",
            Self::UnknownMembers => "other members of invitations",
            Self::Stage => "known stage",
            Self::Bodies => "webhook bodies",
        }
    }
}

/// Returns the words if all of them are known. Returns `None`, which erases everything, if a word
/// is unknown or if there are no words.
pub(super) fn all_known(words: BTreeSet<String>) -> Option<BTreeSet<String>> {
    let is_known = |word: &String| parts_of(word).is_some();
    (!words.is_empty() && words.iter().all(is_known)).then_some(words)
}

/// Returns `true` if the word covers this part. An unknown word covers every part.
pub(super) fn names(word: &str, part: ErasedPart) -> bool {
    parts_of(word).is_none_or(|parts| parts.contains(&part))
}

fn parts_of(word: &str) -> Option<&'static [ErasedPart]> {
    let known = WORDS.iter().find(|(known, _)| *known == word);
    known.map(|(_, parts)| *parts)
}

/// Official list of words. A body is always erased as a whole, so a word covers `Bodies` if the
/// published bodies contain such data.
const WORDS: [(&str, &[ErasedPart]); 42] = [
    ("activity_items", &[]),
    ("addresses", &[UnknownMembers, Bodies]),
    ("all_offer_versions", &[Bodies]),
    ("application_questions", &[]),
    ("attachments", &[ResumeLink, UnknownMembers, Bodies]),
    ("candidate_stage_data", &[Stage, Bodies]),
    ("coordinator", &[Bodies]),
    ("credited_to", &[Bodies]),
    ("current_company", &[Bodies]),
    ("current_title", &[Bodies]),
    ("custom_application_fields", &[UnknownMembers, Bodies]),
    ("custom_candidate_fields", &[UnknownMembers, Bodies]),
    ("custom_rejection_question_fields", &[Bodies]),
    ("education", &[Bodies]),
    ("email_addresses", &[EmailAddress, UnknownMembers, Bodies]),
    // E-mails that were sent through Greenhouse, not the address.
    ("emails", &[]),
    ("employment", &[Bodies]),
    ("follow_up_reminders", &[]),
    ("full_name", &[Names, UnknownMembers, Bodies]),
    ("headline", &[]),
    ("inmails", &[]),
    ("innotes", &[]),
    ("location", &[Bodies]),
    ("notes", &[]),
    ("offers", &[Bodies]),
    ("phone_numbers", &[PhoneNumber, UnknownMembers, Bodies]),
    ("prospect_jobs", &[Bodies]),
    ("prospect_offices", &[Bodies]),
    ("prospect_offices_and_departments", &[Bodies]),
    ("prospect_owner", &[Bodies]),
    ("prospect_pool_and_stage", &[Bodies]),
    ("recruiter", &[Bodies]),
    ("referral_questions", &[]),
    ("rejection_notes", &[]),
    ("rejection_reasons", &[Bodies]),
    ("scorecards_and_interviews", &[Bodies]),
    ("social_media_links", &[UnknownMembers, Bodies]),
    ("source", &[Bodies]),
    ("tags", &[Bodies]),
    ("third_party_integrations", &[]),
    ("touchpoints", &[]),
    ("websites", &[UnknownMembers, Bodies]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_and_unique() {
        assert!(WORDS.is_sorted_by(|one, next| one.0 < next.0));
    }
}
