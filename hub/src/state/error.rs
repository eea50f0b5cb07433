//! Why the state did not do what was asked.
//!
//! One enum for all of the state, as its callers see it; what HTTP makes of it is in [`crate::rest`] and [`crate::page`].
//! Begin with [`StateError`].

use super::{properties, templates};
use crate::twin::TwinError;

/// Why the state did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StateError {
    #[error("there is no device {0:?}")]
    NotFound(String),
    #[error("there already is a device {0:?}")]
    Exists(String),
    #[error("{0:?} is not a device id: 1 to 128 ASCII letters, digits and - . _ : % * ? ! ( ) , = @ $ '")]
    BadId(String),
    #[error("the key must be base64 of 16 to 64 bytes")]
    BadKey,
    #[error(
        "a device that is known by certificates has the thumbprint of one as primaryThumbprint: 64 hex digits of SHA-256, or 40 of SHA-1"
    )]
    BadThumbprint,
    #[error("{0:?} is not a way to authenticate here: sas, selfSigned, certificateAuthority or none")]
    BadAuthentication(String),
    #[error("the etag {given} is not the current one ({current})")]
    Etag { given: String, current: String },
    #[error("an etag must be given: this operation is only for the device as it was read")]
    NoEtag,
    #[error("there is no model {0:?}: add its file first")]
    UnknownModel(String),
    #[error(
        "{0:?} is not an import mode: create, update, createOrUpdate, delete or updateTwin, all but create also with IfMatchETag"
    )]
    BadMode(String),
    #[error("{0:?} is not a status: enabled or disabled")]
    BadStatus(String),
    #[error("{0} must be {1}")]
    WrongType(&'static str, &'static str),
    #[error("the operation cannot be read: {0}")]
    BadOperation(String),
    #[error("the device {0:?} is in the request more than once")]
    Repeated(String),
    #[error(transparent)]
    Twin(#[from] TwinError),
    #[error(transparent)]
    Template(#[from] templates::TemplateError),
    #[error("{} of the values cannot be set", .0.len())]
    Properties(Vec<properties::PropertyProblem>),
    #[error("{0} messages wait for the device already, which is all that are queued")]
    QueueFull(usize),
    #[error("a name has at most {limit} characters, this one has {length}")]
    LongName { length: usize, limit: usize },
    #[error(
        "{0:?} cannot be the name of an upload: up to 255 letters and digits, other characters counting three for each \
         byte; `/` makes folders, which may not be empty, `.` or `..`"
    )]
    BadFileName(String),
    #[error("{0} uploads are under way already, which is all that a device may have")]
    TooManyUploads(usize),
    #[error("no upload {0:?} of this device is under way")]
    NoUpload(String),
    #[error("the content of the upload has not come: it goes to the storage before the hub is told")]
    NotStored,
    #[error("the lock is not held (any more): it lasts a minute unless another time was asked for")]
    LockLost,
    #[error("the message has {size} bytes with its properties, IoT Hub takes {limit}")]
    MessageSize { size: usize, limit: usize },
    #[error(
        "the message's properties make a topic of {size} bytes, MQTT takes {limit}: send less or put it into the body"
    )]
    MessageTopic { size: usize, limit: usize },
    #[error("the device {0:?} is blocked: unblock it before it is approved")]
    Blocked(String),
    #[error("a device has {0} modules at most")]
    TooManyModules(usize),
    #[error("no random numbers for a key: {0}")]
    Random(String),
    #[error("the history cannot be read: {0}")]
    Unreadable(String),
}
