//! One record on disk: how it is written, and how it is read again from bytes that may be anything.
//!
//! ```text
//! length u32 │ checksum of the body u32 │ checksum of these two u32 │ body: kind u8, fields
//! ```
//!
//! Numbers are little-endian, checksums CRC-32. The head has a checksum of its own, so that a damaged length is told from
//! a damaged body: behind the one the next record has to be searched for, behind the other it begins where the length
//! says. Every checksum begins with the number of the segment, so that what another file left on the same blocks
//! is no record of this one. Begin with [`decode`].

/// Bytes before the body.
pub(super) const HEAD: usize = 12;
/// The longest body. A message has at most 256 KiB.
const LONGEST_BODY: usize = 1 << 20;
/// No sequence is higher: it takes longer than any device lives to get there, and one more can always be added.
const HIGHEST_SEQUENCE: u64 = u64::MAX / 2;
/// A message's body before its text.
const MESSAGE_FIELDS: usize = 31;
/// A range of settled messages.
const RANGE: usize = 16;
/// How many ranges one record may hold.
pub(super) const MOST_RANGES: usize = 4096;

const MESSAGE: u8 = 1;
const SETTLED: u8 = 2;

/// Whether the creation time is what the sender said, rather than when the message came.
const TOLD: u8 = 1;

/// A message as the disk keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its place in the order of acceptance.
    pub(crate) sequence: u64,
    /// 0 goes first.
    pub(crate) rank: u8,
    /// Milliseconds since 1970; 0 is unknown.
    pub(crate) created: u64,
    /// Whether `created` is what the sender said, rather than when the message came.
    pub(crate) told: bool,
    /// Milliseconds since 1970; [`u64::MAX`] is never.
    pub(crate) expires: u64,
    /// The property bag, with the message id, and the payload after it.
    pub(crate) text: Vec<u8>,
    /// How much of the text is the bag.
    pub(crate) bag: usize,
}

impl Entry {
    /// Its size on disk.
    pub(super) fn length(&self) -> usize {
        HEAD + MESSAGE_FIELDS + self.text.len()
    }
}

/// Messages that have ended: the first, and how many follow it without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u64,
    pub(super) count: u64,
}

/// A record as it lies in a buffer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    Message(Stored<'a>),
    Settled(Vec<Range>),
}

/// A message's record as it lies in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stored<'a> {
    pub(super) sequence: u64,
    pub(super) rank: u8,
    pub(super) created: u64,
    pub(super) told: bool,
    pub(super) expires: u64,
    pub(super) text: &'a [u8],
    pub(super) bag: usize,
}

impl<'a> Stored<'a> {
    fn of(entry: &'a Entry) -> Self {
        let Entry { sequence, rank, created, told, expires, text, bag } = entry;
        let (sequence, rank, created, expires) = (*sequence, *rank, *created, *expires);
        Stored { sequence, rank, created, told: *told, expires, text, bag: *bag }
    }

    pub(super) fn to_entry(self) -> Entry {
        let Stored { sequence, rank, created, told, expires, text, bag } = self;
        Entry { sequence, rank, created, told, expires, text: text.to_owned(), bag }
    }
}

/// Why bytes are not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The head is damaged, or there are too few bytes.
    Head,
    /// The head is whole, the body is damaged; the record ends after this many bytes.
    Body(usize),
}

/// Appends a message's record.
pub(super) fn encode(entry: &Entry, segment: u64, out: &mut Vec<u8>) {
    write(Stored::of(entry), segment, out);
}

/// Appends a message's record.
pub(super) fn write(message: Stored<'_>, segment: u64, out: &mut Vec<u8>) {
    let start = begin(out, MESSAGE);
    out.extend_from_slice(&[message.rank, if message.told { TOLD } else { 0 }]);
    for number in [message.sequence, message.created, message.expires] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&short(message.bag).to_le_bytes());
    out.extend_from_slice(message.text);
    finish(out, start, segment);
}

/// Appends a record of messages that have ended: at most [`MOST_RANGES`].
pub(super) fn encode_settled(ranges: &[Range], segment: u64, out: &mut Vec<u8>) {
    let start = begin(out, SETTLED);
    for Range { first, count } in ranges {
        out.extend_from_slice(&first.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
    }
    finish(out, start, segment);
}

/// The size on disk of a record of that many ranges.
pub(super) fn settled_length(ranges: usize) -> usize {
    HEAD + 1 + ranges * RANGE
}

/// Reads the record that `bytes` begin with, and its length.
pub(super) fn decode(bytes: &[u8], segment: u64) -> Result<(Frame<'_>, usize), Fault> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>().ok_or(Fault::Head)?;
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let length = word(0) as usize;
    if length > LONGEST_BODY || checksum(segment, &head[..8]) != word(8) {
        return Err(Fault::Head);
    }
    let body = rest.get(..length).ok_or(Fault::Head)?;
    let fault = Fault::Body(HEAD + length);
    if checksum(segment, body) != word(4) {
        return Err(fault);
    }
    let (kind, fields) = body.split_first().ok_or(fault)?;
    let frame = match *kind {
        MESSAGE => message(fields).map(Frame::Message),
        SETTLED => settled(fields).map(Frame::Settled),
        _ => None,
    };
    frame.map(|frame| (frame, HEAD + length)).ok_or(fault)
}

fn message(fields: &[u8]) -> Option<Stored<'_>> {
    let ([rank, flags], rest) = fields.split_first_chunk()?;
    let (sequence, rest) = number(rest)?;
    let (created, rest) = number(rest)?;
    let (expires, rest) = number(rest)?;
    let (bag, text) = rest.split_first_chunk()?;
    let bag = u32::from_le_bytes(*bag) as usize;
    let (rank, told) = (*rank, flags & TOLD != 0);
    let makes_sense = sequence <= HIGHEST_SEQUENCE && bag <= text.len();
    makes_sense.then_some(Stored { sequence, rank, created, told, expires, text, bag })
}

