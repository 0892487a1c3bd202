//! Fields of a form on a page, as a browser would submit them.

/// Returns the names and values of the form in this section.
pub(crate) fn of_section(body: &str, section: &str) -> Vec<(String, String)> {
    let start = body.find(&format!("<section class=\"gh-section\" id=\"{section}\""));
    let section = &body[start.unwrap()..];
    let section = &section[..section.find("</section>").unwrap()];
    let mut fields = Vec::new();
    let mut rest = section;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let Some(end) = rest.find('>') else { break };
        let (tag, after) = (&rest[..end], &rest[end + 1..]);
        let name = attribute(tag, "name");
        match (tag.split(' ').next().unwrap(), name) {
            ("input", Some(name)) => {
                let is_choice = tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
                if !is_choice || has_flag(tag, "checked") {
                    fields.push((name, attribute(tag, "value").unwrap_or_default()));
                }
            }
            ("textarea", Some(name)) => {
                let text = &after[..after.find("</textarea>").unwrap()];
                fields.push((name, unescape(text.trim_start_matches('\n'))));
            }
            ("select", Some(name)) => {
                let options = &after[..after.find("</select>").unwrap()];
                let mut tags = options.split("<option").skip(1);
                let first = tags.clone().next().unwrap();
                let selected =
                    tags.find(|tag| has_flag(tag.split('>').next().unwrap(), "selected"));
                let value = attribute(selected.unwrap_or(first), "value");
                fields.push((name, value.unwrap()));
            }
            _ => {}
        }
    }
    fields
}

/// Sets a field of a form. Adds it if the form does not contain it.
pub(crate) fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    match fields.iter_mut().find(|(own, _)| own == name) {
        Some((_, own)) => value.clone_into(own),
        None => fields.push((name.to_owned(), value.to_owned())),
    }
}

/// Fields as [`Stage::post`](crate::stage::Stage::post) accepts them.
pub(crate) fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    let fields = fields.iter();
    fields.map(|(name, value)| (&**name, &**value)).collect()
}

/// Problems at the field with this id. `None` if it has none.
pub(crate) fn problems_at<'a>(body: &'a str, id: &str) -> Option<&'a str> {
    let start = body.find(&format!("id=\"{id}-problems\""))?;
    assert!(
        body.contains(&format!("{id}-problems\" aria-invalid=\"true\"")),
        "{id}"
    );
    let list = &body[start..];
    Some(&list[..list.find("</ul>").unwrap()])
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[start..];
    Some(unescape(&value[..value.find('"')?]))
}

fn has_flag(tag: &str, name: &str) -> bool {
    tag.split(' ')
        .any(|part| part.trim_end_matches('/') == name)
}

pub(crate) fn unescape(text: &str) -> String {
    let quotes = text.replace("&quot;", "\"");
    let brackets = quotes.replace("&lt;", "<").replace("&gt;", ">");
    brackets.replace("&amp;", "&")
}
