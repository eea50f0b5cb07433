//! The patterns that extensions hold strings against, matched by hand. Decides whether a string matches, and gives the
//! expression it stands for; which member has which pattern is in `adjuncts`.

/// A pattern of an extension's member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberPattern {
    /// An MQTT topic: labels and `{tokens}`, separated by slashes; the first label does not begin with `$`.
    Topic,
    /// One label of an MQTT topic.
    Label,
    /// A name, as elements have.
    Name,
    /// A name in v1-preview, where underscores may stand anywhere.
    PreviewName,
}

impl MemberPattern {
    /// The pattern as a regular expression.
    pub(crate) const fn source(self) -> &'static str {
        match self {
            Self::Topic => concat!(
                r"^(?:(?:[!%-*,-.0-z|~][!$-*,-.0-z|~]*)|(?:{(?:[A-Za-z]+:)?[A-Za-z]+}))",
                r"(?:\/(?:(?:[!$-*,-.0-z|~]+)|(?:{(?:[A-Za-z]+:)?[A-Za-z]+})))*$"
            ),
            Self::Label => "^[!$-*,-.0-z|~]+$",
            Self::Name => "^[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?$",
            Self::PreviewName => "^[A-Za-z_][A-Za-z0-9_]*$",
        }
    }

    /// Whether the whole string matches.
    pub(crate) fn matches(self, text: &str) -> bool {
        match self {
            Self::Topic => {
                !text.starts_with('$') && text.split('/').all(|level| is_label(level) || is_token(level))
            }
            Self::Label => is_label(text),
            Self::Name => {
                let bytes = text.as_bytes();
                bytes.first().is_some_and(u8::is_ascii_alphabetic)
                    && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
                    && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            }
            Self::PreviewName => {
                text.bytes().next().is_some_and(|first| !first.is_ascii_digit())
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            }
        }
    }
}

/// The characters of a label: printable ASCII but for `"`, `#`, `+`, `/`, `{` and `}`.
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| matches!(b, b'!' | b'$'..=b'*' | b','..=b'.' | b'0'..=b'z' | b'|' | b'~'))
}

/// `{name}` or `{prefix:name}`, letters only.
fn is_token(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else { return false };
    let letters = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    inner.split_once(':').map_or_else(|| letters(inner), |(prefix, name)| letters(prefix) && letters(name))
}

#[cfg(test)]
mod tests {
    use super::MemberPattern::{Label, Name, PreviewName, Topic};

    #[test]
    fn topics_are_labels_and_tokens_between_slashes() {
        for topic in ["a", "a/{b}/c", "{ex:modelId}/x", "a/$b", "~!%/b", "a[0]\\^`z"] {
            assert!(Topic.matches(topic), "{topic}");
        }
        for no in [
            "", "/", "a/", "/a", "a//b", "$a", "a+", "#", "a b", "{}", "{a:}", "{a:b:c}", "{a1}", "x{a}",
            "é", "a\n",
        ] {
            assert!(!Topic.matches(no), "{no:?}");
        }
    }

    #[test]
    fn labels_have_no_slash_and_names_end_in_a_letter_or_digit() {
        assert!(Label.matches("$share") && Label.matches("a|b"));
        assert!(!Label.matches("") && !Label.matches("a/b") && !Label.matches("{a}"));
        assert!(Name.matches("a") && Name.matches("a_1"));
        assert!(PreviewName.matches("_a_") && !PreviewName.matches("1a") && !PreviewName.matches(""));
        assert!(!Name.matches("") && !Name.matches("1a") && !Name.matches("a_") && !Name.matches("a-b"));
    }
}
