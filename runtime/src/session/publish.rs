//! The PUBLISH of a telemetry message, encoded from its parts in one go (MQTT 3.1.1, 3.3): no topic is put together first.

use bytes::{BufMut, BytesMut};

use crate::error::Error;

/// PUBLISH at QoS 1, neither retained nor a duplicate of this connection.
const HEADER: u8 = 0b0011_0010;

/// Appends the packet. The topic comes in parts.
pub(super) fn write(buffer: &mut BytesMut, topic: [&[u8]; 3], id: u16, payload: &[u8]) -> Result<(), Error> {
    let length: usize = topic.iter().map(|part| part.len()).sum();
    let topic_length = u16::try_from(length).map_err(|_| {
        Error::lost(format!("a topic of {length} bytes cannot be written: the device id is too long"))
    })?;
    let mut remaining = 2 + length + 2 + payload.len();
    buffer.reserve(5 + remaining);
    buffer.put_u8(HEADER);
    loop {
        let low = u8::try_from(remaining & 0x7f).unwrap_or_default();
        remaining >>= 7;
        buffer.put_u8(if remaining > 0 { low | 0x80 } else { low });
        if remaining == 0 {
            break;
        }
    }
    buffer.put_u16(topic_length);
    for part in topic {
        buffer.put_slice(part);
    }
    buffer.put_u16(id);
    buffer.put_slice(payload);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rumqttc::mqttbytes::QoS;
    use rumqttc::mqttbytes::v4::{Packet, Publish};

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_the_codec_writes(
            topic in "[ -~]{0,300}", split in 0.0..1.0, id in 1_u16..,
            payload in proptest::collection::vec(any::<u8>(), 0..20_000),
        ) {
            let (mut ours, mut theirs) = (BytesMut::new(), BytesMut::new());
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let (head, tail) = topic.split_at((topic.len() as f64 * split) as usize);
            write(&mut ours, [head.as_bytes(), tail.as_bytes(), b""], id, &payload).unwrap();
            let publish = Publish { pkid: id, ..Publish::new(&topic, QoS::AtLeastOnce, payload) };
            Packet::Publish(publish).write(&mut theirs, 1 << 20).unwrap();
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn a_topic_that_mqtt_cannot_carry_is_an_error() {
        assert!(write(&mut BytesMut::new(), [&[b'a'; 65_536], b"", b""], 1, b"").is_err());
    }
}
