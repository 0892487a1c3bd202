use super::catalogue;

catalogue! {
    /// Texts of the page `button`, which pushes one assessment.
    ButtonTexts {
        title: "Push to Greenhouse",
        push: "Push to Greenhouse",
        pushing: "Pushing…",
        pushed: "In Greenhouse",
        waiting: "Waiting: {reason}",
        next_attempt: "Next attempt:",
        try_now: "Try now",
        failed: "Failed: {reason}",
        retry: "Retry",
        retry_after: "You can retry after",
        choose: "Choose the candidate",
        details: "Show the steps",
        not_completed: "Not completed yet",
        not_completed_text: "The assessment can be pushed when the candidate has finished.",
        switched_off: "The push to Greenhouse is switched off.",
        open_settings: "Open the push settings",
        unknown: "The product does not have this assessment.",
        not_possible: "It cannot be pushed: {reason}",
        refused: "It was not pushed: {reason}",
        unavailable: "The state is unknown: {reason}",
        check_again: "Check again",
    }
}
