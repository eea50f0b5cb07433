//! The tokens that a hub gives out for a place of storage: shared access signatures of a blob, in the storage service's
//! form.
//!
//! Decides who may write a file: whoever has the token, for an hour. Begin with [`Files::token`].

use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::Files;

/// How long a token is good, as IoT Hub's are.
pub(crate) const LIFE: SignedDuration = SignedDuration::from_hours(1);

impl Files {
    /// The token for a file that this upload is to bring, as the query of its address. The upload stands where stored
    /// access policies have their name (`si`), as clients leave out parameters that they do not know.
    pub(crate) fn token(&self, device: &str, file: &str, upload: &str, now: Timestamp) -> String {
        let expiry = now.checked_add(LIFE).unwrap_or(Timestamp::MAX).to_string();
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let signature = self.key.signature(&message(device, file, upload, &expiry));
        let (upload, expiry, signature) = (encode(upload), encode(&expiry), encode(&signature));
        format!("?sv=2021-04-10&sr=b&si={upload}&sp=cw&se={expiry}&sig={signature}")
    }

    /// The upload whose token for this file the query of a request has, if that is good now; the error says what is wrong.
    pub(crate) fn check(
        &self,
        device: &str,
        file: &str,
        query: &str,
        now: Timestamp,
    ) -> Result<String, &'static str> {
        let value = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let found = pairs.into_iter().find(|(key, _)| *key == name)?.1;
            percent_decode_str(found).decode_utf8().ok()
        };
        let (expiry, signature) =
            (value("se").ok_or("se is missing")?, value("sig").ok_or("sig is missing")?);
        let upload = value("si").ok_or("si is missing")?;
        if !self.key.has_signed(&message(device, file, &upload, &expiry), &signature) {
            return Err("the signature is not this hub's for this file");
        }
        let until: Timestamp = expiry.parse().map_err(|_| "se is not a time")?;
        if until < now { Err("the token has expired") } else { Ok(upload.into_owned()) }
    }
}

fn message(device: &str, file: &str, upload: &str, expiry: &str) -> String {
    // neither ids nor names have line feeds
    format!("{device}\n{file}\n{upload}\n{expiry}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_one_file_and_an_hour() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let token = files.token("d1", "a b.log", "u1", now);
        let query = token.strip_prefix('?').unwrap();
        assert_eq!(files.check("d1", "a b.log", query, now), Ok("u1".to_owned()));
        let others = query.replace("si=u1", "si=u2");
        assert!(files.check("d1", "a b.log", &others, now).is_err(), "it is for one upload");
        let late = now + SignedDuration::from_secs(3601);
        for (device, file, now) in [("d2", "a b.log", now), ("d1", "b.log", now), ("d1", "a b.log", late)] {
            assert!(files.check(device, file, query, now).is_err(), "{device} {file}");
        }
        assert!(files.check("d1", "a b.log", "sig=x", now).is_err());
        let other = Files::open(folder.path()).unwrap();
        assert!(other.check("d1", "a b.log", query, now).is_err());
    }
}
