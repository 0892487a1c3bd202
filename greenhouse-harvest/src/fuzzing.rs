//! Properties that hold for every input from the network, as checked by the fuzz targets and
//! property tests.

use http::{HeaderMap, HeaderValue, header::LINK};
use serde_json::{Map, Value, json};

use crate::{
    api::{Application, Candidate},
    client::{next_link, read_problem},
};

/// Checks `Link` headers, one per line of the input. The link that is followed must be enclosed in
/// the angle brackets of one header.
pub fn link_header(input: &[u8]) {
    let lines = input.split(|byte| *byte == b'\n');
    let values: Vec<HeaderValue> = lines
        .filter_map(|line| HeaderValue::from_bytes(line).ok())
        .collect();
    let of = |values: &[HeaderValue]| {
        let pairs = values.iter().map(|value| (LINK, value.clone()));
        pairs.collect::<HeaderMap>()
    };
    let headers = of(&values);
    let read = next_link(&headers);
    if let Ok(Some(next)) = read {
        assert!(!next.contains(['<', '>', '"', ' ']), "{next:?}");
        let holds = |value: &HeaderValue| {
            let text = value.to_str().unwrap_or_default();
            let lower = text.to_ascii_lowercase();
            text.contains(&format!("<{next}>")) && lower.contains("rel") && lower.contains("next")
        };
        assert!(values.iter().any(holds), "{next:?} of {values:?}");
    }

    let empty = [HeaderValue::from_static("")];
    assert_eq!(next_link(&of(&[&empty, values.as_slice()].concat())), read);
    if let [value] = values.as_slice() {
        let linked = [b"<https://a/?b=%3D>; rel=\"next\", ", value.as_bytes()].concat();
        let linked = of(&HeaderValue::from_bytes(&linked).map_or(Vec::new(), |value| vec![value]));
        let next = next_link(&linked);
        assert!(
            matches!(next, Ok(Some("https://a/?b=%3D")) | Err(_)),
            "{next:?}"
        );
    }
}

/// Checks an error body. The input consists of the sent texts, one per line, an empty line, and the
/// body. The error must be short, must not forge a log line, and must contain none of the sent
/// texts, even if the body repeats all of them.
pub fn error_body(input: &[u8]) {
    let blank = input.windows(2).position(|pair| pair == b"\n\n");
    let (sent, body) = match blank.and_then(|at| input.split_at_checked(at)) {
        Some((sent, body)) => (sent, body.get(2..).unwrap_or_default()),
        None => (&[][..], input),
    };
    let sent: Vec<String> = sent
        .split(|byte| *byte == b'\n')
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    check(body, &sent);

    let beside = String::from_utf8_lossy(body);
    let all = sent.join("/");
    let errors: Vec<_> = sent
        .iter()
        .map(|text| json!({ text: format!("{beside}{text}") }))
        .collect();
    let echo = json!({ "message": format!("{all} {beside}"), "errors": errors });
    check(echo.to_string().as_bytes(), &sent);
}

/// Checks a page of a list. A row with an id must be read with this id, regardless of its other
/// members.
pub fn rows(input: &[u8]) {
    let Ok(rows) = serde_json::from_slice::<Vec<Map<String, Value>>>(input) else {
        return;
    };
    let ids: Option<Vec<i64>> = rows.iter().map(|row| row.get("id")?.as_i64()).collect();
    // Serialized again, without duplicate members.
    let (Some(ids), Ok(body)) = (ids, serde_json::to_vec(&rows)) else {
        return;
    };
    let candidates = serde_json::from_slice::<Vec<Candidate>>(&body).ok();
    let applications = serde_json::from_slice::<Vec<Application>>(&body).ok();
    let of = |rows: Option<Vec<i64>>| assert_eq!(rows.as_ref(), Some(&ids));
    of(candidates.map(|rows| rows.iter().map(|row| row.id.value()).collect()));
    of(applications.map(|rows| rows.iter().map(|row| row.id.value()).collect()));
}

fn check(body: &[u8], sent: &[String]) {
    let problem = read_problem(body, sent);
    assert!(problem.errors.len() <= 10);
    for text in problem.message.iter().chain(&problem.errors) {
        assert!(text.chars().count() <= 300, "{text:?}");
        let forges = |letter: char| letter.is_control() || FORGING.contains(&letter);
        assert!(!text.contains(forges), "{text:?}");
        assert!(!text.contains('@') && !text.contains("://"), "{text:?}");
        for piece in text.split("[withheld]").map(plain) {
            for secret in sent.iter().map(|text| plain(text)) {
                let letters = secret.chars().filter(|letter| *letter != '\\').count();
                let shows = letters >= 4 && piece.contains(&secret);
                assert!(!shows, "{secret:?} in {text:?}");
            }
        }
    }
}

/// Returns the words in one letter case.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let letters = words.join(" ");
    let letters = letters.chars().flat_map(char::to_uppercase);
    letters.flat_map(char::to_lowercase).collect()
}

/// Characters that are invisible, split a line, or change its direction.
const FORGING: [char; 6] = [
    '\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}',
];

#[cfg(test)]
mod tests;
