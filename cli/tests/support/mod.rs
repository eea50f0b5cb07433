//! The command run in a folder of its own, and what it said.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A folder with files in it, in which the command runs.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("there is a place for temporary files"))
    }

    /// A folder with `files`: path and content.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        for (path, content) in files {
            folder.write(path, content.as_bytes());
        }
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, content: &[u8]) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the folder is ours");
        fs::write(path, content).expect("the folder is ours");
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, b"")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Run {
        let mut child = Command::new(env!("CARGO_BIN_EXE_device-model"))
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was just built");
        let mut pipe = child.stdin.take().expect("it is piped");
        // a command that does not read its input may be gone already
        let _ = pipe.write_all(stdin);
        drop(pipe);
        child.wait_with_output().expect("it was started").into()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Run {
    /// Its standard output as one JSON document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("standard output is JSON")
    }
}

/// A v3 Interface that extends those of the ids `of`, one a line from line 2 on.
pub(crate) fn interface(id: &str, of: &[&str]) -> String {
    let head = r#""@context": "dtmi:dtdl:context;3", "@type": "Interface""#;
    let ids: Vec<String> = of.iter().map(|id| format!("  \"{id}\"")).collect();
    format!("{{ {head}, \"@id\": \"{id}\", \"extends\": [\n{}\n], \"contents\": [] }}", ids.join(",\n"))
}

/// A v3 Interface with a fault: a telemetry on line 2 whose schema is misspelt.
pub(crate) fn faulty(id: &str) -> String {
    with_contents(id, r#"{ "@type": "Telemetry", "name": "t", "schema": "dobule" }"#)
}

/// A v3 Interface with `contents` from line 2 on.
pub(crate) fn with_contents(id: &str, contents: &str) -> String {
    let head = r#""@context": "dtmi:dtdl:context;3", "@type": "Interface""#;
    format!("{{ {head}, \"@id\": \"{id}\", \"contents\": [\n{contents}\n] }}")
}
