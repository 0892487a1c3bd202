//! Reduction of a reported error to technical words.
//!
//! A report may repeat any value of a response: a name, an address, a link. Names cannot be
//! distinguished from other words, so only words in a fixed list are kept.

/// Returns the technical words of a text on one line. Other words are replaced with `[...]`.
pub(super) fn technical_words(text: &str) -> String {
    let mut line = String::new();
    // A number after a withheld word or after another number may be part of a telephone number.
    let mut allows_number = true;
    let mut withheld = false;
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    for word in words {
        let is_number = is_number(word);
        let is_kept = match is_number {
            true => allows_number && word.len() <= MAX_DIGITS,
            false => is_technical(word, line.is_empty()),
        };
        allows_number = is_kept && !is_number;
        if !is_kept && withheld {
            continue;
        }
        withheld = !is_kept;
        let shown = if is_kept { word } else { WITHHELD };
        if line.len() + shown.len() >= MAX_TEXT {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(shown);
    }
    line.trim_end_matches('.').to_owned()
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_technical(word: &str, is_first: bool) -> bool {
    let is_sign = |c: char| ",.:;!?()[]{}'\"`/=-#&%".contains(c);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !word.chars().all(|c| is_sign(c) || is_part(c)) {
        return false;
    }
    let mut parts = word.split(is_sign).filter(|part| !part.is_empty());
    parts.all(|part| is_known(part, is_first))
}

/// Returns `true` if a word is in a list. A capitalized word inside a sentence may be a name, so it
/// must be an abbreviation.
fn is_known(word: &str, is_first: bool) -> bool {
    let lower = word.to_ascii_lowercase();
    let is_plain = word == lower || is_first;
    let is_member = || word == lower && word.contains('_') && lower.split('_').all(is_listed);
    ABBREVIATIONS.contains(&lower.as_str()) || (is_plain && is_listed(&lower)) || is_member()
}

fn is_listed(word: &str) -> bool {
    ABBREVIATIONS.contains(&word) || WORDS.split_ascii_whitespace().any(|known| known == word)
}

const ABBREVIATIONS: [&str; 22] = [
    "api", "ascii", "dns", "get", "html", "http", "https", "id", "ids", "iso", "json", "ok",
    "patch", "pdf", "post", "ssl", "tls", "uri", "url", "urls", "utc", "utf",
];

/// None of these is a common given or family name.
const WORDS: &str = "\
    a about above absent accept acceptable accepted access accessible active actual additional \
    address after again all allowed already also an and another any api application applications \
    are argument array as assessment at attribute attributes authentication authorization \
    authorized bad be because been before begin below between bigger blank blocked body boolean \
    both but by call callback called calls cannot candidate certificate change changed character \
    characters check checked closed code com complete completed completion connect connected \
    connection contain contained contains content could created credential credentials data date \
    day days deadline decimal deleted denied did different disabled disallowed does doesn \
    down due duplicate during each e either element email empty enabled encoded encoding end \
    endpoint entity error errors even exceed exceeded exceeds exist exists expect expected expired \
    external failed fails failure false few field fields file final find finished first for forbidden \
    format formatted found from gateway generic given greater had has have header headers here \
    higher host hour hours if ignored in inactive incomplete incorrect index integer interview \
    internal into invalid is isn it item items its key keys kind larger last later length less \
    limit limited line link list listed lists loaded local longer lower malformed many match \
    matches matching maximum means media member members message messages metadata method minimum \
    minute minutes mismatch missing more most must name named names nested never new no non none \
    not nothing null number numbers object of off on one only open optional or other our out outside \
    over page parameter parse parsed partner password path pending permitted phone please possible \
    present previous problem processed processing profile properly property provided query read \
    reason received redirect redirected refused rejected remote repeated report request requested \
    requests require required requires reset resolve resolved resource response responses result \
    results retried retry returned returns root same schema score scorecard scores second seconds \
    see send sent server service set shape should size smaller some status still string strings \
    subject such supported syntax t takes temporarily test tests text than that the their then there \
    these they this time timed timeout times to token too true try twice two type types unable \
    unauthorized unavailable unexpected unique unknown unprocessable unreachable unreadable until \
    unsupported up updated us use used user using valid validation value values verified version \
    was we were what when where which while with within without wrong xml yet you your zero \
    applicant article stage started cancelled submit submitted list_tests send_test test_status";

const WITHHELD: &str = "[...]";
const MAX_TEXT: usize = 300;
const MAX_DIGITS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_technical_words_only() {
        for (text, kept) in [
            ("the url is missing", "the url is missing"),
            ("The URL is missing.", "The URL is missing"),
            (
                "partner_status must be one of: complete",
                "partner_status must be one of: complete",
            ),
            ("HTTP 404 from test_status", "HTTP 404 from test_status"),
            ("isn't valid JSON", "isn't valid JSON"),
            ("no score for Ada Lovelace", "no score for [...]"),
            ("no score for ada lovelace", "no score for [...]"),
            (
                "no score for <ada@example.org>: bad",
                "no score for [...] bad",
            ),
            ("no score for ada%40example.org", "no score for [...]"),
            ("Ada Lovelace", "[...]"),
            ("ADA LOVELACE is unknown", "[...] is unknown"),
            ("Zoë 李雷 was not found", "[...] was not found"),
            ("phone +1 555 010 9999 is invalid", "phone [...] is invalid"),
            ("call 2025550109", "call [...]"),
            ("call 202 555 0109", "call 202 [...]"),
            (
                "https://assess.example.org/r/ada?x=1 cannot be read",
                "[...] cannot be read",
            ),
            ("name\u{200b} Ada\u{202e}", "[...]"),
            ("first_name=Ada", "[...]"),
            ("the Empty name", "the [...] name"),
            ("", ""),
            (" . ", ""),
        ] {
            assert_eq!(technical_words(text), kept, "{text}");
        }
    }

    #[test]
    fn no_word_is_a_given_name() {
        let names = [
            "will", "mark", "bill", "grace", "hope", "may", "rich", "art", "sue", "rob", "drew",
            "max", "dean", "frank", "pat", "june", "april", "august", "rose", "miles", "long",
            "young", "white", "brown", "case", "grant", "chase", "ray", "guy", "bob",
        ];
        let named: Vec<_> = names.into_iter().filter(|name| is_listed(name)).collect();
        assert!(named.is_empty(), "{named:?}");
    }

    #[test]
    fn long_texts_are_cut() {
        let text = technical_words(&"missing ".repeat(5_000));
        assert!(text.len() <= MAX_TEXT, "{}", text.len());
        assert_eq!(technical_words(&"x".repeat(5_000)), WITHHELD);
    }
}
