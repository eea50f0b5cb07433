//! Where a JSON string ends, and space. Most of a model is these two, so they are passed over eight bytes at a time.

/// The lowest bit of each of eight bytes, and the highest.
const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// A string in its quotation marks.
pub(super) struct Quoted {
    /// After the closing mark.
    pub(super) end: usize,
    pub(super) escaped: bool,
    /// Whether it may hold half of a surrogate pair, which escapes alone can write.
    pub(super) surrogates: bool,
}

/// The string that begins at `start`; `None` when it does not end or has in it what may not be there.
pub(super) fn quoted(bytes: &[u8], start: usize) -> Option<Quoted> {
    let mut found = Quoted { end: start + 1, escaped: false, surrogates: false };
    loop {
        found.end = plain(bytes, found.end);
        match bytes.get(found.end)? {
            b'"' => {
                found.end += 1;
                return Some(found);
            }
            b'\\' => {
                found.escaped = true;
                let unicode = *bytes.get(found.end + 1)? == b'u';
                found.surrogates |= unicode;
                found.end += if unicode { 6 } else { 2 };
                escape(bytes, found.end)?;
            }
            _ => return None,
        }
    }
}

/// Whether the escape that ends before `end` is one.
fn escape(bytes: &[u8], end: usize) -> Option<()> {
    let holds = match bytes.get(..end)? {
        [.., b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'] => true,
        [.., b'\\', b'u', a, b, c, d] => [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()),
        _ => false,
    };
    holds.then_some(())
}

/// How many of the next eight bytes are spaces, the first of which is.
pub(super) fn spaces(bytes: &[u8], at: usize) -> usize {
    let chunk = bytes.get(at..).and_then(<[u8]>::first_chunk);
    chunk.map_or(1, |chunk| ((u64::from_le_bytes(*chunk) ^ (LOW * 0x20)).trailing_zeros() / 8) as usize)
}

/// The first byte from `at` on that is a quotation mark, a backslash or a control character.
fn plain(bytes: &[u8], mut at: usize) -> usize {
    // the lowest bit set is that of the first byte that is less than 0x20, or 0
    let below = |word: u64, limit: u64| word.wrapping_sub(LOW * limit) & !word & HIGH;
    let equal = |word: u64, byte: u8| below(word ^ (LOW * u64::from(byte)), 1);
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*chunk);
        let special = below(word, 0x20) | equal(word, b'"') | equal(word, b'\\');
        if special != 0 {
            return at + (special.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| *byte >= 0x20 && !matches!(byte, b'"' | b'\\')) {
        at += 1;
    }
    at
}
