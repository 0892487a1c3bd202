use super::catalogue;

catalogue! {
    /// Texts of the section of the push triggers.
    TriggersTexts {
        lead: "Which completed assessments are pushed without a click.",
        kind: "Push automatically",
        manual: "Never, only by hand",
        on_complete: "Each completed assessment",
        on_score: "Each completed assessment with a minimum score",
        minimum: "Minimum score",
        minimum_hint: "From 0 to 100. Used only with a minimum score.",
        inclusive: "Also push a score equal to the minimum",
        invited: "The trigger does not concern tests that Greenhouse sends, because Greenhouse receives their results anyway. The section Results can add them to the applications.",
        failure: "A push waits while Greenhouse or the product is unavailable. A failed push is never retried automatically, because it could have written to Greenhouse. It appears in the activity with the reason and a button to retry it.",
        open_activity: "Open the activity",
        estimate: "What each choice would have pushed",
        estimate_hint: "Counts the assessments of the last 30 days. Nothing is pushed.",
        estimate_button: "Estimate",
        estimating: "Counting…",
        estimate_failed: "The assessments could not be counted. {reason}",
        estimate_caption: "Assessments of the last {days} days",
        column_choice: "Choice",
        column_pushed: "Pushed",
        column_rest: "Not pushed",
        from_minimum: "Score of at least {minimum}",
        above_minimum: "Score above {minimum}",
        none_left: "None",
        incomplete: "Not all assessments were counted, because there are many or the product responded slowly. The oldest ones were counted first.",
        pushed: "{count} of {completed}",
        below_minimum: "{count} below the minimum",
        without_score: "{count} without a score",
        requested: "{count} requested by Greenhouse",
        by_hand: "{count} left to push by hand",
        unread: "{count} that the product did not return",
    }
}
