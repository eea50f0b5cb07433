//! From the session to the connection: what is to be sent next, as much as there is room for.

use super::link::Link;
use crate::error::Error;
use crate::moment::Moment;
use crate::session::Session;

/// Hands the session's packets and the telemetry that is due to the connection, which writes them together.
///
/// # Errors
/// When something cannot be written as MQTT: the connection is of no use then.
pub(crate) fn pump(session: &mut Session, link: &mut Link, at: Moment) -> Result<(), Error> {
    while link.has_room()
        && let Some(packet) = session.poll_packet(at.now)
    {
        link.queue(&packet)?;
    }
    link.fill(|buffer, enough| session.write_telemetry(at, buffer, enough))
}
