//! From a place in a JSON text to the member that stands there, as a JSON pointer (RFC 6901).
//!
//! Reads leniently: texts that are no JSON have places, too. Begin with [`at`].

use super::customization::escape;

/// What encloses a place.
enum Frame {
    /// The member whose key was read last, and whether a key comes next.
    Object(Option<String>, bool),
    /// The number of the item.
    Array(usize),
}

/// The pointer of the member at a line and column (in characters), both counted from 1.
pub(crate) fn at(text: &str, line: usize, column: usize) -> String {
    let mut frames = Vec::new();
    let mut begin = 0;
    let target = offset(text, line, column);
    while let Some((start, end)) = token(text, begin) {
        begin = end;
        let text = &text[start..end];
        if let Some(Frame::Object(key, expected @ true)) = frames.last_mut()
            && text.starts_with('"')
        {
            *key = Some(serde_json::from_str(text).unwrap_or_else(|_| text.trim_matches('"').to_owned()));
            *expected = false;
        }
        if end > target {
            break;
        }
        step(&mut frames, text);
    }
    let tokens = frames.iter().filter_map(|frame| match frame {
        Frame::Object(key, _) => key.as_deref().map(escape),
        Frame::Array(index) => Some(index.to_string()),
    });
    tokens.fold(String::new(), |pointer, token| pointer + "/" + &token)
}

fn step(frames: &mut Vec<Frame>, token: &str) {
    match token {
        "{" => frames.push(Frame::Object(None, true)),
        "[" => frames.push(Frame::Array(0)),
        "}" | "]" => drop(frames.pop()),
        "," => match frames.last_mut() {
            Some(Frame::Array(index)) => *index += 1,
            Some(Frame::Object(key, expected)) => (*key, *expected) = (None, true),
            None => {}
        },
        _ => {}
    }
}

/// The bytes of the next token from `begin` on: a bracket, comma or colon, a string, or a run of anything else.
fn token(text: &str, begin: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let start = begin + bytes.get(begin..)?.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let is_end = |byte: u8| byte.is_ascii_whitespace() || b"{}[],:\"".contains(&byte);
    let length = match bytes[start] {
        b'"' => string_length(&bytes[start..]),
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
        _ => bytes[start..].iter().position(|byte| is_end(*byte)).unwrap_or(bytes.len() - start),
    };
    Some((start, start + length))
}

fn string_length(bytes: &[u8]) -> usize {
    let mut escaped = false;
    for (index, byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    bytes.len()
}

fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n');
    let start: usize = lines.take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or("");
    let inside = rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
    start + inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_place_is_the_member_that_stands_there() {
        let text = "{\n  \"a\": [1, { \"b/c\": \"ü, }\" }],\n  \"d\": tru";
        for (line, column, pointer) in [
            (1, 1, ""),
            (2, 3, "/a"),
            (2, 9, "/a/0"),
            (2, 12, "/a/1"),
            (2, 14, "/a/1/b~1c"),
            (2, 22, "/a/1/b~1c"),
            (3, 8, "/d"),
            (9, 9, "/d"),
        ] {
            assert_eq!(at(text, line, column), pointer, "{line}:{column}");
        }
    }

    proptest! {
        #[test]
        fn any_place_of_any_text_has_a_pointer(text in "[\\[\\]{}\":,\\\\a1 \nü]*", line in 0usize..5, column in 0usize..40) {
            let _ = at(&text, line, column);
        }
    }
}
