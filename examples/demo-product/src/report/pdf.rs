//! A minimal PDF writer that uses the standard font Helvetica.

use bytes::Bytes;
use greenhouse_core::platform::Assessment;

use super::{date_line, score_line};

/// Renders the report as a PDF. Equal assessments produce equal bytes.
pub(crate) fn pdf(assessment: &Assessment) -> Bytes {
    let mut lines = vec![
        Line::large(&assessment.scenario_name),
        Line::plain(format!("Completed: {}", date_line(assessment))),
        Line::plain(format!("Score: {}", score_line(assessment))),
        Line::plain(String::new()),
    ];
    for scored in &assessment.traits {
        lines.extend(wrap(&format!("{}: {}", scored.name, scored.score)));
        lines.extend(scored.note.iter().flat_map(|note| wrap(note)));
    }
    lines.push(Line::plain(String::new()));
    lines.extend(assessment.summary.iter().flat_map(|text| wrap(text)));
    document(&lines)
}

struct Line {
    text: String,
    size: u32,
}

impl Line {
    fn large(text: &str) -> Self {
        Self {
            text: text.chars().take(60).collect(),
            size: 18,
        }
    }

    fn plain(text: String) -> Self {
        Self { text, size: 11 }
    }
}

fn wrap(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut width = 0;
    for word in text.split_whitespace().flat_map(pieces) {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > WIDTH {
            lines.push(Line::plain(std::mem::take(&mut line)));
            width = 0;
        }
        if width > 0 {
            line.push(' ');
            width += 1;
        }
        line.push_str(&word);
        width += length;
    }
    if width > 0 {
        lines.push(Line::plain(line));
    }
    lines
}

/// Splits a word into pieces of at most [`WIDTH`] characters.
fn pieces(word: &str) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    characters
        .chunks(WIDTH)
        .map(|piece| piece.iter().collect())
        .collect()
}

/// Creates the file. Object 1 is the catalog, object 2 the list of pages, object 3 the font. Each
/// page follows as two objects: the page and its content.
fn document(lines: &[Line]) -> Bytes {
    let pages: Vec<&[Line]> = lines.chunks(LINES_PER_PAGE).collect();
    let kids: Vec<String> = (0..pages.len())
        .map(|page| format!("{} 0 R", FIRST_PAGE + 2 * page))
        .collect();
    let mut file = File::default();
    file.object("<< /Type /Catalog /Pages 2 0 R >>");
    file.object(&format!(
        "<< /Type /Pages /Kids [{}] /Count {} >>",
        kids.join(" "),
        pages.len()
    ));
    file.object(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    );
    for (page, lines) in pages.iter().enumerate() {
        let content = content(lines);
        file.object(&format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] \
             /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            FIRST_PAGE + 2 * page + 1
        ));
        file.object(&format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ));
    }
    file.finish()
}

fn content(lines: &[Line]) -> String {
    let mut content = "BT\n72 780 Td\n".to_owned();
    for line in lines {
        content.push_str(&format!(
            "/F1 {} Tf\n({}) Tj\n0 -{} Td\n",
            line.size,
            escape(&line.text),
            line.size + 4
        ));
    }
    content.push_str("ET");
    content
}

/// Encodes text as an ASCII-only PDF string in `WinAnsiEncoding`. Characters outside the encoding
/// become question marks.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '(' | ')' | '\\' => {
                escaped.push('\\');
                escaped.push(character);
            }
            ' '..='~' => escaped.push(character),
            '\u{a0}'..='\u{ff}' => escaped.push_str(&octal(u32::from(character))),
            '€' => escaped.push_str(&octal(0x80)),
            '…' => escaped.push_str(&octal(0x85)),
            '‘' => escaped.push_str(&octal(0x91)),
            '’' => escaped.push_str(&octal(0x92)),
            '“' => escaped.push_str(&octal(0x93)),
            '”' => escaped.push_str(&octal(0x94)),
            '•' => escaped.push_str(&octal(0x95)),
            '–' => escaped.push_str(&octal(0x96)),
            '—' => escaped.push_str(&octal(0x97)),
            _ => escaped.push('?'),
        }
    }
    escaped
}

fn octal(code: u32) -> String {
    format!("\\{code:03o}")
}

/// A PDF file that records the offsets of its objects for the cross-reference table at its end.
struct File {
    text: String,
    offsets: Vec<usize>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            text: "%PDF-1.4\n".to_owned(),
            offsets: Vec::new(),
        }
    }
}

impl File {
    fn object(&mut self, body: &str) {
        self.offsets.push(self.text.len());
        let number = self.offsets.len();
        self.text
            .push_str(&format!("{number} 0 obj\n{body}\nendobj\n"));
    }

    fn finish(mut self) -> Bytes {
        let table = self.text.len();
        let size = self.offsets.len() + 1;
        self.text
            .push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n"));
        for offset in &self.offsets {
            self.text.push_str(&format!("{offset:010} 00000 n \n"));
        }
        self.text.push_str(&format!(
            "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
        ));
        Bytes::from(self.text)
    }
}

const FIRST_PAGE: usize = 4;
/// Maximum number of characters in a line. A line of average width fits between the margins of A4.
const WIDTH: usize = 85;
const LINES_PER_PAGE: usize = 45;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_string() {
        let cases = [
            ("a (b) \\ c", "a \\(b\\) \\\\ c"),
            ("Zoë – 50 €", "Zo\\353 \\226 50 \\200"),
            ("line\nbreak\u{0}", "line?break?"),
            ("漢字", "??"),
        ];
        for (text, expected) in cases {
            assert_eq!(escape(text), expected);
        }
    }

    #[test]
    fn long_text_goes_over_several_lines_and_pages() {
        let words = wrap(&"word ".repeat(1_000));
        assert!(words.iter().all(|line| line.text.chars().count() <= WIDTH));
        let unbroken = wrap(&"x".repeat(1_000));
        assert!(unbroken.iter().all(|line| line.text.len() <= WIDTH));
        assert_eq!(
            unbroken.iter().map(|line| line.text.len()).sum::<usize>(),
            1_000
        );
        let text = String::from_utf8(document(&words).to_vec()).unwrap();
        assert!(text.contains("/Count 2 "), "{text}");
    }
}
