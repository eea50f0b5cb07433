//! A journal's segment as bytes: a head, then frames, each a length, a checksum and the changes of one step.
//!
//! Decides where a segment's sound part ends and whether what follows is a torn end (a write that a kill or a power cut
//! interrupted) or damage: after a torn end nothing sound follows, unless a power cut left a hole ([`super::hole`]).
//! Checksums are salted by the segment, so that a frame inside a message's body is none. It reads no files. Begin with
//! [`read`].

use std::ops::Range;

use crc32fast::Hasher;

use super::wire::Malformed;

/// What every segment begins with; the number is the format's version.
const MAGIC: [u8; 8] = *b"DMJRNL1\n";
/// The head's length: the magic number, the salt and the checksum of both.
pub(super) const HEAD: usize = 16;
/// What a frame has before its changes.
pub(super) const FRAME_HEAD: usize = 8;
/// What the search for sound frames may cost, in bytes that are summed up: some seconds. No message of a device takes as
/// much; a large frame that is damaged may.
const SEARCH_LIMIT: u64 = if cfg!(test) { 64 * 1024 * 1024 } else { 16 * 1024 * 1024 * 1024 };
/// The largest frame: a bulk of devices and their twins has its place in one.
pub(super) const FRAME_LIMIT: usize = 64 * 1024 * 1024;

/// What a segment holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) salt: u32,
    /// The changes of each step, in order.
    pub(super) frames: Vec<&'a [u8]>,
    /// How many bytes are sound; the rest is a torn end.
    pub(super) sound: usize,
}

/// Why a segment is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damage {
    #[error("it does not begin as a journal of this version does")]
    Head,
    #[error("at byte {at}: what is there is no whole record, though whole ones follow at byte {sound}")]
    Frame { at: usize, sound: usize },
    #[error("at byte {at}: what is there is no whole record, though it is not the last journal")]
    End { at: usize },
    #[error(
        "at byte {at}: what is there is no whole record, and to find out whether whole ones follow takes too long"
    )]
    Search { at: usize },
    #[error("at byte {at}: {reason}")]
    Content { at: usize, reason: Malformed },
}

/// The head of a new segment.
pub(super) fn head(salt: u32) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(&MAGIC);
    head[8..12].copy_from_slice(&salt.to_le_bytes());
    let sum = crc32fast::hash(&head[..12]).to_le_bytes();
    head[12..].copy_from_slice(&sum);
    head
}

/// Begins a frame at the end of `out`; answers where.
pub(super) fn begin(out: &mut Vec<u8>) -> usize {
    let at = out.len();
    out.extend_from_slice(&[0; FRAME_HEAD]);
    at
}

/// Ends the frame that began at `at`. One without changes is taken back.
pub(super) fn end(out: &mut Vec<u8>, at: usize, salt: u32) {
    let content = &out[at + FRAME_HEAD..];
    if content.is_empty() {
        return out.truncate(at);
    }
    let length = (content.len() as u32).to_le_bytes();
    let sum = checksum(salt, length, content).to_le_bytes();
    out[at..at + 4].copy_from_slice(&length);
    out[at + 4..at + 8].copy_from_slice(&sum);
}

pub(super) fn checksum(salt: u32, length: [u8; 4], content: &[u8]) -> u32 {
    let mut hasher = Hasher::new_with_initial(salt);
    hasher.update(&length);
    hasher.update(content);
    hasher.finalize()
}

/// Takes a segment apart. One that ends within its head is a torn one without frames.
pub(super) fn read(bytes: &[u8]) -> Result<Segment<'_>, Damage> {
    let Some((head, _)) = bytes.split_first_chunk::<HEAD>() else {
        let torn = MAGIC.starts_with(&bytes[..bytes.len().min(8)]);
        return if torn { Ok(Segment { salt: 0, frames: Vec::new(), sound: 0 }) } else { Err(Damage::Head) };
    };
    let salt = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    if *head != self::head(salt) {
        return Err(Damage::Head);
    }
    let (mut frames, mut at) = (Vec::new(), HEAD);
    while let Some(content) = frame(bytes, at, salt) {
        frames.push(content);
        at += FRAME_HEAD + content.len();
    }
    match next_sound(bytes, at + 1, salt, &mut { SEARCH_LIMIT }) {
        Ok(Some(sound)) => Err(Damage::Frame { at, sound }),
        Ok(None) => Ok(Segment { salt, frames, sound: at }),
        Err(TooLong) => Err(Damage::Search { at }),
    }
}

