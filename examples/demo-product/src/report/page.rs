use greenhouse_core::platform::Assessment;

use super::{date_line, score_line};

pub(super) fn page(assessment: &Assessment) -> String {
    let scenario = escape(&assessment.scenario_name);
    let mut rows = String::new();
    for scored in &assessment.traits {
        let note = scored.note.as_deref().unwrap_or_default();
        rows.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escape(&scored.name),
            scored.score,
            escape(note)
        ));
    }
    let summary = escape(assessment.summary.as_deref().unwrap_or_default());
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{scenario}: report</title>\n</head>\n<body>\n<h1>{scenario}</h1>\n\
         <p>Completed: {}</p>\n<p>Score: <strong>{}</strong></p>\n\
         <table>\n<tr><th>Trait</th><th>Score</th><th>Note</th></tr>\n{rows}</table>\n\
         <p>{summary}</p>\n</body>\n</html>\n",
        date_line(assessment),
        score_line(assessment),
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
