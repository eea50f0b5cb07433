//! Documentation from the model's texts, made harmless: a description is a sentence, never markup or a doctest.

use dtdl::{Quantity, Texts};

/// What is documented: its kind, its name and its place in the model.
pub(super) struct About<'a> {
    pub(super) what: &'a str,
    pub(super) name: &'a str,
    pub(super) place: String,
}

/// The doc lines of an element: its texts, its semantic type and unit, its name and place in the model.
pub(super) fn docs(texts: &Texts, quantity: Option<&Quantity>, about: &About<'_>) -> Vec<String> {
    let About { what, name, place } = about;
    let title = texts.display_name.preferred().map(harmless);
    let description = texts.description.preferred().map(harmless);
    let mut lines = match (title, description) {
        (Some(title), Some(description)) if !same(&title, &description) => {
            vec![sentence(&title), String::new(), description]
        }
        (Some(text), _) | (None, Some(text)) => vec![sentence(&text)],
        (None, None) => vec![format!("The {what} `{}`.", literal(name))],
    };
    if let Some(comment) = texts.comment.as_deref() {
        lines.extend([String::new(), harmless(comment)]);
    }
    if let Some(measure) = quantity.and_then(measure) {
        lines.extend([String::new(), measure]);
    }
    lines.extend([String::new(), format!("Model: {what} `{}`, `{}`", literal(name), literal(place))]);
    lines
}

fn measure(quantity: &Quantity) -> Option<String> {
    let parts = [("Semantic type", &quantity.semantic_type), ("Unit", &quantity.unit)];
    let said: Vec<String> = parts
        .iter()
        .filter_map(|(what, text)| Some(format!("{what}: `{}`.", literal(text.as_deref()?))))
        .collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// A text that stands between backticks.
fn literal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'")
}

/// One line without indentation, with everything escaped that Markdown could take for more than text. Addresses become
/// links, which rustdoc asks for.
pub(super) fn harmless(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(harmless_word).collect();
    words.join(" ")
}

fn harmless_word(word: &str) -> String {
    let is_address = word.starts_with("https://") || word.starts_with("http://");
    let address = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>`\\\"'".contains(&byte));
    if is_address && is_plain {
        let rest = word.strip_prefix(address).unwrap_or_default();
        return format!("<{address}>{}", escaped(rest));
    }
    // An address inside a word would still be found by rustdoc; a zero-width break keeps it a text.
    escaped(word).replace("://", ":\u{200b}//")
}

fn escaped(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\`*_[]<>#|~&$".contains(letter) {
            word.push('\\');
        }
        word.push(letter);
    }
    word
}

fn same(title: &str, description: &str) -> bool {
    title.trim_end_matches('.').eq_ignore_ascii_case(description.trim_end_matches('.'))
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_description_cannot_become_a_code_block_a_link_or_html() {
        assert_eq!(harmless("  ```rust\n    panic!()\n```"), "\\`\\`\\`rust panic!() \\`\\`\\`");
        assert_eq!(harmless("see [std] and <b>"), "see \\[std\\] and \\<b\\>");
    }
}