/// What of a damaged segment is sound.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Salvage<'a> {
    pub(super) salt: u32,
    /// The changes of each step, in order, with the place of its frame.
    pub(super) frames: Vec<(usize, &'a [u8])>,
    /// The places that are not, in order.
    pub(super) lost: Vec<Range<usize>>,
    /// Whether the last one was not searched to its end, which is the file's, as that takes too long.
    pub(super) is_given_up: bool,
}

/// Takes apart whatever bytes are given: frames are found again behind what is damaged. Where the head is, that works as
/// long as the salt in it is sound.
pub(super) fn salvage(bytes: &[u8]) -> Salvage<'_> {
    let salt = salt_of(bytes);
    let mut at = HEAD.min(bytes.len());
    let is_head = bytes.get(..HEAD).is_some_and(|found| *found == head(salt));
    let mut lost = Vec::new();
    if !is_head {
        lost.push(0..at);
    }
    let (mut frames, mut work, mut is_given_up) = (Vec::new(), SEARCH_LIMIT, false);
    while at < bytes.len() {
        if let Some(content) = frame(bytes, at, salt) {
            frames.push((at, content));
            at += FRAME_HEAD + content.len();
        } else {
            let next = next_sound(bytes, at + 1, salt, &mut work);
            is_given_up = next.is_err();
            let next = next.ok().flatten().unwrap_or(bytes.len());
            match lost.last_mut() {
                Some(last) if last.end == at => last.end = next,
                _ => lost.push(at..next),
            }
            at = next;
        }
    }
    Salvage { salt, frames, lost, is_given_up }
}

/// A search that costs more than it may.
#[derive(Debug)]
struct TooLong;

/// The first place from `from` on where a sound frame begins; what the search costs goes off `work`, in bytes summed up.
fn next_sound(bytes: &[u8], from: usize, salt: u32, work: &mut u64) -> Result<Option<usize>, TooLong> {
    for at in from..bytes.len() {
        if let Some(length) = content_length(bytes, at) {
            *work = work.checked_sub(length as u64).ok_or(TooLong)?;
            if frame(bytes, at, salt).is_some() {
                return Ok(Some(at));
            }
        }
    }
    Ok(None)
}

/// What the frame at `at` has behind its head, if there can be one.
pub(super) fn content_length(bytes: &[u8], at: usize) -> Option<usize> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let has_room = rest.len().checked_sub(FRAME_HEAD - 4).is_some_and(|left| length <= left);
    ((1..=FRAME_LIMIT).contains(&length) && has_room).then_some(length)
}

/// The salt in a segment's head, which may be damaged.
pub(super) fn salt_of(bytes: &[u8]) -> u32 {
    bytes.get(8..12).and_then(|salt| salt.try_into().ok()).map_or(0, u32::from_le_bytes)
}

