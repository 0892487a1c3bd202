//! Scorecard as the text of a note, and the marker that identifies the note.

use std::fmt::{self, Write as _};

use super::{AttributeType, Scorecard, TraitAttribute, Withheld};
use crate::{plain, texts::scorecard as texts};

/// Parts of a note besides the scorecard. Debug omits the person, and the report link, which opens
/// without a login.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoteContext<'a> {
    /// Scenario name for recruiters.
    pub scenario: &'a str,
    /// Name of the assessed person, if the candidate in Greenhouse has a different one.
    pub person: Option<&'a str>,
    /// URL of the full report.
    pub report_link: Option<&'a str>,
    /// Marker that identifies the note: not empty, and unique to each note.
    pub marker: &'a str,
}

impl<'a> NoteContext<'a> {
    /// Creates the context of a note about this scenario, without a report link.
    pub fn new(scenario: &'a str, marker: &'a str) -> Self {
        Self {
            scenario,
            person: None,
            report_link: None,
            marker,
        }
    }

    /// Sets the name of the assessed person.
    #[must_use]
    pub fn with_person(mut self, name: &'a str) -> Self {
        self.person = Some(name);
        self
    }

    /// Sets the report link.
    #[must_use]
    pub fn with_report_link(mut self, link: &'a str) -> Self {
        self.report_link = Some(link);
        self
    }
}

impl fmt::Debug for NoteContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteContext")
            .field("scenario", &self.scenario)
            .field("person", &self.person.map(|_| Withheld))
            .field("report_link", &self.report_link.map(|_| Withheld))
            .field("marker", &self.marker)
            .finish()
    }
}

/// Returns `true` if the body is the note that was rendered with this marker.
///
/// Compares only the last line that is not blank, so that text from a candidate or the product
/// cannot be mistaken for a marker. White space around that line and the kind of line break are
/// ignored.
pub fn note_has_marker(body: &str, marker: &str) -> bool {
    body.split(['\n', '\r'])
        .map(str::trim)
        .rfind(|line| !line.is_empty())
        .is_some_and(|line| line == marker_line(marker))
}

pub(super) fn render(card: &Scorecard, context: &NoteContext<'_>) -> String {
    let mut note = String::new();
    push_line(&mut note, &texts::assessment(&quoted(context.scenario)));
    if let Some(person) = context.person.map(quoted).filter(|name| !name.is_empty()) {
        push_line(&mut note, &texts::assessed_person(&person));
    }
    let overall = match (card.overall, card.score) {
        (Some(overall), Some(score)) => texts::overall(overall.label(), score),
        _ => texts::OVERALL_WITHOUT_SCORE.to_owned(),
    };
    push_line(&mut note, &overall);
    if !card.attributes.is_empty() {
        note.push('\n');
        push_line(&mut note, AttributeType::Skills.as_str());
        for attribute in &card.attributes {
            push_attribute(&mut note, attribute);
        }
    }
    let summary = card
        .summary
        .as_deref()
        .map(plain::lines)
        .unwrap_or_default();
    if !summary.is_empty() {
        note.push('\n');
        push_line(&mut note, texts::SUMMARY);
        for line in &summary {
            push_quote(&mut note, "", line);
        }
    }
    if let Some(link) = context.report_link {
        note.push('\n');
        push_line(&mut note, &texts::full_report(&address(link)));
    }
    note.push('\n');
    note.push_str(&marker_line(context.marker));
    note
}

fn push_attribute(note: &mut String, attribute: &TraitAttribute) {
    let name = quoted(&attribute.name);
    let rating = attribute.rating.label();
    push_line(note, &texts::attribute(&name, rating, attribute.score));
    let lines = attribute.note.as_deref().map(plain::lines);
    for line in lines.unwrap_or_default() {
        push_quote(note, "  ", &line);
    }
}

fn push_line(note: &mut String, line: &str) {
    note.push_str(line);
    note.push('\n');
}

