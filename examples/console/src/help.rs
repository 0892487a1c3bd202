//! The help: the page `troubleshooting.md` of the reference server, divided into paragraphs.

use std::sync::LazyLock;

use pulldown_cmark::{Event, Parser, Tag, html};

/// The help. Its HTML is created once.
pub(crate) static BOOK: LazyLock<Book> = LazyLock::new(|| Book::parse(SOURCE));

/// All chapters of the help.
pub(crate) struct Book {
    pub(crate) lead: Paragraph,
    pub(crate) chapters: Vec<Chapter>,
}

/// A chapter: an introduction, then a paragraph for each problem.
pub(crate) struct Chapter {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) paragraphs: Vec<Paragraph>,
}

/// A part of a chapter that is found as a whole.
#[derive(Default)]
pub(crate) struct Paragraph {
    /// Codes of the problems that the paragraph explains. Empty in an introduction.
    pub(crate) codes: Vec<String>,
    /// Empty in an introduction.
    pub(crate) title: String,
    markdown: String,
    html: String,
    /// Title, codes and text in lower case.
    searched: String,
}

/// Returns `true` if the help explains the problem with this code.
pub(crate) fn has(code: &str) -> bool {
    BOOK.paragraph(code).is_some()
}

impl Book {
    fn parse(source: &str) -> Self {
        let mut book = Self {
            lead: Paragraph::default(),
            chapters: Vec::new(),
        };
        let mut codes = Vec::new();
        for line in source.lines() {
            let chapter = book.chapters.last_mut();
            if let Some(title) = line.strip_prefix("## ") {
                book.chapters.push(Chapter::new(title));
            } else if let Some(code) = code(line) {
                codes.push(code.to_owned());
            } else if let (Some(title), Some(chapter)) = (line.strip_prefix("### "), chapter) {
                let codes = std::mem::take(&mut codes);
                let title = title.to_owned();
                let paragraph = Paragraph {
                    codes,
                    title,
                    ..Paragraph::default()
                };
                chapter.paragraphs.push(paragraph);
            } else if !line.starts_with("# ") {
                book.add(line);
            }
        }
        book.lead.finish();
        for chapter in &mut book.chapters {
            chapter.paragraphs.iter_mut().for_each(Paragraph::finish);
        }
        book
    }

    /// Adds a line of text. In an introduction, text after an empty line begins a new paragraph,
    /// unless it is a list.
    fn add(&mut self, line: &str) {
        let Some(chapter) = self.chapters.last_mut() else {
            return self.lead.add(line);
        };
        let is_text = !(line.is_empty() || line.starts_with("- ") || line.starts_with("1. "));
        match chapter.paragraphs.last_mut() {
            Some(last) if !(is_text && last.has_ended()) => last.add(line),
            None if line.is_empty() => (),
            _ => {
                let mut paragraph = Paragraph::default();
                paragraph.add(line);
                chapter.paragraphs.push(paragraph);
            }
        }
    }

    /// The paragraph for the code of a problem.
    pub(crate) fn paragraph(&self, code: &str) -> Option<&Paragraph> {
        let mut all = self.chapters.iter().flat_map(|chapter| &chapter.paragraphs);
        all.find(|paragraph| paragraph.codes.iter().any(|own| own == code))
    }
}

impl Chapter {
    fn new(title: &str) -> Self {
        let kept = title.chars().filter(|c| c.is_alphanumeric() || *c == ' ');
        let kept: String = kept.collect();
        Self {
            id: kept.to_lowercase().replace(' ', "-"),
            title: title.to_owned(),
            paragraphs: Vec::new(),
        }
    }
}

impl Paragraph {
    fn add(&mut self, line: &str) {
        self.markdown.push_str(line);
        self.markdown.push('\n');
    }

    /// Returns `true` in an introduction after an empty line.
    fn has_ended(&self) -> bool {
        self.codes.is_empty() && self.markdown.ends_with("\n\n")
    }

    fn finish(&mut self) {
        let mut text = [self.title.clone(), self.codes.join(" ")].join(" ");
        let events = Parser::new(&self.markdown).map(|event| match event {
            // Only Markdown becomes HTML.
            Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) if dest_url.starts_with('#') => Event::Start(Tag::Link {
                link_type,
                dest_url: format!("{MARK}{dest_url}").into(),
                title,
                id,
            }),
            other => other,
        });
        let events = events.inspect(|event| match event {
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::End(_) => text.push(' '),
            _ => (),
        });
        html::push_html(&mut self.html, events);
        self.searched = text.to_lowercase();
    }

    /// HTML of the paragraph. `help` is the address of the help page, escaped for an attribute.
    pub(crate) fn html(&self, help: &str) -> String {
        self.html.replace(MARK, help)
    }

    /// Returns `true` if the paragraph contains all words, which are in lower case.
    pub(crate) fn contains(&self, words: &[String]) -> bool {
        words
            .iter()
            .all(|word| self.searched.contains(word.as_str()))
    }
}

/// The code in a line with an anchor.
fn code(line: &str) -> Option<&str> {
    line.strip_prefix("<a id=\"")?.strip_suffix("\"></a>")
}

const SOURCE: &str = include_str!("../../server/docs/troubleshooting.md");
/// Stands in links for the address of the help page, which depends on the mount point.
const MARK: &str = "gh-help-page:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_divided_into_paragraphs() {
        let source = "# T\n\nLead.\n\n## First part\n\nOne:\n\n- a\n\nTwo <b onclick=x>.\n\n\
                      ## Codes\n\n<a id=\"x\"></a>\n<a id=\"y\"></a>\n\n### X and y\n\nSee [x](#x).\n\n1. Do.\n";
        let book = Book::parse(source);
        assert_eq!(book.lead.html(""), "<p>Lead.</p>\n");
        let [first, codes] = &*book.chapters else {
            panic!("{}", book.chapters.len());
        };
        assert_eq!(first.id, "first-part");
        let html: Vec<_> = first.paragraphs.iter().map(|own| own.html("")).collect();
        assert_eq!(html.len(), 2, "{html:?}");
        assert!(html[0].contains("<li>a</li>"), "{html:?}");
        assert!(html[1].contains("&lt;b onclick=x&gt;"), "{html:?}");
        assert_eq!(codes.paragraphs.len(), 1);
        let paragraph = book.paragraph("y").unwrap();
        assert_eq!(paragraph.codes, ["x", "y"]);
        assert!(paragraph.html("/m/help").contains("href=\"/m/help#x\""));
        assert!(paragraph.html("").contains("<li>Do.</li>"));
        assert!(paragraph.contains(&["see".into(), "do".into()]));
        assert!(!paragraph.contains(&["see".into(), "lead".into()]));
        assert!(book.paragraph("z").is_none());
    }

    #[test]
    fn the_page_has_a_paragraph_for_each_anchor() {
        let anchors: Vec<_> = SOURCE.lines().filter_map(code).collect();
        assert!(anchors.len() > 150);
        for anchor in anchors {
            let paragraph = BOOK.paragraph(anchor).unwrap();
            assert!(
                paragraph.html("").contains("<strong>What to do:</strong>"),
                "{anchor}"
            );
        }
        let all = BOOK.chapters.iter().flat_map(|chapter| &chapter.paragraphs);
        for html in all.map(|paragraph| paragraph.html("")) {
            assert!(
                !html.contains("<a id") && !html.contains("&lt;a id"),
                "{html}"
            );
        }
    }
}
