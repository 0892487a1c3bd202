//! Forms in which a push writes the scorecard, for the end of its log entry.

/// Scorecard as a note, for one of the reasons below.
pub(crate) fn note(reason: &str) -> String {
    format!("scorecard as a note ({reason})")
}

/// Scorecard without ratings, for one of the reasons below.
pub(crate) fn scorecard_as_text(reason: &str) -> String {
    format!("scorecard with the traits in its text ({reason})")
}

/// Scorecard with ratings. `unrated` lists the traits without a rating. `rejected` is `true` if
/// Greenhouse rejected some ratings.
pub(crate) fn rated_scorecard(ratings: usize, unrated: &[String], rejected: bool) -> String {
    let plural = if ratings == 1 { "" } else { "s" };
    let mut text = format!("scorecard with {ratings} rating{plural}");
    if !unrated.is_empty() {
        let reason = if rejected {
            "Greenhouse rejected the ratings, or the job has no attributes with these names"
        } else {
            "the job has no attributes with these names"
        };
        text += &format!(", without ratings for {} ({reason})", unrated.join(", "));
    }
    text
}

pub(crate) fn scope_missing(scope: &str) -> String {
    format!("the credential lacks the scope {scope}")
}

pub(crate) fn scorecard_rejected(status: u16) -> String {
    format!("Greenhouse rejected the scorecard with status {status}")
}

pub(crate) const AS_SET_IN_SETTINGS: &str = "as set in the push settings";
pub(crate) const SCOPES_UNKNOWN: &str = "Greenhouse did not list the credential's scopes";
pub(crate) const NO_JOB: &str = "the application's job is unknown";
pub(crate) const NO_KIT: &str = "the job has no interview kit";
pub(crate) const NO_ATTRIBUTES: &str = "the job has no attributes for the traits";
pub(crate) const NO_ACTING_USER: &str = "the acting user is unknown";
pub(crate) const NOT_PERMITTED: &str = "the credential is not allowed to write scorecards";
pub(crate) const RATINGS_HIDDEN: &str = "Greenhouse did not return the ratings of the scorecard";
