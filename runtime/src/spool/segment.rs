//! One file of the log: its name, its head, and what is found in its bytes.
//!
//! Pure: bytes in, records and damaged places out. What a damaged place hides is searched for byte by byte, so that damage
//! costs the records it touches and no other. Begin with [`Pieces`].

use std::path::{Path, PathBuf};

use super::frame::{Fault, Frame, checksum, decode};

/// Bytes before the first record: what it is, the format's version, the segment's number, their checksum.
pub(super) const HEAD: usize = 24;
/// The one version of the format. A future one changes anything but the head.
const VERSION: u32 = 1;
const MAGIC: &[u8; 8] = b"dm-spool";
const EXTENSION: &str = "segment";

/// The file of a segment.
pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:020}.{EXTENSION}"))
}

/// The segment's number that a file name holds; `None` when it is none of ours.
pub(super) fn number_of(path: &Path) -> Option<u64> {
    if path.extension()? != EXTENSION {
        return None;
    }
    let stem = path.file_stem()?.to_str()?;
    (stem.len() == 20 && stem.bytes().all(|byte| byte.is_ascii_digit())).then(|| stem.parse().ok())?
}

/// What a new segment begins with.
pub(super) fn head(number: u64) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(MAGIC);
    head[8..12].copy_from_slice(&VERSION.to_le_bytes());
    head[12..20].copy_from_slice(&number.to_le_bytes());
    let check = checksum(number, &head[..20]);
    head[20..].copy_from_slice(&check.to_le_bytes());
    head
}

/// The version of the format, when the head is whole and the version is not ours.
pub(super) fn foreign_version(bytes: &[u8], number: u64) -> Option<u32> {
    let head = bytes.first_chunk::<HEAD>()?;
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let whole = head.starts_with(MAGIC) && checksum(number, &head[..20]) == word(20);
    (whole && word(8) != VERSION).then(|| word(8))
}

/// What lies in a segment, in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Frame {
        offset: usize,
        length: usize,
        frame: Frame<'a>,
    },
    /// No record can be read here.
    Damaged {
        offset: usize,
        length: usize,
    },
}

/// Takes a segment's bytes apart.
pub(super) struct Pieces<'a> {
    bytes: &'a [u8],
    number: u64,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(bytes: &'a [u8], number: u64) -> Self {
        Self { bytes, number, at: 0 }
    }

    fn read(&self, at: usize) -> Result<(Frame<'a>, usize), Fault> {
        decode(self.bytes.get(at..).unwrap_or_default(), self.number)
    }

    /// How many bytes from here on are no record.
    fn damage(&self, fault: Fault) -> usize {
        let end = self.bytes.len();
        let next = match fault {
            Fault::Body(length) => self.at + length,
            Fault::Head => (self.at + 1..end).find(|at| self.read(*at).is_ok()).unwrap_or(end),
        };
        next - self.at
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.at == 0 {
            let whole = self.bytes.first_chunk() == Some(&head(self.number));
            self.at = HEAD.min(self.bytes.len());
            if !whole && self.at > 0 {
                return Some(Piece::Damaged { offset: 0, length: self.at });
            }
        }
        let offset = self.at;
        if offset >= self.bytes.len() {
            return None;
        }
        let piece = match self.read(offset) {
            Ok((frame, length)) => Piece::Frame { offset, length, frame },
            Err(fault) => Piece::Damaged { offset, length: self.damage(fault) },
        };
        let (Piece::Frame { length, .. } | Piece::Damaged { length, .. }) = &piece;
        self.at += length;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{Range, encode_settled};
    use super::*;

    fn segment() -> (Vec<u8>, Vec<usize>) {
        let mut bytes = head(3).to_vec();
        let starts = (0..4).map(|count| {
            let start = bytes.len();
            encode_settled(&vec![Range { first: 1, count: 1 }; count], 3, &mut bytes);
            start
        });
        let starts = starts.collect();
        (bytes, starts)
    }

    fn found(bytes: &[u8]) -> (Vec<usize>, Vec<(usize, usize)>) {
        let (mut frames, mut damaged) = (Vec::new(), Vec::new());
        for piece in Pieces::new(bytes, 3) {
            match piece {
                Piece::Frame { offset, .. } => frames.push(offset),
                Piece::Damaged { offset, length } => damaged.push((offset, length)),
            }
        }
        (frames, damaged)
    }

    #[test]
    fn a_damaged_record_hides_no_other() {
        let (whole, starts) = segment();
        assert_eq!(found(&whole), (starts.clone(), vec![]));
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x40;
            let hit = starts.iter().rposition(|start| *start <= at);
            let mut left = starts.clone();
            let range = match hit {
                Some(index) => {
                    let start = left.remove(index);
                    (start, starts.get(index + 1).unwrap_or(&whole.len()) - start)
                }
                None => (0, HEAD),
            };
            assert_eq!(found(&bytes), (left, vec![range]), "byte {at}");
        }
    }

    #[test]
    fn a_cut_costs_what_was_cut() {
        let (whole, starts) = segment();
        for end in 0..whole.len() {
            let frames = found(&whole[..end]).0;
            let expected: Vec<usize> = starts
                .iter()
                .zip(starts.iter().skip(1))
                .filter(|(_, next)| **next <= end)
                .map(|(start, _)| *start)
                .collect();
            assert_eq!(frames, expected, "cut at {end}");
        }
    }

    #[test]
    fn a_later_version_is_told_from_damage() {
        let mut bytes = head(3);
        bytes[8] = 2;
        assert_eq!(foreign_version(&bytes, 3), None);
        let check = checksum(3, &bytes[..20]);
        bytes[20..].copy_from_slice(&check.to_le_bytes());
        assert_eq!(foreign_version(&bytes, 3), Some(2));
        assert_eq!(foreign_version(&head(3), 3), None);
    }

    #[test]
    fn only_our_names_are_segments() {
        assert_eq!(number_of(&path(Path::new("/d"), 17)), Some(17));
        for name in ["lock", "17.segment", "00000000000000000017.seg", "0000000000000000001x.segment"] {
            assert_eq!(number_of(Path::new(name)), None, "{name}");
        }
    }
}