/// The content of a sound frame at `at`.
fn frame(bytes: &[u8], at: usize, salt: u32) -> Option<&[u8]> {
    let count = content_length(bytes, at)?;
    let (head, rest) = bytes.get(at..)?.split_first_chunk::<FRAME_HEAD>()?;
    let length = [head[0], head[1], head[2], head[3]];
    let content = rest.get(..count)?;
    let sum = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    (checksum(salt, length, content) == sum).then_some(content)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SALT: u32 = 0x5eed;

    fn segment(frames: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = head(SALT).to_vec();
        for content in frames {
            let at = begin(&mut bytes);
            bytes.extend_from_slice(content);
            end(&mut bytes, at, SALT);
        }
        bytes
    }

    fn some_frames() -> impl Strategy<Value = Vec<Vec<u8>>> {
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 1..8)
    }

    proptest! {
        #[test]
        fn frames_come_back_and_a_torn_end_is_told(frames in some_frames(), torn in 1usize..40) {
            let whole = segment(&frames);
            let read_back = read(&whole).unwrap();
            prop_assert_eq!(&read_back.frames, &frames);
            prop_assert_eq!(read_back.sound, whole.len());
            let last = FRAME_HEAD + frames.last().unwrap().len();
            let cut = whole.len() - torn.min(last);
            let torn = read(&whole[..cut]).unwrap();
            prop_assert_eq!(&torn.frames, &frames[..frames.len() - 1]);
            prop_assert_eq!(torn.sound, whole.len() - last);
        }

        #[test]
        fn an_altered_byte_is_damage_unless_it_is_in_the_last_frame(
            frames in some_frames(), at in any::<prop::sample::Index>(), bit in 0..8,
        ) {
            let mut bytes = segment(&frames);
            let at = at.index(bytes.len());
            bytes[at] ^= 1u8 << bit;
            let last = bytes.len() - FRAME_HEAD - frames.last().unwrap().len();
            match read(&bytes) {
                Err(Damage::Head) => prop_assert!(at < HEAD),
                Err(Damage::Frame { at: found, .. }) => prop_assert!(found <= at && at < last),
                Ok(segment) => prop_assert!(at >= last && segment.frames == frames[..frames.len() - 1]),
                Err(other) => prop_assert!(false, "{other}"),
            }
        }

        #[test]
        fn every_frame_that_is_not_damaged_is_salvaged(
            frames in some_frames(), at in any::<prop::sample::Index>(), length in 1usize..60,
        ) {
            let whole = segment(&frames);
            let mut places = Vec::new();
            let mut end = HEAD;
            for content in &frames {
                places.push(end);
                end += FRAME_HEAD + content.len();
            }
            let from = at.index(whole.len());
            let to = (from + length).min(whole.len());
            let mut bytes = whole.clone();
            bytes[from..to].iter_mut().for_each(|byte| *byte ^= 0x5a);
            let salvage = salvage(&bytes);
            let is_salted = to <= 8 || from >= 12;
            let is_whole = |at: usize, content: &[u8]| at >= to || at + FRAME_HEAD + content.len() <= from;
            let sound: Vec<(usize, &[u8])> = places.iter().zip(&frames)
                .filter(|(at, content)| is_salted && is_whole(**at, content))
                .map(|(at, content)| (*at, &**content)).collect();
            prop_assert_eq!(&salvage.frames, &sound);
            let covered: usize = salvage.lost.iter().map(ExactSizeIterator::len).sum();
            let kept: usize = sound.iter().map(|(_, content)| FRAME_HEAD + content.len()).sum();
            let head = if from < HEAD { 0 } else { HEAD };
            prop_assert_eq!(covered + kept + head, whole.len());
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
            let _ = read(&[&head(SALT)[..], &bytes].concat());
            let _ = salvage(&bytes);
        }
    }

    #[test]
    fn a_search_that_takes_too_long_is_given_up_and_says_so() {
        let mut bytes = segment(&[b"a".to_vec()]);
        let sound = bytes.len();
        // most of its places look like the beginning of a frame
        let costly = [0, 0, 1, 0].repeat(100_000);
        bytes.extend_from_slice(&costly);
        assert_eq!(read(&bytes), Err(Damage::Search { at: sound }));
        let frames = vec![(HEAD, &b"a"[..])];
        let lost = std::iter::once(sound..bytes.len()).collect();
        assert_eq!(salvage(&bytes), Salvage { salt: SALT, frames, lost, is_given_up: true });
    }

    #[test]
    fn zeros_at_the_end_are_a_torn_end() {
        let frames = [b"a".to_vec()];
        let mut bytes = segment(&frames);
        let sound = bytes.len();
        bytes.extend_from_slice(&[0; 100]);
        assert_eq!(read(&bytes), Ok(Segment { salt: SALT, frames: vec![b"a"], sound }));
    }

    #[test]
    fn a_frame_of_another_segment_inside_a_torn_one_is_no_frame() {
        let inner = segment(&[b"inner".to_vec()]);
        let mut bytes = head(SALT + 1).to_vec();
        let at = begin(&mut bytes);
        bytes.extend_from_slice(&inner);
        bytes.extend_from_slice(b"more");
        end(&mut bytes, at, SALT + 1);
        bytes.pop();
        assert_eq!(read(&bytes), Ok(Segment { salt: SALT + 1, frames: Vec::new(), sound: HEAD }));
    }
}
