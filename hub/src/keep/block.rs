//! A compressed and checked piece of a file: what it was, checked by a sum before anything is done with it.
//!
//! LZ4, because a chart reads thousands of them. Begin with [`pack`].

/// The largest piece, unpacked: a bound for what is believed of a file.
const LIMIT: usize = 256 * 1024 * 1024;
/// What stands before the compressed bytes: their checksum and how long they were.
const HEAD: usize = 8;

/// Why a piece cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unsound {
    #[error("its checksum is wrong")]
    Sum,
    #[error("it cannot be unpacked")]
    Packing,
}

/// Compresses a piece onto the end of `out`; answers how long it became.
pub(super) fn pack(out: &mut Vec<u8>, plain: &[u8]) -> usize {
    let at = out.len();
    let packed = lz4_flex::block::compress(plain);
    let length = u32::try_from(plain.len()).unwrap_or(u32::MAX).to_le_bytes();
    out.extend_from_slice(&sum(length, &packed).to_le_bytes());
    out.extend_from_slice(&length);
    out.extend_from_slice(&packed);
    out.len() - at
}

/// Gives a piece back as it was.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<u8>, Unsound> {
    let (head, packed) = bytes.split_first_chunk::<HEAD>().ok_or(Unsound::Sum)?;
    let [a, b, c, d, length @ ..] = *head;
    if sum(length, packed) != u32::from_le_bytes([a, b, c, d]) {
        return Err(Unsound::Sum);
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > LIMIT {
        return Err(Unsound::Packing);
    }
    lz4_flex::block::decompress(packed, length).map_err(|_| Unsound::Packing)
}

fn sum(length: [u8; 4], packed: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length);
    hasher.update(packed);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_come_back_and_an_altered_byte_is_told(
            plain in proptest::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>(), bit in 0..8,
        ) {
            let mut packed = b"before".to_vec();
            let length = pack(&mut packed, &plain);
            let mut packed = packed.split_off(6);
            prop_assert_eq!(packed.len(), length);
            prop_assert_eq!(unpack(&packed), Ok(plain));
            let at = at.index(length);
            packed[at] ^= 1u8 << bit;
            prop_assert_eq!(unpack(&packed), Err(Unsound::Sum));
        }

        #[test]
        fn any_bytes_are_read_without_harm(packed in proptest::collection::vec(any::<u8>(), 0..100)) {
            let length = 1000u32.to_le_bytes();
            let sound = [&sum(length, &packed).to_le_bytes()[..], &length, &packed].concat();
            let _ = unpack(&sound);
            let _ = unpack(&packed);
        }
    }
}
