//! Raw data as a file: CSV or JSON lines, the oldest row first, written while it is read.
//!
//! Decides the form; never more than a few portions of rows are in memory. Begin with [`export`].

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;

use super::csv::Columns;
use super::{Reader, Wanted};
use crate::page::PageState;
use crate::page::error::PageError;
use crate::raw::RawRow;

/// Rows of one piece of the file.
const PORTION: usize = 500;
/// Pieces that may wait for the client.
const WAITING: usize = 4;

/// What a file looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Csv,
    Jsonl,
}

#[derive(Deserialize)]
pub(in crate::page) struct File {
    format: Format,
    /// The columns of CSV, separated by commas.
    #[serde(default)]
    cols: String,
}

pub(in crate::page) async fn export(
    State(page): State<PageState>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
    Query(file): Query<File>,
) -> Result<Response, PageError> {
    let reader = Reader::new(&page.shared, &id, wanted.query(false)?, wanted.only_odd())?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let columns = Columns::new(&file.cols);
    // ends with the last row, or when the client goes (its receiver closes)
    page.tasks.spawn(write(reader, file.format, columns, sender));
    let (media, ending) = match file.format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Jsonl => ("application/x-ndjson", "jsonl"),
    };
    let safe: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    let name = format!("attachment; filename=\"{safe}.{ending}\"");
    let body = Body::from_stream(ReceiverStream::new(receiver).map(Ok::<Bytes, Infallible>));
    Ok(([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

async fn write(mut reader: Reader, format: Format, columns: Columns, sender: mpsc::Sender<Bytes>) {
    if format == Format::Csv && sender.send(Bytes::from(columns.head())).await.is_err() {
        return;
    }
    // a device that is deleted meanwhile ends the file
    while let Ok(Some(portion)) = reader.portion(PORTION).await {
        let text: String = portion.rows.iter().map(|row| line(row, format, &columns)).collect();
        if !text.is_empty() && sender.send(Bytes::from(text)).await.is_err() {
            return;
        }
    }
}

fn line(row: &RawRow, format: Format, columns: &Columns) -> String {
    match format {
        Format::Csv => columns.row(row),
        Format::Jsonl => serde_json::to_string(row).map(|text| text + "\n").unwrap_or_default(),
    }
}