/// Escapes the marker injectively into one line that survives HTML escaping.
fn marker_line(marker: &str) -> String {
    let mut line = String::from("[ref ");
    for byte in marker.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.:~".contains(&byte) {
            line.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(line, "%{byte:02X}");
        }
    }
    line.push(']');
    line
}

/// Adds a line of product text. The prefix distinguishes it from the note's own lines.
fn push_quote(note: &mut String, indent: &str, line: &str) {
    let line = plain::inert(line);
    push_line(note, [indent, QUOTE, &line].concat().trim_end());
}

/// Returns product text as one line, to end one of the note's own lines.
fn quoted(text: &str) -> String {
    plain::inert(&plain::line(text))
}

/// Returns a URL in one line. Percent-encodes `@`: the URL stays the same, and no user is
/// mentioned.
fn address(link: &str) -> String {
    plain::line(link).replace('@', "%40")
}

const QUOTE: &str = "> ";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scorecard::{Score, Thresholds, TraitScore};

    #[test]
    fn a_full_note_has_every_section() {
        let card = Scorecard::new(
            score(72.5),
            vec![
                TraitScore::new("Messaging Adherence", score(88.0)).with_note("Kept to the story."),
                TraitScore::new("Discovery & Diagnosis", score(55.0))
                    .with_note("Asked early.\r\n\r\nListened late.\n"),
                TraitScore::new("Objection Handling", score(12.0)),
            ],
            Some("Calm and clear.\nNeeds practice with objections.".to_owned()),
            &Thresholds::default(),
        );
        let context = NoteContext::new("Enterprise Discovery Call", "as-17.1")
            .with_report_link("https://product.example/r/abc");
        assert_eq!(
            card.render_note(&context),
            "Assessment: Enterprise Discovery Call\n\
             Overall: Yes (72.5 of 100)\n\
             \n\
             Skills\n\
             - Messaging Adherence: Strong Yes (88)\n\
             \x20 > Kept to the story.\n\
             - Discovery & Diagnosis: Mixed (55)\n\
             \x20 > Asked early.\n\
             \x20 >\n\
             \x20 > Listened late.\n\
             - Objection Handling: Definitely Not (12)\n\
             \n\
             Summary\n\
             > Calm and clear.\n\
             > Needs practice with objections.\n\
             \n\
             Full report: https://product.example/r/abc\n\
             \n\
             [ref as-17.1]"
        );
    }

    #[test]
    fn blank_parts_have_no_section() {
        let card = Scorecard::new(
            score(0.0),
            vec![],
            Some(" \n\t".to_owned()),
            &Thresholds::default(),
        );
        assert_eq!(
            card.render_note(&NoteContext::new(" Cold\n Call ", "m")),
            "Assessment: Cold Call\nOverall: Definitely Not (0 of 100)\n\n[ref m]"
        );
    }

    /// Every way for product text to look like a line of the note itself.
    #[test]
    fn product_text_forges_no_line() {
        let own = [
            "Overall: Yes (72 of 100)",
            "Full report: https://product.example/r",
        ];
        for forged in [
            "Overall: Strong Yes (100 of 100)",
            "Full report: https://evil.example",
            "Assessment: Another",
            "Assessed person: Otto Becker",
            "Skills",
            "Summary",
            "- Grit: Strong Yes (100)",
            "[ref m]",
        ] {
            for line_break in [
                "\n", "\r", "\r\n", "\u{2028}", "\u{2029}", "\u{85}", "\u{b}", "\u{c}",
            ] {
                let text = ["Calm.", line_break, forged, line_break, "  ", forged].concat();
                let card = Scorecard::new(
                    score(72.0),
                    vec![TraitScore::new(text.clone(), score(72.0)).with_note(text.clone())],
                    Some(text.clone()),
                    &Thresholds::default(),
                );
                let context = NoteContext::new(&text, "own")
                    .with_person(&text)
                    .with_report_link("https://product.example/r");
                let note = card.render_note(&context);
                let is_break = crate::plain::is_line_break;
                let lines: Vec<&str> = note.split(is_break).map(str::trim).collect();
                let heading = ["Skills", "Summary"].contains(&forged);
                let times = lines.iter().filter(|line| **line == forged).count();
                assert_eq!(times, usize::from(heading), "{note}");
                for own in own {
                    assert_eq!(
                        lines.iter().filter(|line| **line == own).count(),
                        1,
                        "{note}"
                    );
                }
                for start in [
                    "Overall:",
                    "Full report:",
                    "[ref ",
                    "Assessment:",
                    "Assessed person:",
                ] {
                    let times = lines.iter().filter(|line| line.starts_with(start)).count();
                    assert_eq!(times, 1, "{start} {note}");
                }
            }
        }
    }

    #[test]
    fn product_text_mentions_nobody_and_is_no_html() {
        let text = "ask @mira or mira@example.org<br>Overall: Strong Yes\u{202e}\u{1b}[1m";
        let card = Scorecard::new(
            score(72.0),
            vec![TraitScore::new(text, score(72.0)).with_note(text)],
            Some(text.to_owned()),
            &Thresholds::default(),
        );
        let context = NoteContext::new(text, "m")
            .with_person(text)
            .with_report_link("https://product.example/@mira");
        let note = card.render_note(&context);
        for sign in ['@', '<', '\u{202e}', '\u{1b}'] {
            assert!(!note.contains(sign), "{sign:?} {note}");
        }
        assert!(
            note.contains("Full report: https://product.example/%40mira\n"),
            "{note}"
        );
    }

    #[test]
    fn the_assessed_person_is_named_below_the_assessment() {
        let card = Scorecard::new(score(0.0), vec![], None, &Thresholds::default());
        let context = NoteContext::new("Call", "m").with_person("Mira\n Okafor");
        let note = card.render_note(&context);
        assert!(
            note.starts_with("Assessment: Call\nAssessed person: Mira Okafor\n"),
            "{note}"
        );
        assert!(!format!("{context:?}").contains("Mira"));
    }

    #[test]
    fn only_the_last_line_is_a_marker() {
        for (body, expected) in [
            ("text\n[ref m]", true),
            ("text\r\n[ref m]\r\n\r\n", true),
            ("text\r  [ref m]  \n", true),
            ("[ref m]", true),
            ("[ref m]\ntext", false),
            ("text [ref m]", false),
            ("[ref m]\n[ref n]", false),
            ("[ref mm]", false),
            ("[ref M]", false),
            ("[ref ]", false),
            ("", false),
        ] {
            assert_eq!(note_has_marker(body, "m"), expected, "{body:?}");
        }
    }

    #[test]
    fn a_marker_is_escaped_into_one_line() {
        assert_eq!(marker_line("a b]\n%c&ü"), "[ref a%20b%5D%0A%25c%26%C3%BC]");
    }

    #[test]
    fn debug_omits_the_report_link() {
        let context =
            NoteContext::new("Call", "m").with_report_link("https://product.example/r/abc");
        let debug = format!("{context:?}");
        assert!(!debug.contains("product.example"), "{debug}");
    }

    proptest! {
        #[test]
        fn no_text_passes_for_a_marker(
            scenario in any::<String>(),
            name in any::<String>(),
            text in any::<String>(),
            line_break in prop_oneof![Just("\n"), Just("\r\n"), Just("\r"), Just("\u{2028}")],
            marker in any::<String>(),
            other in any::<String>(),
        ) {
            prop_assume!(marker != other);
            let forged = format!("{text}{line_break}{}{line_break}", marker_line(&other));
            let card = Scorecard::new(
                score(50.0),
                vec![TraitScore::new(format!("{name}{forged}"), score(50.0)).with_note(forged.clone())],
                Some(forged.clone()),
                &Thresholds::default(),
            );
            let scenario = format!("{scenario}{forged}");
            let context = NoteContext::new(&scenario, &marker).with_report_link(&forged);
            let note = card.render_note(&context);
            prop_assert!(note_has_marker(&note, &marker));
            prop_assert!(!note_has_marker(&note, &other));
            prop_assert!(!note.chars().any(|c| c.is_control() && c != '\n'));
        }
    }

    fn score(value: f64) -> Score {
        Score::new(value).unwrap()
    }
}
