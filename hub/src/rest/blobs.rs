//! What stands for the storage service: block blobs, put whole or in blocks, by the tokens that [`super::uploads`] gives.
//!
//! Decides the forms of the few operations that uploads need, as Azure Storage's reference of its REST API has them: Put
//! Blob, Put Block, Put Block List. Nothing can be read here. Begin with [`put`].

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::files::{FileError, Files};
use crate::shared::Shared;

/// The largest list of blocks, in bytes: 50,000 of them fit.
const LIST_LIMIT: usize = 6 * 1024 * 1024;
/// The longest id of a block in base64, 64 bytes without.
const BLOCK_ID_LIMIT: usize = 88;

/// A refusal in the storage service's form.
struct BlobError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl BlobError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    fn bad(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }
}

impl From<FileError> for BlobError {
    fn from(error: FileError) -> Self {
        let (status, code) = match &error {
            FileError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "RequestBodyTooLarge"),
            FileError::Full => (StatusCode::CONFLICT, "AccountProblem"),
            FileError::TooManyBlocks => (StatusCode::CONFLICT, "BlockCountExceedsLimit"),
            FileError::Ended => (StatusCode::FORBIDDEN, "AuthenticationFailed"),
            FileError::NoBlock(_) => (StatusCode::BAD_REQUEST, "InvalidBlockList"),
            FileError::Content(_) => (StatusCode::BAD_REQUEST, "IncompleteBody"),
            FileError::File(_) => (StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        };
        Self::new(status, code, error.to_string())
    }
}

impl IntoResponse for BlobError {
    fn into_response(self) -> Response {
        let escaped = self.message.replace('&', "&amp;").replace('<', "&lt;");
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{}</Code><Message>{escaped}</Message></Error>",
            self.code
        );
        let mut response = (self.status, [(CONTENT_TYPE, "application/xml")], body).into_response();
        response.headers_mut().insert("x-ms-error-code", HeaderValue::from_static(self.code));
        response
    }
}

/// Puts a blob, a block of one, or the list of blocks that makes one.
pub(super) async fn put(
    State(shared): State<Arc<Shared>>,
    Path((device, file)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    Query(parameters): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let done = async {
        let (files, upload) = authorize(&shared, &device, &file, query.as_deref().unwrap_or(""))?;
        let of = Target { shared: &shared, files, upload: &upload, device: &device, file: &file };
        match parameters.get("comp").map(String::as_str) {
            None => of.put_blob(&headers, body).await,
            Some("block") => of.put_block(parameters.get("blockid").map_or("", String::as_str), body).await,
            Some("blocklist") => of.put_block_list(&headers, body).await,
            Some(_) => {
                let message = "this hub takes Put Blob, Put Block and Put Block List";
                Err(BlobError::bad("InvalidQueryParameterValue", message))
            }
        }
    };
    done.await.map_or_else(IntoResponse::into_response, |()| created(&headers))
}

fn created(request: &HeaderMap) -> Response {
    let now = jiff::Timestamp::now();
    let text = |value: String| HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static(""));
    let version = request.get("x-ms-version").cloned();
    let mut response = StatusCode::CREATED.into_response();
    let headers = response.headers_mut();
    headers.insert(ETAG, text(format!("\"0x{:016X}\"", fastrand::u64(..))));
    headers.insert(LAST_MODIFIED, text(now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    headers.insert("x-ms-request-id", text(format!("{:032x}", fastrand::u128(..))));
    headers.insert("x-ms-version", version.unwrap_or(HeaderValue::from_static("2021-04-10")));
    headers.insert("x-ms-request-server-encrypted", HeaderValue::from_static("true"));
    response
}

/// The upload that a token is for; refusals are logged.
fn authorize<'a>(
    shared: &'a Shared,
    device: &str,
    file: &str,
    query: &str,
) -> Result<(&'a Files, String), BlobError> {
    let checked = shared.with(|state, now| {
        let files = shared.files.as_ref().ok_or("this hub has no folder for files")?;
        let upload = files.check(device, file, query, now)?;
        state.check_upload(&upload, (device, file), now)?;
        Ok((files, upload))
    });
    checked.map_err(|reason: &str| {
        shared.with(|state, now| state.refuse(Some(device), &format!("upload of {file:?}: {reason}"), now));
        BlobError::new(StatusCode::FORBIDDEN, "AuthenticationFailed", reason)
    })
}

/// The blob that is written, and for which upload.
struct Target<'a> {
    shared: &'a Shared,
    files: &'a Files,
    upload: &'a str,
    device: &'a str,
    file: &'a str,
}

