//! Reads codes from the sources of texts, settings problems and health checks.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// One source file, without comments and tests.
pub(super) struct Source(String);

impl Source {
    /// Reads one file. The path begins at the root of the workspace.
    pub(super) fn file(path: &str) -> Self {
        let path = root().join(path);
        let text = fs::read_to_string(&path);
        Self::new(&text.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// Reads the module `path.rs` and all files in the folder `path`.
    pub(super) fn module(path: &str) -> Vec<Self> {
        let mut sources = vec![Self::file(&format!("{path}.rs"))];
        let mut folders = vec![root().join(path)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    sources.push(Self::new(&fs::read_to_string(&path).unwrap()));
                }
            }
        }
        sources
    }

    fn new(text: &str) -> Self {
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = product.lines();
        let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
        Self(lines.collect::<Vec<_>>().join("\n"))
    }

    /// Names of the functions in `texts!`, which are the codes of their texts, and the codes of
    /// texts that are created with `Text::new`.
    pub(super) fn texts(&self) -> BTreeSet<String> {
        let mut codes = BTreeSet::new();
        for block in self.0.split("texts! {").skip(1) {
            let block = block.split("\n}").next().unwrap_or_default();
            for rest in texts_after(block, "fn ") {
                let (name, rest) = rest.split_at(word_length(rest));
                if rest.starts_with('(') {
                    codes.insert(name.to_owned());
                }
            }
        }
        codes.extend(self.codes_of("Text::new(", 0, &["cause.code().to_owned()"]));
        codes
    }

    /// Codes of problems in settings.
    pub(super) fn settings_problems(&self) -> BTreeSet<String> {
        self.codes_of("Problem::new(", 1, &["problem.code()"])
    }

    /// Names of health checks. A name such as `mapped_job:sales` counts as `mapped_job`.
    pub(super) fn checks(&self) -> BTreeSet<String> {
        let calls = ["Check::ok(", "Check::warning(", "Check::problem("];
        let codes = calls.map(|call| self.codes_of(call, 0, &["name"]));
        codes.into_iter().flatten().collect()
    }

    /// Codes of error responses that have no text of their own.
    pub(super) fn errors(&self) -> BTreeSet<String> {
        let variables = ["code", "text.code()"];
        let with_status = ["problem(", "problem_with("];
        let with_status = with_status.map(|call| self.codes_of(call, 1, &variables));
        let alone = ["conflict(", "unprocessable("].map(|call| self.codes_of(call, 0, &variables));
        let all = with_status.into_iter().chain(alone);
        all.flatten().collect()
    }

    /// String literals that look like a code.
    pub(super) fn literals(&self) -> BTreeSet<String> {
        let pieces = self.0.split('"').skip(1).step_by(2);
        let codes = pieces.filter(|piece| is_code(piece));
        codes.map(str::to_owned).collect()
    }

    /// String literals in the body of a function that look like a code.
    pub(super) fn literals_of_function(&self, name: &str) -> BTreeSet<String> {
        let start = self.0.find(&format!("fn {name}(")).unwrap();
        let body = self.0[start..].split("\n    }").next().unwrap_or_default();
        Self(body.to_owned()).literals()
    }

    /// Codes in the argument at `place` of each call. `variables` lists the expressions that are no
    /// literals or constants; any other expression fails the test, so that no code is missed.
    fn codes_of(&self, call: &str, place: usize, variables: &[&str]) -> BTreeSet<String> {
        let mut codes = BTreeSet::new();
        for rest in texts_after(&self.0, call) {
            let arguments = arguments(rest);
            let argument = arguments.get(place).map_or("", |argument| argument.trim());
            match self.code(argument) {
                Some(code) => {
                    assert!(is_code(&code), "{call} {argument}");
                    codes.insert(code);
                }
                None => assert!(variables.contains(&argument), "{call} {argument}"),
            }
        }
        codes
    }

    /// Value of an argument that is a literal, a format string or a constant of this file.
    fn code(&self, argument: &str) -> Option<String> {
        let literal = argument.strip_prefix("format!(").unwrap_or(argument).trim();
        if let Some(literal) = literal.strip_prefix('"') {
            let code = literal.split(['"', ':', '{']).next()?;
            return Some(code.to_owned());
        }
        let is_constant = |letter: char| letter.is_ascii_uppercase() || letter == '_';
        if argument.is_empty() || !argument.chars().all(is_constant) {
            return None;
        }
        let (_, value) = self.0.split_once(&format!("const {argument}: &str"))?;
        value.split('"').nth(1).map(str::to_owned)
    }
}

/// Root of the workspace.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Splits the arguments of a call. `rest` begins after the opening parenthesis.
fn arguments(rest: &str) -> Vec<&str> {
    let (mut depth, mut start, mut in_string, mut is_escaped) = (0_i32, 0, false, false);
    let mut arguments = Vec::new();
    for (at, letter) in rest.char_indices() {
        if in_string {
            in_string = is_escaped || letter != '"';
            is_escaped = !is_escaped && letter == '\\';
            continue;
        }
        match letter {
            '"' => in_string = true,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                arguments.push(&rest[start..at]);
                break;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(&rest[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    arguments
}

/// For each place at which `word` occurs, the rest of the text after it.
fn texts_after<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    let places = text.match_indices(word);
    places.map(move |(at, _)| &text[at + word.len()..])
}

fn word_length(text: &str) -> usize {
    let end = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
    text.find(end).unwrap_or(text.len())
}

fn is_code(text: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    text.len() > 2 && text.chars().all(letter)
}

#[test]
fn codes_are_found_however_the_source_is_wrapped() {
    let source = Source::new(
        r#"
texts! {
    /// Not a code: fn comment().
    pub(crate) fn first(a: &str) = "with fn no code, and {a}";

    fn second(
        a: u32,
        b: u32,
    ) =
        "(second)";
}

const NAME: &str =
    "third";

fn built(member: &str) -> Problem {
    Problem::new(format!("a, {member}"), "fourth", "text, \"(\" more", "remedy");
    Problem::new(
        member,
        NAME,
        format!("{}, {}", 1, 2),
        "remedy",
    );
    Check::ok(
        format!("fifth:{member}"), "text",
    );
    Check::warning(name, "text");
    Text::new("sixth", "text")
}

#[cfg(test)]
mod tests {
    fn test() { Text::new("seventh", "text"); }
}
"#,
    );
    let set = |codes: &[&str]| BTreeSet::from_iter(codes.iter().map(|code| (*code).to_owned()));
    assert_eq!(source.texts(), set(&["first", "second", "sixth"]));
    assert_eq!(source.settings_problems(), set(&["fourth", "third"]));
    assert_eq!(source.checks(), set(&["fifth"]));
}
