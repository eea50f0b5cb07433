//! A journal's segment as bytes: a head, then frames, each a length, a checksum and the changes of one step.
//!
//! Decides where a segment's sound part ends and whether what follows is a torn end (a write that a kill or a power cut
//! interrupted) or damage: after a torn end nothing sound follows, unless a power cut left a hole ([`has_hole`]).
//! Checksums are salted by the segment, so that a frame inside a message's body is none. It reads no files. Begin with
//! [`read`].

use crc32fast::Hasher;

use super::wire::Malformed;

/// What every segment begins with; the number is the format's version.
const MAGIC: [u8; 8] = *b"DMJRNL1\n";
/// The head's length: the magic number, the salt and the checksum of both.
pub(super) const HEAD: usize = 16;
/// What a frame has before its changes.
const FRAME_HEAD: usize = 8;
/// What the system writes to the disk at a time, at least.
const PAGE: usize = 4096;
/// The largest frame: a bulk of devices and their twins has its place in one.
pub(super) const FRAME_LIMIT: usize = 64 * 1024 * 1024;

/// What a segment holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
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

fn checksum(salt: u32, length: [u8; 4], content: &[u8]) -> u32 {
    let mut hasher = Hasher::new_with_initial(salt);
    hasher.update(&length);
    hasher.update(content);
    hasher.finalize()
}

/// Takes a segment apart. One that ends within its head is a torn one without frames.
pub(super) fn read(bytes: &[u8]) -> Result<Segment<'_>, Damage> {
    let Some((head, _)) = bytes.split_first_chunk::<HEAD>() else {
        let torn = MAGIC.starts_with(&bytes[..bytes.len().min(8)]);
        return if torn { Ok(Segment { frames: Vec::new(), sound: 0 }) } else { Err(Damage::Head) };
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
    let next_sound = |at: &usize| frame(bytes, *at, salt).is_some();
    match (at + 1..bytes.len()).find(next_sound) {
        Some(sound) => Err(Damage::Frame { at, sound }),
        None => Ok(Segment { frames, sound: at }),
    }
}

/// Whether a whole page between two places is zeros. A power cut leaves that of a page which was not on the disk yet when
/// later ones were; no frame has it, and neither has what else damages a file.
pub(super) fn has_hole(bytes: &[u8], from: usize, to: usize) -> bool {
    let mut pages = bytes.get(..to).unwrap_or(bytes).chunks_exact(PAGE).skip(from.div_ceil(PAGE));
    pages.any(|page| page.iter().all(|byte| *byte == 0))
}

/// The content of a sound frame at `at`.
fn frame(bytes: &[u8], at: usize, salt: u32) -> Option<&[u8]> {
    let (head, rest) = bytes.get(at..)?.split_first_chunk::<FRAME_HEAD>()?;
    let length = [head[0], head[1], head[2], head[3]];
    let count = u32::from_le_bytes(length) as usize;
    if !(1..=FRAME_LIMIT).contains(&count) {
        return None;
    }
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
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
            let _ = read(&[&head(SALT)[..], &bytes].concat());
        }
    }

    #[test]
    fn zeros_at_the_end_are_a_torn_end() {
        let frames = [b"a".to_vec()];
        let mut bytes = segment(&frames);
        let sound = bytes.len();
        bytes.extend_from_slice(&[0; 100]);
        assert_eq!(read(&bytes), Ok(Segment { frames: vec![b"a"], sound }));
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
        assert_eq!(read(&bytes), Ok(Segment { frames: Vec::new(), sound: HEAD }));
    }
}
