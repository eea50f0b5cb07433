//! Raw data as a file: CSV or JSON lines, the oldest row first, written while it is read.
//!
//! Decides the form, and how the file says that something of it is missing: what is damaged on disk is named in a line where
//! it would be, and the file goes on; one that cannot be read to its end says so and breaks off. Never more than a few
//! portions of rows are in memory. Begin with [`export`].

use std::collections::BTreeSet;
use std::io;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
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

/// Most places of damage that a file names.
const SAID: usize = 10_000;

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
    let mut said = BTreeSet::new();
    loop {
        let (text, broken) = match reader.portion(PORTION).await {
            Ok(None) => return,
            Ok(Some(portion)) => {
                let mut text: String = portion.rows.iter().map(|row| line(row, format, &columns)).collect();
                for damage in portion.damage {
                    // a damaged file is met again with each portion
                    if said.len() < SAID && said.insert(damage.clone()) {
                        text += &note(&damage, format, &columns);
                    }
                }
                (text, None)
            }
            Err(error) => (note(&format!("the file ends here: {error}"), format, &columns), Some(error)),
        };
        if !text.is_empty() && sender.send(Ok(Bytes::from(text))).await.is_err() {
            return;
        }
        if let Some(error) = broken {
            // whoever reads has gone, or sees that the file is not whole
            let _ = sender.send(Err(io::Error::other(error))).await;
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

/// A line that says what is missing.
fn note(text: &str, format: Format, columns: &Columns) -> String {
    match format {
        Format::Csv => columns.note(text),
        Format::Jsonl => json!({ "damage": text }).to_string() + "\n",
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path as FilePath;

    use jiff::Timestamp;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::keep::{self, Retention, RowQuery};
    use crate::page::tests::Site;
    use crate::settings::Settings;
    use crate::shared::Shared;
    use crate::state::tests::state;
    use crate::topics::Bag;

    /// The text of a file, and whether it came to its end.
    async fn export(reader: Reader, format: Format) -> (String, bool) {
        let (sender, mut receiver) = mpsc::channel::<Piece>(WAITING);
        let read = async move {
            let (mut text, mut is_whole) = (String::new(), true);
            while let Some(piece) = receiver.recv().await {
                match piece {
                    Ok(bytes) => text += std::str::from_utf8(&bytes).unwrap(),
                    Err(_) => is_whole = false,
                }
            }
            (text, is_whole)
        };
        tokio::join!(write(reader, format, Columns::new(""), sender), read).1
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_to_its_end_says_so_and_breaks_off() {
        let site = Site::new();
        site.shared.with(|state, now| state.create("d1", None, true, now).map(drop)).unwrap();
        let reader = || Reader::new(&site.shared, "d1", RowQuery::default(), false).unwrap();
        assert!(export(reader(), Format::Csv).await.1);
        let (csv, json) = (reader(), reader());
        site.shared.with(|state, _| state.delete("d1")).unwrap();
        for (reader, format) in [(csv, Format::Csv), (json, Format::Jsonl)] {
            let (text, is_whole) = export(reader, format).await;
            assert!(!is_whole, "the device was deleted meanwhile");
            assert!(
                text.lines().last().unwrap().contains("the file ends here: there is no device"),
                "{text}"
            );
        }
    }

    /// What a hub with a data folder shares, and the task that keeps for it.
    fn kept(dir: &FilePath) -> (std::sync::Arc<Shared>, keep::Keeper) {
        let mut state = state();
        let keep = keep::open(dir).unwrap().load(Retention::default(), false, &mut state).unwrap();
        let settings = Settings::load(dir, Timestamp::now()).unwrap();
        let shared = Shared::new(state, settings, 8443, 8883, None);
        (std::sync::Arc::new(shared.keeping(keep.ledger, keep.library)), keep.keeper)
    }

    #[tokio::test]
    async fn damaged_pieces_are_named_in_the_file_which_goes_on_behind_them() {
        let folder = tempfile::tempdir().unwrap();
        let (shared, keeper) = kept(folder.path());
        shared.with(|state, now| state.create("d1", None, true, now).map(drop)).unwrap();
        for n in 0..6 {
            // each row is a piece of its own, and all together are enough for a file
            let body = format!(r#"{{"n":{n},"text":"{}"}}"#, "x".repeat(250_000));
            shared.with(|state, now| state.telemetry("d1", &Bag::default(), body.as_bytes(), now));
        }
        let stop = CancellationToken::new();
        stop.cancel();
        keep::run(std::sync::Arc::new(keeper), std::sync::Arc::clone(&shared), stop).await.unwrap();
        let file = std::fs::read_dir(folder.path().join("history")).unwrap().next().unwrap().unwrap().path();
        let mut bytes = std::fs::read(&file).unwrap();
        // the rows of the first device come behind its columns: somewhere in the middle is one of them
        let middle = bytes.windows(6).position(|bytes| bytes == br#"{"n":3"#).unwrap();
        bytes[middle] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        let reader = || Reader::new(&shared, "d1", RowQuery::default(), false).unwrap();
        let (text, is_whole) = export(reader(), Format::Jsonl).await;
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let seqs: Vec<u64> = lines.iter().filter_map(|line| line["seq"].as_u64()).collect();
        assert_eq!((seqs, is_whole), (vec![0, 1, 2, 4, 5], true));
        let said: Vec<&str> = lines.iter().filter_map(|line| line["damage"].as_str()).collect();
        assert!(said.len() == 1 && said[0].contains("rows 3 to 3"), "{said:?}");
        let (text, _) = export(reader(), Format::Csv).await;
        assert_eq!(
            text.lines().filter(|line| line.contains(",damaged,") && line.contains("rows 3 to 3")).count(),
            1
        );
    }
}