impl Target<'_> {
    async fn put_blob(&self, headers: &HeaderMap, body: Body) -> Result<(), BlobError> {
        if headers.get("x-ms-blob-type").is_none_or(|kind| kind != "BlockBlob") {
            return Err(BlobError::bad("InvalidHeaderValue", "x-ms-blob-type must be BlockBlob"));
        }
        self.check_absence(headers).await?;
        let staged = self.files.stage(self.upload, body).await?;
        self.keep(staged).await
    }

    async fn put_block(&self, block: &str, body: Body) -> Result<(), BlobError> {
        if !(1..=BLOCK_ID_LIMIT).contains(&block.len()) {
            return Err(BlobError::bad("InvalidQueryParameterValue", "blockid is base64 of 1 to 64 bytes"));
        }
        Ok(self.files.stage_block(self.upload, block, body).await?)
    }

    async fn put_block_list(&self, headers: &HeaderMap, body: Body) -> Result<(), BlobError> {
        self.check_absence(headers).await?;
        let list = to_bytes(body, LIST_LIMIT)
            .await
            .map_err(|error| BlobError::bad("InvalidXmlDocument", &error.to_string()))?;
        let staged = self.files.join(self.upload, &blocks(&list)?).await?;
        self.keep(staged).await?;
        self.files.forget(self.upload).await;
        Ok(())
    }

    /// A writer may want to write only what is not there.
    async fn check_absence(&self, headers: &HeaderMap) -> Result<(), BlobError> {
        if headers.contains_key(IF_NONE_MATCH) && self.files.has(self.device, self.file).await {
            let message = "the specified blob already exists";
            return Err(BlobError::new(StatusCode::CONFLICT, "BlobAlreadyExists", message));
        }
        Ok(())
    }

    async fn keep(&self, staged: crate::files::Staged) -> Result<(), BlobError> {
        let size = self.files.keep(staged, self.device, self.file).await?;
        if self.shared.with(|state, _| state.upload_stored(self.upload, size)) {
            return Ok(());
        }
        // the device was deleted meanwhile, or has said that the upload failed
        self.files.delete(self.device, self.file).await?;
        Err(FileError::Ended.into())
    }
}

/// The ids in a list of blocks: `<BlockList><Latest>id</Latest>..</BlockList>`, where `Committed` and `Uncommitted` do as
/// well.
fn blocks(list: &[u8]) -> Result<Vec<String>, BlobError> {
    let wrong =
        || BlobError::bad("InvalidXmlDocument", "the body is a list of blocks, as Put Block List has it");
    let text = std::str::from_utf8(list).map_err(|_| wrong())?;
    let (_, inner) = text.split_once("<BlockList>").ok_or_else(wrong)?;
    let (inner, _) = inner.split_once("</BlockList>").ok_or_else(wrong)?;
    let mut ids = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let tags = ["Latest", "Uncommitted", "Committed"];
        let found = tags.iter().find_map(|tag| {
            let after = rest.strip_prefix(&format!("<{tag}>"))?;
            after.split_once(&format!("</{tag}>"))
        });
        let (id, after) = found.ok_or_else(wrong)?;
        ids.push(id.trim().to_owned());
        rest = after.trim_start();
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_of_blocks_is_read_in_order() {
        let list = b"<?xml version=\"1.0\"?>\n<BlockList>\n <Latest>MQ==</Latest><Committed>Mg==</Committed>\n</BlockList>";
        assert_eq!(blocks(list).ok().unwrap(), ["MQ==", "Mg=="]);
        assert!(blocks(b"<BlockList></BlockList>").ok().unwrap().is_empty());
        for wrong in [&b""[..], b"<BlockList><Latest>x</BlockList>", b"<BlockList>x</BlockList>", b"\xff"] {
            assert!(blocks(wrong).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_list_makes_reading_panic(text in "(<BlockList>)?(<Latest>|</Latest>|\\PC){0,10}(</BlockList>)?") {
            let _ = blocks(text.as_bytes());
        }
    }
}