fn settled(fields: &[u8]) -> Option<Vec<Range>> {
    let (ranges, []) = fields.as_chunks::<RANGE>() else {
        return None;
    };
    let range = |range: &[u8; RANGE]| {
        let (first, rest) = number(range)?;
        let (count, _) = number(rest)?;
        (first <= HIGHEST_SEQUENCE && count <= HIGHEST_SEQUENCE).then_some(Range { first, count })
    };
    ranges.iter().map(range).collect()
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (u64::from_le_bytes(*number), rest))
}

/// Leaves room for the head and writes the kind.
fn begin(out: &mut Vec<u8>, kind: u8) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; HEAD]);
    out.push(kind);
    start
}

/// Fills the head in.
fn finish(out: &mut [u8], start: usize, segment: u64) {
    let (head, body) = out[start..].split_at_mut(HEAD);
    head[..4].copy_from_slice(&short(body.len()).to_le_bytes());
    head[4..8].copy_from_slice(&checksum(segment, body).to_le_bytes());
    let check = checksum(segment, &head[..8]);
    head[8..].copy_from_slice(&check.to_le_bytes());
}

/// Zeros have another checksum than zero: a tail that the file system filled up is no record.
pub(super) fn checksum(segment: u64, bytes: &[u8]) -> u32 {
    let folded = (segment ^ (segment >> 32)) as u32;
    let mut hasher = crc32fast::Hasher::new_with_initial(folded ^ 0x5eed_d15c);
    hasher.update(bytes);
    hasher.finalize()
}

/// Lengths here are those of messages, which the hub's limit keeps far below 4 GiB.
fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry() -> impl Strategy<Value = Entry> {
        let numbers = (0..HIGHEST_SEQUENCE, any::<u8>(), any::<u64>(), any::<bool>(), any::<u64>());
        (numbers, proptest::collection::vec(any::<u8>(), 0..200), any::<prop::sample::Index>()).prop_map(
            |((sequence, rank, created, told, expires), text, bag)| {
                let bag = bag.index(text.len() + 1);
                Entry { sequence, rank, created, told, expires, text, bag }
            },
        )
    }

    proptest! {
        #[test]
        fn a_message_is_read_as_it_was_written(entry in entry(), segment in any::<u64>(), behind in any::<u8>()) {
            let mut bytes = Vec::new();
            encode(&entry, segment, &mut bytes);
            prop_assert_eq!(bytes.len(), entry.length());
            bytes.push(behind);
            let (frame, length) = decode(&bytes, segment).unwrap();
            prop_assert_eq!(length, entry.length());
            let Frame::Message(stored) = frame else { panic!("a message") };
            prop_assert_eq!(stored.to_entry(), entry);
        }

        #[test]
        fn a_settlement_is_read_as_it_was_written(ranges in proptest::collection::vec((0..HIGHEST_SEQUENCE, 0..HIGHEST_SEQUENCE), 0..9)) {
            let ranges: Vec<Range> = ranges.into_iter().map(|(first, count)| Range { first, count }).collect();
            let mut bytes = Vec::new();
            encode_settled(&ranges, 7, &mut bytes);
            prop_assert_eq!(decode(&bytes, 7), Ok((Frame::Settled(ranges.clone()), settled_length(ranges.len()))));
        }

        #[test]
        fn one_changed_byte_is_seen_and_the_end_of_a_damaged_body_is_known(
            entry in entry(), at in any::<prop::sample::Index>(), change in 1_u8..
        ) {
            let mut bytes = Vec::new();
            encode(&entry, 1, &mut bytes);
            let at = at.index(bytes.len());
            bytes[at] ^= change;
            let expected = if at < HEAD { Fault::Head } else { Fault::Body(bytes.len()) };
            prop_assert_eq!(decode(&bytes, 1).unwrap_err(), expected);
        }

        #[test]
        fn any_bytes_and_any_body_are_read_without_a_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..100), kind in 0_u8..4
        ) {
            let _ = decode(&bytes, 1);
            let mut framed = Vec::new();
            let start = begin(&mut framed, kind);
            framed.extend_from_slice(&bytes);
            finish(&mut framed, start, 1);
            let _ = decode(&framed, 1);
        }
    }

    #[test]
    fn a_record_of_another_segment_and_zeros_are_no_record() {
        let mut bytes = Vec::new();
        encode_settled(&[], 1, &mut bytes);
        assert_eq!(decode(&bytes, 2), Err(Fault::Head));
        assert_eq!(decode(&[0; 64], 1), Err(Fault::Head));
    }
}
