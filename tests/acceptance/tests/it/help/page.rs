//! Parses the help page.

use std::collections::BTreeSet;

/// The help page.
pub(super) struct Page {
    /// Anchors of all entries, in the order of the page.
    pub(super) anchors: Vec<String>,
    /// Names of the sections, in the form in which links refer to them.
    pub(super) sections: BTreeSet<String>,
    /// Anchors or sections to which links on the page refer.
    pub(super) links: BTreeSet<String>,
    pub(super) entries: Vec<Entry>,
}

/// An entry: its anchors, its heading and its parts.
pub(super) struct Entry {
    pub(super) title: String,
    pub(super) body: String,
}

/// The parts of an entry, in their order.
const PARTS: [&str; 3] = [
    "**What you see:** ",
    "**Why it happens:** ",
    "**What to do:**",
];

impl Page {
    /// Parses the page. Fails if an anchor has no heading, or a heading has no anchor.
    pub(super) fn parse(text: &str) -> Self {
        let mut page = Self {
            anchors: Vec::new(),
            sections: BTreeSet::new(),
            links: links(text),
            entries: Vec::new(),
        };
        let (mut has_anchor, mut is_entry) = (false, false);
        for line in text.lines() {
            if let Some(anchor) = anchor(line) {
                page.anchors.push(anchor.to_owned());
                (has_anchor, is_entry) = (true, false);
            } else if let Some(title) = line.strip_prefix("### ") {
                assert!(has_anchor, "the entry \"{title}\" has no anchor");
                page.entries.push(Entry {
                    title: title.to_owned(),
                    body: String::new(),
                });
                (has_anchor, is_entry) = (false, true);
            } else if let Some(section) = line.strip_prefix("## ") {
                assert!(!has_anchor, "an anchor before the section \"{section}\"");
                page.sections.insert(slug(section));
                is_entry = false;
            } else if !line.is_empty() {
                assert!(!has_anchor, "an anchor before \"{line}\"");
                assert!(!line.contains("<a id="), "an anchor in \"{line}\"");
                if let Some(entry) = page.entries.last_mut().filter(|_| is_entry) {
                    entry.body += line;
                    entry.body.push('\n');
                }
            }
        }
        page
    }
}

impl Entry {
    /// Returns `true` if the entry has each part once and in order, with text, and steps at the
    /// end.
    pub(super) fn is_complete(&self) -> bool {
        let mut rest = &*self.body;
        let mut before = Vec::new();
        for part in PARTS {
            let Some((text, after)) = rest.split_once(part) else {
                return false;
            };
            before.push(text.trim());
            rest = after;
        }
        let is_once = PARTS
            .iter()
            .all(|part| self.body.matches(part).count() == 1);
        let [first, see, why] = &*before else {
            return false;
        };
        is_once
            && first.is_empty()
            && !see.is_empty()
            && !why.is_empty()
            && rest.starts_with("\n1. ")
    }
}

fn anchor(line: &str) -> Option<&str> {
    line.strip_prefix("<a id=\"")?.strip_suffix("\"></a>")
}

fn links(text: &str) -> BTreeSet<String> {
    let links = text.split("](#").skip(1);
    let links = links.filter_map(|rest| rest.split(')').next());
    links.map(str::to_owned).collect()
}

fn slug(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|letter| letter.is_alphanumeric() || *letter == ' ');
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn an_entry_has_three_parts() {
    let part = |name: &str, text: &str| format!("**{name}:** {text}\n");
    let (see, why) = (part("What you see", "It."), part("Why it happens", "So."));
    let steps = "**What to do:**\n1. Do.\n".to_owned();
    for (parts, expected) in [
        (vec![&see, &why, &steps], true),
        (vec![&see, &steps], false),
        (vec![&why, &see, &steps], false),
        (vec![&see, &see, &why, &steps], false),
        (vec![&see, &why], false),
    ] {
        let body: String = parts.into_iter().cloned().collect();
        let title = "Title".to_owned();
        assert_eq!(
            Entry {
                title,
                body: body.clone()
            }
            .is_complete(),
            expected,
            "{body}"
        );
    }
}
