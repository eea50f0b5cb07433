//! The side of the session for what the cloud sends while nobody waits: cloud-to-device messages and offline commands.

use bytes::Bytes;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Packet, PubAck, Publish};

use super::inbox::{Arrival, Work};
use super::{Action, CallId, Phase, Session};
use crate::call::Answer;
use crate::convention::Principal;
use crate::message::{CloudMessage, MessageError};
use crate::refusal::CommandError;

/// The property that makes a message an offline command, and the payload of one without an argument (protocol,
/// section 3.2).
const METHOD_NAME: &str = "method-name";
const NO_ARGUMENT: &[u8] = b"@";

impl Session {
    /// Whether anybody is there for messages. Only then the device subscribes to them, and asks the hub to keep them while
    /// it is away (CleanSession 0: otherwise a hub drops what it has queued; protocol, section 2.3). Modules get none.
    pub(super) fn takes_messages(&self, principal: &Principal) -> bool {
        let has_commands = self.model.parts.iter().any(|part| !part.commands.is_empty());
        let wanted =
            self.options.message_handler.is_some() || (self.options.offline_commands && has_commands);
        wanted && principal.module_id.is_none()
    }

    /// A message has arrived.
    pub(super) fn message_arrived(&mut self, bag: &str, publish: &Publish) {
        let packet = (publish.qos != QoS::AtMostOnce).then_some(publish.pkid);
        let message = CloudMessage::new(bag, publish.payload.clone());
        let arrival = Arrival::new(packet, publish.dup, bag, &message);
        tracing::debug!(id = message.id(), again = publish.dup, "message received");
        let done = match self.work(message) {
            Some(work) => self.inbox.arrived(arrival, work),
            None => packet,
        };
        self.complete(done);
        self.next_message();
    }

    /// A message's handler has ended.
    pub(super) fn message_ended(&mut self, result: &Result<(), MessageError>) {
        if let Err(error) = result {
            tracing::warn!(%error, "a message was not processed: the hub keeps it and delivers it again");
        }
        let done = self.inbox.ended(result.is_ok());
        self.complete(done);
        self.next_message();
    }

    /// An offline command's handler has ended; `false` when it is no offline command. What another delivery cannot mend is
    /// completed as well.
    pub(super) fn offline_command_ended(
        &mut self,
        call: CallId,
        result: &Result<Answer, CommandError>,
    ) -> bool {
        if self.offline_call != Some(call) {
            return false;
        }
        self.offline_call = None;
        let passing = |error: &CommandError| error.status() == 429 || error.status() >= 500;
        let again = result.as_ref().err().is_some_and(passing);
        if let Err(error) = result {
            tracing::warn!(%error, again, "an offline command failed");
        }
        let done = self.inbox.ended(!again);
        self.complete(done);
        self.next_message();
        true
    }

    /// Begins with the next message, unless the connection is about to end.
    pub(super) fn next_message(&mut self) {
        if self.closing || !matches!(self.phase, Phase::Serving(_) | Phase::Subscribing(_)) {
            return;
        }
        match self.inbox.next() {
            Some(Work::Message(message)) => self.actions.push_back(Action::Deliver(message)),
            Some(Work::Command { command, payload }) => {
                let run = self.commands.run_offline(command, payload);
                self.offline_call = Some(run.call);
                self.run(Some(run));
            }
            None => {}
        }
    }

    /// What is to be done for a message; `None` when there is nobody for it.
    fn work(&self, message: CloudMessage) -> Option<Work> {
        let name = message.property(METHOD_NAME).filter(|_| self.options.offline_commands);
        let Some(command) = name.and_then(|name| self.model.command(name)) else {
            // MQTT has no way to reject it: kept, it would come again at each connection until the hub gives it up
            if self.options.message_handler.is_none() {
                let (id, command) = (message.id(), message.property(METHOD_NAME));
                tracing::warn!(
                    id,
                    command,
                    "a message or offline command for which there is no handler is dropped"
                );
                return None;
            }
            return Some(Work::Message(message));
        };
        let payload = match message.payload().as_ref() {
            NO_ARGUMENT => Bytes::new(),
            _ => message.payload().clone(),
        };
        Some(Work::Command { command, payload })
    }

    /// Tells the hub that it may forget a message.
    fn complete(&mut self, packet: Option<u16>) {
        if let Some(packet) = packet {
            self.counters.messages_completed += 1;
            self.control.push_back(Packet::PubAck(PubAck::new(packet)));
        }
    }
}
