//! Raw data as a file: CSV or JSON lines, the oldest row first, written while it is read.
//!
//! Decides the form; never more than a few portions of rows are in memory. Begin with [`export`].

use std::io;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Deserialize;
use tokio::sync::mpsc;
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
    let body = Body::from_stream(ReceiverStream::new(receiver));
    Ok(([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

/// A piece of the file; an error ends it so that the client sees that it is not whole.
type Piece = io::Result<Bytes>;

async fn write(mut reader: Reader, format: Format, columns: Columns, sender: mpsc::Sender<Piece>) {
    if format == Format::Csv && sender.send(Ok(Bytes::from(columns.head()))).await.is_err() {
        return;
    }
    loop {
        let piece = match reader.portion(PORTION).await {
            Ok(None) => return,
            Ok(Some(portion)) => {
                Ok(portion.rows.iter().map(|row| line(row, format, &columns)).collect::<String>())
            }
            Err(error) => Err(io::Error::other(error)),
        };
        let is_end = piece.is_err();
        let is_empty = piece.as_ref().is_ok_and(String::is_empty);
        if !is_empty && sender.send(piece.map(Bytes::from)).await.is_err() || is_end {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keep::RowQuery;
    use crate::page::tests::Site;

    #[tokio::test]
    async fn a_file_that_cannot_be_read_to_its_end_breaks_off() {
        let site = Site::new();
        site.shared.with(|state, now| state.create("d1", None, true, now).map(drop)).unwrap();
        let export = |delete: bool| {
            let reader = Reader::new(&site.shared, "d1", RowQuery::default(), false).unwrap();
            if delete {
                site.shared.with(|state, _| state.delete("d1")).unwrap();
            }
            let (sender, mut receiver) = mpsc::channel(WAITING);
            async move {
                write(reader, Format::Csv, Columns::new(""), sender).await;
                let mut last = None;
                while let Some(piece) = receiver.recv().await {
                    last = Some(piece.is_ok());
                }
                last
            }
        };
        assert_eq!(export(false).await, Some(true));
        assert_eq!(export(true).await, Some(false), "a device that was deleted meanwhile");
    }
}
