//! Holes that a power cut leaves in a journal's last segment: pages that were not on the disk yet when later ones were.
//!
//! Decides whether zeros between sound frames are one. What a device sent may be zeros, too, and the frame that has them
//! damaged: that is no hole, and nothing behind it may be left out unasked. Begin with [`has_hole`].

use super::frame::{FRAME_HEAD, checksum, content_length, salt_of};

/// What the system writes to the disk at a time, at least.
const PAGE: usize = 4096;

/// Whether a power cut took something between two places, of which the second begins a sound frame. Whole pages of zeros say
/// so that end where pages do, or that cannot be the content of a frame.
pub(super) fn has_hole(bytes: &[u8], from: usize, to: usize) -> bool {
    let zeros = zero_pages(bytes, from, to);
    zeros.iter().any(|(start, end)| ends_with_pages(bytes, *start, *end))
        || !zeros.is_empty() && !is_chain(bytes, from, to) && !is_frame_of_wrong_length(bytes, from, to)
}

/// The places of whole pages of zeros, as many together as follow one another.
fn zero_pages(bytes: &[u8], from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let first = from.div_ceil(PAGE);
    for (number, page) in bytes.get(..to).unwrap_or(bytes).chunks_exact(PAGE).enumerate().skip(first) {
        if page.iter().any(|byte| *byte != 0) {
            continue;
        }
        let at = number * PAGE;
        match found.last_mut() {
            Some((_, end)) if *end == at => *end += PAGE,
            _ => found.push((at, at + PAGE)),
        }
    }
    found
}

/// Whether zeros go on neither before nor behind these pages, as those that were sent hardly ever do.
fn ends_with_pages(bytes: &[u8], start: usize, end: usize) -> bool {
    let is_other = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|byte| *byte != 0);
    is_other(start.checked_sub(1)) && is_other(Some(end))
}

/// Whether frames between two places say how long they are, one behind the other: no zeros hide where one begins.
fn is_chain(bytes: &[u8], from: usize, to: usize) -> bool {
    let mut at = from;
    while let Some(length) = content_length(bytes, at).filter(|_| at < to) {
        at += FRAME_HEAD + length;
    }
    at == to
}

/// Whether there is one sound frame between two places, but for its length.
fn is_frame_of_wrong_length(bytes: &[u8], from: usize, to: usize) -> bool {
    let head = bytes.get(from..to).and_then(|frame| frame.split_first_chunk::<FRAME_HEAD>());
    head.is_some_and(|(head, content)| {
        let sum = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        checksum(salt_of(bytes), (content.len() as u32).to_le_bytes(), content) == sum
    })
}

#[cfg(test)]
mod tests {
    use super::super::frame::{self, Damage};
    use super::*;

    /// A segment of these frames.
    fn segment(frames: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = frame::head(7).to_vec();
        for content in frames {
            let at = frame::begin(&mut bytes);
            bytes.extend_from_slice(content);
            frame::end(&mut bytes, at, 7);
        }
        bytes
    }

    fn is_hole(bytes: &[u8]) -> bool {
        match frame::read(bytes) {
            Err(Damage::Frame { at, sound }) => has_hole(bytes, at, sound),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_page_that_is_missing_is_a_hole_within_a_frame_and_across_frames() {
        for length in [1_000, 5_000, 20_000] {
            let whole = segment(&vec![vec![b'x'; length]; 60_000 / length]);
            for page in [1, 2, 3] {
                for count in [1, 3] {
                    let mut holed = whole.clone();
                    holed[page * PAGE..(page + count) * PAGE].fill(0);
                    assert!(is_hole(&holed), "{count} pages from {page} on of frames of {length} bytes");
                }
            }
        }
    }

    #[test]
    fn zeros_in_a_frame_of_which_any_byte_is_damaged_are_none() {
        let whole = segment(&[vec![b'x'; 100], vec![0; 10_000], vec![b'y'; 100]]);
        let (start, end) = (16 + 108, 16 + 108 + 10_008);
        for at in (start..start + 8).chain((start + 8..end).step_by(97)) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(!is_hole(&damaged), "byte {at}");
        }
    }
}
