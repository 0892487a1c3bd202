//! `help`: what to do about each problem. `help/{code}` is one paragraph of it.

use maud::{Markup, PreEscaped, html};

use super::{
    Answer, Page,
    settings::{Tab, page},
};
use crate::{
    api::ApiError,
    help::{BOOK, Chapter, Paragraph},
    parts::{Tone, notice},
    request::ConsoleRequest,
};

pub(super) fn answer(request: &ConsoleRequest<'_>, path: &[&str]) -> Result<Answer, ApiError> {
    if !request.is_read() {
        return Err(ApiError::not_found());
    }
    let content = match path {
        [] => all(request),
        [code] => single(request, code).ok_or_else(ApiError::not_found)?,
        _ => return Err(ApiError::not_found()),
    };
    let page = page(request, Tab::Help, &content);
    let region = "help";
    Ok(Page { region, ..page }.into())
}

/// The help's paragraph for a problem, as a section with this level of heading. `None` if there is
/// none.
pub(super) fn section(request: &ConsoleRequest<'_>, code: &str) -> Option<Markup> {
    let paragraph = BOOK.paragraph(code)?;
    Some(html! {
        section.gh-help-entry data-code=(code) {
            h3 { (paragraph.title) }
            (text(request, paragraph))
        }
    })
}

fn single(request: &ConsoleRequest<'_>, code: &str) -> Option<Markup> {
    let paragraph = BOOK.paragraph(code)?;
    let texts = &request.texts().help;
    Some(html! {
        p.gh-back { a href=(request.link(&format!("help#{code}"))) { (texts.all) } }
        article.gh-help-entry data-code=(code) {
            h2 { (paragraph.title) }
            (text(request, paragraph))
        }
    })
}

fn all(request: &ConsoleRequest<'_>) -> Markup {
    let texts = &request.texts().help;
    let query = request.query.get("q").unwrap_or_default();
    let words: Vec<_> = query.split_whitespace().map(str::to_lowercase).collect();
    let found: Vec<_> = BOOK
        .chapters
        .iter()
        .map(|chapter| {
            let all = chapter.paragraphs.iter();
            (chapter, all.filter(|own| own.contains(&words)).collect())
        })
        .filter(|(_, paragraphs): &(_, Vec<_>)| !paragraphs.is_empty())
        .collect();
    let count: usize = found.iter().map(|(_, paragraphs)| paragraphs.len()).sum();
    html! {
        h2 { (texts.title) }
        form.gh-search method="get" action=(request.link("help")) role="search" {
            label for="gh-q" { (texts.search) }
            input.gh-input #gh-q type="search" name="q" value=(query) dir="auto"
                autocomplete="off" data-filter="#gh-help";
            button.gh-button type="submit" { (texts.find) }
        }
        @if words.is_empty() {
            div.gh-lead { (text(request, &BOOK.lead)) }
            (contents(request, &found))
        } @else {
            p.gh-summary role="status" {
                @if count > 0 { (texts.results.of(count as u64)) ". " }
                a href=(request.link("help")) { (texts.all) }
            }
            @if count == 0 { (notice(Tone::Info, &html! { p { (texts.no_results) } })) }
        }
        div #gh-help { @for (chapter, paragraphs) in &found { (part(request, chapter, paragraphs)) } }
    }
}

fn contents(request: &ConsoleRequest<'_>, found: &[(&Chapter, Vec<&Paragraph>)]) -> Markup {
    html! {
        nav.gh-contents aria-label=(request.texts().help.contents) {
            @for (chapter, paragraphs) in found {
                @let mut titled = paragraphs.iter().filter_map(|own| Some((own, own.codes.first()?))).peekable();
                @if titled.peek().is_none() {
                    p { a href={ "#" (chapter.id) } { (chapter.title) } }
                } @else {
                    details {
                        summary { (chapter.title) }
                        ul { @for (own, code) in titled { li { a href={ "#" (code) } { (own.title) } } } }
                    }
                }
            }
        }
    }
}

fn part(request: &ConsoleRequest<'_>, chapter: &Chapter, paragraphs: &[&Paragraph]) -> Markup {
    html! {
        section.gh-help-chapter aria-labelledby=(chapter.id) {
            h3 id=(chapter.id) { (chapter.title) }
            @for paragraph in paragraphs {
                @if let Some((first, others)) = paragraph.codes.split_first() {
                    article.gh-help-entry id=(first) data-row {
                        h4 { @for code in others { span id=(code) {} } (paragraph.title) }
                        (text(request, paragraph))
                    }
                } @else {
                    div.gh-help-entry data-row { (text(request, paragraph)) }
                }
            }
        }
    }
}

/// The text of a paragraph. Its source is a file of this repository.
fn text(request: &ConsoleRequest<'_>, paragraph: &Paragraph) -> Markup {
    let address = request.link("help");
    PreEscaped(paragraph.html(&html! { (address) }.0))
}
