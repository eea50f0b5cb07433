//! Several samples in one message: a JSON array of what each of them would be alone.
//!
//! Decides how samples are spread over messages; it queues nothing. Begin with [`arrays`].

use serde::Serialize;

use crate::error::Error;
use crate::json;

/// Writes the samples as JSON arrays, in their order, each as long as fits into `room` bytes.
///
/// # Errors
/// When a sample cannot be written, or is too large even alone.
pub(crate) fn arrays<T: Serialize>(
    samples: impl IntoIterator<Item = T>,
    room: usize,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut arrays = Vec::new();
    let (mut array, mut sample) = (Vec::new(), Vec::new());
    for value in samples {
        sample.clear();
        json::write(&mut sample, &value)?;
        let alone = sample.len() + b"[]".len();
        if alone > room {
            return Err(Error::TooLarge { size: alone, limit: room });
        }
        // Before the sample there is a bracket or a comma, after it another or the closing bracket.
        if !array.is_empty() && array.len() + alone > room {
            arrays.push(closed(std::mem::take(&mut array)));
        }
        array.push(if array.is_empty() { b'[' } else { b',' });
        array.append(&mut sample);
    }
    if !array.is_empty() {
        arrays.push(closed(array));
    }
    Ok(arrays)
}

fn closed(mut array: Vec<u8>) -> Vec<u8> {
    array.push(b']');
    array
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_samples_make_no_message() {
        assert!(arrays(Vec::<i64>::new(), 10).unwrap().is_empty());
    }

    #[test]
    fn a_sample_that_no_message_holds_is_refused() {
        assert_eq!(arrays([1, 234], 5).unwrap(), [b"[1]".to_vec(), b"[234]".to_vec()]);
        assert!(matches!(arrays([1, 2345], 5), Err(Error::TooLarge { size: 6, limit: 5 })));
    }

    proptest! {
        #[test]
        fn all_samples_arrive_in_order_in_few_messages_that_fit(
            samples in proptest::collection::vec("[a-z\"]{0,9}", 1..60), room in 22_usize..200,
        ) {
            let arrays = arrays(&samples, room).unwrap();
            prop_assert!(arrays.iter().all(|array| array.len() <= room));
            let read = |array: &Vec<u8>| serde_json::from_slice::<Vec<String>>(array).unwrap();
            prop_assert_eq!(arrays.iter().flat_map(read).collect::<Vec<_>>(), samples);
            for pair in arrays.windows(2) {
                let next = serde_json::to_vec(&read(&pair[1])[0]).unwrap();
                prop_assert!(pair[0].len() + 1 + next.len() > room, "the next one would have fitted");
            }
        }
    }
}
