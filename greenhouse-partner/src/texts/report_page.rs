//! Plain-text pages that a browser shows if a report link cannot be opened.

use super::refusal::Refusal;

pub(crate) const EXPIRED: Refusal = Refusal {
    code: "report_link_expired",
    text: "This report link is no longer valid. Ask the person who sent it for a new one.\n",
};

pub(crate) const NOT_FOUND: Refusal = Refusal {
    code: "report_not_found",
    text: "There is no report at this address.\n",
};

pub(crate) const UNAVAILABLE: Refusal = Refusal {
    code: "report_unavailable",
    text: "The report is temporarily unavailable. Try again in a few minutes.\n",
};
