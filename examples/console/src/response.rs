//! HTTP responses of the console.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use maud::{Markup, html};

use crate::{
    api::{ApiError, encoded, sentence},
    context::Context,
    form::Form,
    pages::{Answer, Page},
    parts::{self, SECRET},
    request::{ConsoleRequest, MountPath, is_fragment},
    texts::Texts,
};

/// Returns the response with the answer of a page.
pub(crate) fn of(
    request: &ConsoleRequest<'_>,
    answer: Result<Answer, ApiError>,
) -> Response<Bytes> {
    let context = request.context;
    match answer {
        Ok(Answer::Page(page)) if request.is_fragment => {
            html_answer(context, page.status, &root(context.texts, &page))
        }
        Ok(Answer::Page(page)) => {
            let content = root(context.texts, &page);
            let mount = request.mount();
            let document = context
                .layout
                .document(request.texts(), mount, &page.title, &content);
            html_answer(context, page.status, &document)
        }
        Ok(Answer::Fragment(markup)) => html_answer(context, StatusCode::OK, &markup),
        Ok(Answer::Redirect(address)) => redirect(&address),
        Err(error) => {
            let page = failure(request, &error);
            of(request, Ok(Answer::Page(page)))
        }
    }
}

/// The element that the script replaces as a whole. `Page::region` names the kind of content. Its
/// attributes contain the texts of the script.
fn root(texts: &Texts, page: &Page) -> Markup {
    let common = &texts.common;
    html! {
        div.gh lang=(texts.language) dir=(texts.direction) data-page=(page.region)
            data-title={ (page.title) " – " (common.product) }
            data-text-offline=(common.offline) data-text-failed=(common.failed)
            data-text-retry=(common.try_again) data-text-leave=(common.leave)
            data-text-close=(common.close) data-text-filtered=(common.filtered) {
            (page.content)
        }
    }
}

/// Page for an operator endpoint that failed.
fn failure(request: &ConsoleRequest<'_>, error: &ApiError) -> Page {
    let texts = &request.texts().common;
    let (title, text) = match error.status {
        StatusCode::NOT_FOUND => (texts.not_found, texts.not_found_text),
        _ if request.is_read() => (texts.failed, texts.failed_text),
        _ => (texts.change_failed, texts.change_failed_text),
    };
    let content = html! {
        main #gh-main tabindex="-1" {
            h1 { (title) }
            (parts::notice(parts::Tone::Problem, &html! {
                p { (text) }
                @if error.status != StatusCode::NOT_FOUND {
                    p data-code=(error.code) {
                        (sentence(&error.message))
                        @if let Some(remedy) = &error.remedy { " " (remedy) }
                        (parts::help_link(request, &error.code))
                    }
                }
            }))
            p {
                a.gh-button href=(again(request)) { (texts.try_again) } " "
                a.gh-button.gh-quiet href=(request.link("health")) { (texts.open_health) }
            }
        }
    };
    Page::new(title, "failure", content).with_status(error.status)
}

/// Address of the page that could not be loaded. A form is sent to an address that cannot be opened,
/// so the page with the form is opened instead.
fn again(request: &ConsoleRequest<'_>) -> String {
    let path = request.path();
    match path.as_slice() {
        _ if request.is_read() => String::new(),
        ["button", assessment, ..] => request.link(&format!("button/{}", encoded(assessment))),
        [page, ..] => request.link(page),
        [] => request.link(""),
    }
}

