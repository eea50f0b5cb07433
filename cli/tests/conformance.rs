//! `check --batch` against the public conformance cases of the language, where they lie beside this repository.
//!
//! Their runner says how many cases pass at each level; none may become fewer. Begin with `FLOORS`.
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod support;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::Folder;

/// A row and a column of the runner's table, and how many cases must pass there.
const FLOORS: &[(&str, &str, u32)] = &[
    ("all", "verdict", 11628),
    ("all", "golden", 11386),
    ("all", "codes", 969),
    ("all", "ids", 969),
    ("all", "fields", 906),
    ("all", "lines", 893),
    ("all", "model", 274),
    ("all", "instances", 45),
    ("scope core", "verdict", 11148),
    ("scope core", "golden", 10906),
    ("scope core", "model", 194),
];

#[test]
fn no_conformance_case_is_lost() {
    let Some(suite) = suite() else {
        eprintln!("skipped: there are no conformance cases beside this repository");
        return;
    };
    let folder = Folder::new();
    let output = Command::new("python3")
        .current_dir(&suite)
        .args(["run.py", "--cases", "cases", "--golden", "golden.jsonl", "--jobs", "2", "--failures"])
        .arg(folder.path().join("failures.tsv"))
        .args(["--cmd", concat!("'", env!("CARGO_BIN_EXE_device-model"), "' check --batch")])
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: there is no python3 to run the conformance cases with");
        return;
    };
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{table}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(table.contains(" 0 process restarts"), "the command died or hung:\n{table}");
    let passed = passed(&table);
    let lost =
        FLOORS.iter().filter(|(row, column, floor)| passed.get(&(*row, *column)).is_none_or(|n| n < floor));
    let lost: Vec<String> = lost
        .map(|(row, column, floor)| {
            format!("{row}, {column}: {:?} instead of {floor}", passed.get(&(*row, *column)))
        })
        .collect();
    assert!(lost.is_empty(), "{}\n\n{table}", lost.join("\n"));
}

/// The suite's folder, beside this repository or one level higher.
fn suite() -> Option<PathBuf> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../../shared/dtdl-conformance", "../../../shared/dtdl-conformance"];
    places.iter().map(|place| ours.join(place)).find(|folder| folder.join("run.py").is_file())
}

/// How many cases passed, by row and column. A cell is `passed/all` with or without a rate; columns are apart by two
/// spaces or more, and cells under the end of their heading, so that empty ones can be told.
fn passed(table: &str) -> HashMap<(&str, &str), u32> {
    let mut passed = HashMap::new();
    let mut lines = table.lines().skip_while(|line| !line.trim_start().starts_with("verdict"));
    let Some(head) = lines.next() else { return passed };
    let columns: Vec<(&str, usize)> =
        head.split_whitespace().map(|name| (name, end_of(name, head))).collect();
    for line in lines.take_while(|line| !line.is_empty()) {
        let row = line.split("  ").next().unwrap_or_default().trim();
        for cell in line.split("  ").map(str::trim).filter(|cell| cell.contains('/') && *cell != row) {
            let end = end_of(cell, line);
            let count = cell.split('/').next().and_then(|count| count.parse().ok());
            let column = columns.iter().find(|(_, column)| *column == end);
            if let (Some(count), Some((name, _))) = (count, column) {
                passed.insert((row, *name), count);
            }
        }
    }
    passed
}

/// Where a part of a line ends in it.
fn end_of(part: &str, line: &str) -> usize {
    part.as_ptr() as usize - line.as_ptr() as usize + part.len()
}

#[test]
fn the_runners_table_is_understood() {
    let row =
        |name, cells: [&str; 3]| format!("{name:<10}  {:>9}  {:>6}  {:>5}\n", cells[0], cells[1], cells[2]);
    let head = row("", ["verdict", "golden", "codes"]);
    let rows = row("all", ["5/9 55.6%", "9/9", ""]) + &row("scope core", ["7/7", "", "1/2"]);
    let table = &format!("3 requests\n\n{head}{rows}\nfailing cases: x\n");
    let mut cells: Vec<_> = passed(table).into_iter().collect();
    cells.sort();
    let expected = [
        (("all", "golden"), 9),
        (("all", "verdict"), 5),
        (("scope core", "codes"), 1),
        (("scope core", "verdict"), 7),
    ];
    assert_eq!(cells, expected, "{table}");
}
