//! Any bytes as the files of a disk outbox: they are read without a panic, in bounded time, and nothing on disk changes.
//!
//! From this folder: `cargo fuzz run --sanitizer none spool ../target/fuzz/spool seeds/spool`. The seeds are files that an
//! outbox has written; a zero byte in front of them says that there is one file.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use device_model_runtime::DiskOutbox;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("device-model-fuzz-spool-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((cut, bytes)) = bytes.split_first() else {
        return;
    };
    // so many 256ths of the bytes are the second file
    let (first, second) = bytes.split_at(bytes.len() - bytes.len() * usize::from(*cut) / 256);
    let file = |number: u64| FOLDER.join(format!("{number:020}.segment"));
    fs::write(file(1), first).expect("written");
    fs::write(file(2), second).expect("written");
    let Ok(report) = DiskOutbox::new(&*FOLDER).inspect() else {
        // a format of the future, perhaps
        return;
    };
    assert_eq!(report.disk_bytes, bytes.len() as u64);
    assert!(report.message_bytes + report.torn_bytes + report.damaged_bytes <= report.disk_bytes);
    assert!(report.messages * 40 <= report.message_bytes);
    assert_eq!(fs::read(file(1)).expect("read"), first);
    assert_eq!(DiskOutbox::new(&*FOLDER).inspect().expect("as before"), report);
});