/// 401: a page that says that the user is signed out. It contains the form that the user sent,
/// unless it contains a secret.
pub(crate) fn signed_out<B>(
    context: &Context,
    request: &Request<B>,
    form: Option<&Form>,
) -> Response<Bytes> {
    let texts = &context.texts.common;
    let has_secret = form.is_some_and(|form| {
        let mut secrets = form.all(SECRET);
        secrets.any(|name| form.filled(name).is_some())
    });
    let kept = form.filter(|_| !has_secret);
    // The script keeps its page, with a form that it could not send.
    let stays = is_fragment(request.headers()) && *request.method() == Method::POST;
    let text = match kept {
        _ if stays => texts.signed_out_here,
        Some(_) => texts.signed_out_form,
        None if has_secret => texts.signed_out_secret,
        None => texts.signed_out_text,
    };
    // One slash, because a browser reads two as the address of another site.
    let page = request.uri().path_and_query();
    let page = page.map_or("", |page| page.as_str().trim_start_matches('/'));
    let action = format!("{}/{page}", MountPath::of(request));
    let target = (stays || kept.is_some()).then_some("_blank");
    let sign_in = html! {
        @if let Some(address) = context.layout.sign_in_address() {
            p { a.gh-button.gh-primary href=(address) target=[target] { (texts.sign_in) } }
        }
    };
    let content = html! {
        main #gh-main tabindex="-1" {
            h1 { (texts.signed_out) }
            @if stays {
                (parts::notice(parts::Tone::Problem, &html! { p { (text) } " " (sign_in) }))
            } @else {
                p { (text) }
                (sign_in)
            }
            @if let Some(form) = kept {
                form method="post" action=(action) {
                    @for (name, value) in form.fields() { (parts::hidden(name, value)) }
                    button.gh-button type="submit" { (texts.send_again) }
                }
            }
        }
    };
    let page = Page::new(texts.signed_out, "signed-out", content);
    plain(context, request, StatusCode::UNAUTHORIZED, &page)
}

/// 200: a page that opens its own address once more, now as a page of this site.
pub(crate) fn returning(context: &Context, request: &Request<()>) -> Response<Bytes> {
    let texts = &context.texts.connection;
    let page = request.uri().path().trim_start_matches('/');
    let query = request.uri().query().unwrap_or_default();
    let address = format!("{}/{page}?{query}&{RETURNED}", MountPath::of(request));
    let content = html! {
        main #gh-main tabindex="-1" {
            h1 { (texts.returning_title) }
            p { (texts.returning) }
            p { a.gh-button.gh-primary href=(address) { (texts.returning_continue) } }
        }
    };
    let page = Page::new(texts.returning_title, "returning", content);
    let mut response = plain(context, request, StatusCode::OK, &page);
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={address}")) {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    response
}

/// Returns `true` if the page of [`returning`] has opened the address with this query.
pub(crate) fn has_returned(query: &str) -> bool {
    query.split('&').any(|parameter| parameter == RETURNED)
}

/// Parameter that [`returning`] adds, so that a browser without the cookie does not load the page
/// for ever.
const RETURNED: &str = "returned=1";

/// 403: a page that says that the request came from another site.
pub(crate) fn cross_site<B>(context: &Context, request: &Request<B>) -> Response<Bytes> {
    let texts = &context.texts.common;
    let content = html! {
        main #gh-main tabindex="-1" {
            h1 { (texts.cross_site) }
            p { (texts.cross_site_text) }
        }
    };
    let page = Page::new(texts.cross_site, "cross-site", content);
    plain(context, request, StatusCode::FORBIDDEN, &page)
}

/// A page whose content the host renders.
pub(crate) fn of_host<B>(
    context: &Context,
    request: &Request<B>,
    status: StatusCode,
    title: &str,
    content: Markup,
) -> Response<Bytes> {
    plain(context, request, status, &Page::new(title, "host", content))
}

fn plain<B>(
    context: &Context,
    request: &Request<B>,
    status: StatusCode,
    page: &Page,
) -> Response<Bytes> {
    let mount = MountPath::of(request);
    let content = root(context.texts, page);
    let document = context
        .layout
        .document(context.texts, &mount, &page.title, &content);
    html_answer(context, status, &document)
}

fn html_answer(context: &Context, status: StatusCode, markup: &Markup) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(markup.0.clone()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = context.layout.content_security_policy();
    // A value that no header can hold denies everything.
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(
        "default-src 'none'; frame-ancestors 'none'",
    ));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// 303: the browser loads the page with `GET`.
fn redirect(address: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
