//! JSON with control over its notation: order, escapes, whitespace, and members that have drifted.

use serde_json::Value;

use super::chance::Chance;

#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// A number, `true`, `false`, `null`, or an invalid token in their place.
    Raw(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Path of a value: names of members, and `*` for an element of a list.
pub(crate) type Path = Vec<String>;

impl Node {
    pub(crate) fn read(body: &[u8]) -> Self {
        Self::of(serde_json::from_slice(body).unwrap())
    }

    fn of(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            Value::Array(list) => Self::List(list.into_iter().map(Self::of).collect()),
            Value::Object(members) => {
                let members = members.into_iter();
                Self::Object(
                    members
                        .map(|(name, value)| (name, Self::of(value)))
                        .collect(),
                )
            }
            other => Self::Raw(other.to_string()),
        }
    }

    /// Changes, removes or duplicates one value. Returns its path.
    pub(crate) fn drift(&mut self, chance: &mut Chance) -> Path {
        let mut path = Path::new();
        self.drift_within(&mut path, chance);
        path
    }

    fn drift_within(&mut self, path: &mut Path, chance: &mut Chance) {
        let goes_on = path.len() < 2 || chance.below(3) > 0;
        match self {
            Self::Object(members) if !members.is_empty() && goes_on => {
                let at = chosen(members, chance);
                path.push(members[at].0.clone());
                match chance.below(12) {
                    0 | 1 => {
                        members.remove(at);
                    }
                    2 => {
                        let twin = (members[at].0.clone(), other(&members[at].1, chance));
                        members.insert(chance.below(members.len()), twin);
                    }
                    _ => members[at].1.drift_within(path, chance),
                }
            }
            Self::List(list) if !list.is_empty() && goes_on => {
                path.push("*".to_owned());
                let at = chance.below(list.len());
                match chance.below(6) {
                    0 => {
                        list.remove(at);
                    }
                    _ => list[at].drift_within(path, chance),
                }
            }
            _ => *self = other(self, chance),
        }
    }

    pub(crate) fn write(&self, chance: &mut Chance) -> String {
        let style = Style {
            blanks: chance.below(3) == 0,
            escapes: chance.of(&[0, 0, 10, 100]),
            shuffles: chance.below(2) == 0,
        };
        let mut written = String::new();
        self.write_to(&mut written, &style, chance);
        written
    }

    fn write_to(&self, to: &mut String, style: &Style, chance: &mut Chance) {
        match self {
            Self::Raw(raw) => to.push_str(raw),
            Self::Text(text) => write_text(text, to, style, chance),
            Self::List(list) => {
                to.push('[');
                for (at, value) in list.iter().enumerate() {
                    style.separate(at, to, chance);
                    value.write_to(to, style, chance);
                }
                to.push(']');
            }
            Self::Object(members) => {
                let mut order: Vec<_> = members.iter().collect();
                for end in (1..=order.len()).rev().filter(|_| style.shuffles) {
                    order.swap(end - 1, chance.below(end));
                }
                to.push('{');
                for (at, (name, value)) in order.into_iter().enumerate() {
                    style.separate(at, to, chance);
                    write_text(name, to, style, chance);
                    to.push(':');
                    value.write_to(to, style, chance);
                }
                to.push('}');
            }
        }
    }
}

struct Style {
    blanks: bool,
    /// Percentage of characters that are escaped although JSON does not require it.
    escapes: usize,
    shuffles: bool,
}

impl Style {
    fn separate(&self, at: usize, to: &mut String, chance: &mut Chance) {
        if at > 0 {
            to.push(',');
        }
        if self.blanks {
            to.push_str(chance.of(BLANKS));
        }
    }
}

fn write_text(text: &str, to: &mut String, style: &Style, chance: &mut Chance) {
    to.push('"');
    for letter in text.chars() {
        if chance.below(100) < style.escapes {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                to.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            let quoted = serde_json::to_string(&letter).unwrap();
            to.push_str(&quoted[1..quoted.len() - 1]);
        }
    }
    to.push('"');
}

/// Chooses mostly the members that events are read from.
fn chosen(members: &[(String, Node)], chance: &mut Chance) -> usize {
    let read = members
        .iter()
        .position(|(name, _)| chance.of(READ) == name.as_str());
    read.unwrap_or_else(|| chance.below(members.len()))
}

/// A value of another type, or a different one of the same type.
fn other(node: &Node, chance: &mut Chance) -> Node {
    let raw = |text: &str| Node::Raw(text.to_owned());
    let text = |text: &str| Node::Text(text.to_owned());
    match (chance.below(16), node) {
        (0, _) => raw("true"),
        (1, _) => raw("-1"),
        (2, _) => raw("18446744073709551616"),
        (3, _) => raw("1e999"),
        (4, _) => raw("0.5"),
        (5, _) => text(""),
        (6, _) => text("7"),
        (7, _) => Node::List(Vec::new()),
        (8, _) => Node::Object(Vec::new()),
        (9, _) => Node::List(vec![node.clone()]),
        (10, _) => Node::Object(vec![("id".to_owned(), node.clone())]),
        (11, _) => Node::Raw("[".repeat(300) + &"]".repeat(300)),
        (12, Node::Raw(number)) => text(number),
        (12, Node::Text(number)) => raw(&format!("{}", number.len())),
        (13, _) => raw(r#""\ud83d""#),
        _ => raw("null"),
    }
}

const BLANKS: &[&str] = &["", " ", "\n", "\t\r\n  "];

const READ: &[&str] = &[
    "payload",
    "application",
    "person",
    "candidate",
    "current_stage",
    "jobs",
    "offer",
    "id",
    "status",
    "last_activity_at",
];
