//! CONNECT as MQTT 3.1.1 asks for it, byte by byte: the codec takes much that the standard forbids.
//!
//! Decides on the packet's body, after its length. Facts: MQTT 3.1.1, section 3.1. Begin with [`check_connect`].

/// The protocol level of MQTT 3.1.1.
const LEVEL: u8 = 4;

/// What is wrong with a CONNECT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Another version of MQTT, by its protocol level: 3 is MQTT 3.1, 5 is MQTT 5.
    Level(u8),
    Malformed(&'static str),
}

mod flag {
    pub(super) const RESERVED: u8 = 0x01;
    pub(super) const WILL: u8 = 0x04;
    pub(super) const WILL_QOS: u8 = 0x18;
    pub(super) const WILL_RETAIN: u8 = 0x20;
    pub(super) const PASSWORD: u8 = 0x40;
    pub(super) const USER_NAME: u8 = 0x80;
}

/// Checks the variable header and payload of a CONNECT.
pub(super) fn check_connect(body: &[u8]) -> Result<(), Flaw> {
    let mut rest = Reader(body);
    let name = rest.text()?;
    if name != "MQTT" && name != "MQIsdp" {
        return Err(Flaw::Malformed("the protocol name is not MQTT"));
    }
    let level = rest.byte()?;
    if level != LEVEL {
        return Err(Flaw::Level(level));
    }
    let flags = rest.byte()?;
    check_flags(flags)?;
    // the keep-alive
    let _ = (rest.byte()?, rest.byte()?);
    // the client id
    rest.text()?;
    if flags & flag::WILL != 0 {
        rest.text()?;
        rest.field()?;
    }
    if flags & flag::USER_NAME != 0 {
        rest.text()?;
    }
    if flags & flag::PASSWORD != 0 {
        rest.field()?;
    }
    if rest.0.is_empty() { Ok(()) } else { Err(Flaw::Malformed("there are bytes after the last field")) }
}

fn check_flags(flags: u8) -> Result<(), Flaw> {
    let has = |bits| flags & bits != 0;
    if has(flag::RESERVED) {
        return Err(Flaw::Malformed("the reserved flag is set"));
    }
    if !has(flag::WILL) && has(flag::WILL_QOS | flag::WILL_RETAIN) {
        return Err(Flaw::Malformed("the will has flags and is not there"));
    }
    if flags & flag::WILL_QOS == flag::WILL_QOS {
        return Err(Flaw::Malformed("the will's QoS is 3"));
    }
    if has(flag::PASSWORD) && !has(flag::USER_NAME) {
        return Err(Flaw::Malformed("there is a password without a user name"));
    }
    Ok(())
}

/// What is left of the packet.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, Flaw> {
        let (first, rest) = self.0.split_first().ok_or(Flaw::Malformed("it ends before its last field"))?;
        self.0 = rest;
        Ok(*first)
    }

    /// Bytes with their length before them.
    fn field(&mut self) -> Result<&'a [u8], Flaw> {
        let length = usize::from(u16::from_be_bytes([self.byte()?, self.byte()?]));
        let (field, rest) =
            self.0.split_at_checked(length).ok_or(Flaw::Malformed("a field is longer than the packet"))?;
        self.0 = rest;
        Ok(field)
    }

    /// A field of UTF-8 text without U+0000.
    fn text(&mut self) -> Result<&'a str, Flaw> {
        let text = std::str::from_utf8(self.field()?).ok().filter(|text| !text.contains('\0'));
        text.ok_or(Flaw::Malformed("a text is not UTF-8, or has a null character"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A CONNECT's body with these flags and what follows the keep-alive.
    fn body(flags: u8, payload: &[u8]) -> Vec<u8> {
        [b"\x00\x04MQTT\x04", &[flags, 0, 60][..], payload].concat()
    }

    #[test]
    fn takes_what_the_standard_allows() {
        let cases: [(u8, &[u8]); 4] = [
            (0x02, b"\x00\x01d"),
            (0xc2, b"\x00\x01d\x00\x01u\x00\x01p"),
            (0x80, b"\x00\x01d\x00\x01u"),
            (0xee, b"\x00\x01d\x00\x01t\x00\x02\xff\x00\x00\x01u\x00\x00"),
        ];
        for (flags, payload) in cases {
            assert_eq!(check_connect(&body(flags, payload)), Ok(()), "{flags:#x}");
        }
    }

    #[test]
    fn refuses_what_the_codec_alone_would_take() {
        let cases: [(&str, u8, &[u8]); 8] = [
            ("reserved flag", 0x03, b"\x00\x01d"),
            ("password without", 0x42, b"\x00\x01d\x00\x01p"),
            ("bytes after", 0x02, b"\x00\x01dx"),
            ("is not there", 0x0a, b"\x00\x01d"),
            ("QoS is 3", 0x1e, b"\x00\x01d\x00\x01t\x00\x00"),
            ("null character", 0x02, b"\x00\x01\x00"),
            ("not UTF-8", 0x82, b"\x00\x01d\x00\x01\xff"),
            ("longer than the packet", 0x82, b"\x00\x01d\x00\x09u"),
        ];
        for (text, flags, payload) in cases {
            let Err(Flaw::Malformed(why)) = check_connect(&body(flags, payload)) else { panic!("{text}") };
            assert!(why.contains(text), "{why}");
        }
    }

    #[test]
    fn names_another_version_of_mqtt() {
        assert_eq!(check_connect(b"\x00\x06MQIsdp\x03\x02"), Err(Flaw::Level(3)));
        assert_eq!(check_connect(b"\x00\x04MQTT\x05\x02"), Err(Flaw::Level(5)));
        assert!(matches!(check_connect(b"\x00\x04AMQP\x04"), Err(Flaw::Malformed(_))));
    }
}
