//! The crate's one error: why a hub could not start, stop, or take a model or a message.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a hub could not start, stop, or take a model or a message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// No data folder was given.
    #[error("no data folder: call HubBuilder::dir")]
    NoFolder,
    /// A file of the data folder cannot be read or written.
    #[error("{action} {path}: {source}")]
    File {
        /// What was tried, e.g. `cannot write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file of the data folder does not hold what the hub wrote there.
    #[error("{path} is damaged ({reason}): restore it, or delete the folder to start anew")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the journal does not hold what the hub wrote there.
    #[error(
        "{path} is damaged ({reason}): restore it, or start the hub with --repair (HubBuilder::repair), which sets it aside, goes on with everything that can be read and says what is lost"
    )]
    DamagedJournal {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the data folder holds what a newer version of the hub wrote there.
    #[error("{path} holds what this version of the hub does not know ({reason}): start the newer version")]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// What is not known.
        reason: String,
    },
    /// A file of the history is not in the registry, which is another one than the file was written with.
    #[error(
        "{0} is not in the registry, which was restored from an earlier copy or deleted: put back the registry that goes with it, or move the file elsewhere to go on without what it holds"
    )]
    Unlisted(PathBuf),
    /// The data folder is one of an earlier version, which kept its data in another form.
    #[error(
        "{0} is the data folder of an earlier version of the hub, which this one does not read: give it another folder, or delete this one to start anew"
    )]
    EarlierVersion(PathBuf),
    /// Another hub works in the data folder.
    #[error("another hub is using {0}: stop it, or give this one its own folder")]
    Locked(PathBuf),
    /// An address cannot be listened on.
    #[error(
        "cannot listen on {address} for {service}: {source}; choose another address, or port 0 for a free one"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// `mqtt`, `http` or `https`.
        service: &'static str,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The page's token can be guessed, or cannot be typed.
    #[error("the page's token needs at least {0} characters, all of them ASCII and none a space")]
    PageToken(usize),
    /// A limit of [`Limits`](crate::Limits) is zero, so that nobody could be served; its name.
    #[error("the limit {0} is zero, so that the hub could serve nobody: give it at least 1")]
    Limit(&'static str),
    /// Certificates or keys could not be made.
    #[error("cannot make the hub's certificates or keys: {0}")]
    Tls(String),
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(String),
    /// A model file is not valid.
    #[error("{name} is not a valid model: {}", .problems.first().map_or("no reason was given", |p| &p.message))]
    Model {
        /// The name the file was given under.
        name: String,
        /// Everything that is wrong with it.
        problems: Vec<ModelProblem>,
    },
    /// A bridge to another broker cannot be made.
    #[error("the bridge to another broker cannot be made: {0}")]
    Bridge(String),
    /// A message to a device cannot be queued.
    #[error("the message to {device} is not sent: {reason}")]
    Message {
        /// Whom it is for.
        device: String,
        /// Why not.
        reason: String,
    },
    /// A certificate is not one of an authority that can be trusted.
    #[error("{0}")]
    Authority(String),
    /// Tasks did not end in time at shutdown.
    #[error("the hub's tasks did not end within {0} s and were abandoned")]
    Shutdown(u64),
}

/// One thing that is wrong with a model file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ModelProblem {
    /// The stable code of the diagnostic.
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The file that is wrong.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The member of the JSON document at that place, as a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

impl ModelProblem {
    pub(crate) fn new(code: &str, message: String, file: &str, (line, column): (usize, usize)) -> Self {
        Self { code: code.to_owned(), message, file: file.to_owned(), line, column, pointer: None }
    }
}

impl HubError {
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
