//! Crates that are put together of generated code, to be compiled as a user's would be: against the facade, from a folder
//! of their own, with the versions of this repository so that nothing has to be fetched.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test uses what it needs, and says what failed by failing"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A crate that is put together.
pub(crate) struct Scratch {
    name: &'static str,
    pub(crate) folder: PathBuf,
    root: String,
    dependencies: String,
}

impl Scratch {
    pub(crate) fn new(name: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(folder.join("src"));
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let root = "//! Generated.\n#![deny(warnings, missing_docs, rustdoc::all)]\n".to_owned();
        Self { name, folder, root, dependencies: String::new() }
    }

    /// Adds a module with that content.
    pub(crate) fn add(&mut self, module: &str, content: &str) {
        writeln!(self.root, "/// Generated.\npub mod {module};").unwrap();
        std::fs::write(self.folder.join("src").join(format!("{module}.rs")), content).unwrap();
    }

    /// Lets it depend on another such crate.
    pub(crate) fn depend(&mut self, other: &Self) {
        other.write();
        self.dependencies = format!("{} = {{ path = {:?} }}\n", other.name, other.folder);
    }

    /// Writes the crate and runs a cargo command on it that must succeed; its standard output.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        let end = text.char_indices().nth(10_000).map_or(text.len(), |(at, _)| at);
        assert!(output.status.success(), "cargo {arguments:?}:\n{}", &text[..end]);
        String::from_utf8(output.stdout).unwrap()
    }

    /// Writes the crate and runs a cargo command on it that must fail; what it says.
    pub(crate) fn cargo_fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "cargo {arguments:?} succeeds");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.write();
        Command::new(env!("CARGO"))
            .args(&arguments[..1])
            .args(["--offline", "--quiet", "--target-dir"])
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"))
            .args(&arguments[1..])
            .current_dir(&self.folder)
            .env_remove("RUSTFLAGS")
            // for the one command that asks for expanded code
            .env("RUSTC_BOOTSTRAP", "1")
            .output()
            .unwrap()
    }

    fn write(&self) {
        let ours = env!("CARGO_MANIFEST_DIR");
        // edition 2021, where less is imported by itself; the examples are of 2024
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n\
             [dependencies]\ndevice-model = {{ path = {ours:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n{}",
            self.name, self.dependencies
        );
        std::fs::write(self.folder.join("Cargo.toml"), manifest).unwrap();
        std::fs::write(self.folder.join("src/lib.rs"), &self.root).unwrap();
        std::fs::copy(Path::new(ours).join("Cargo.lock"), self.folder.join("Cargo.lock")).unwrap();
    }
}
