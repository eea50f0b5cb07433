//! What stands around the program: `Cargo.toml` and `README.md`.

use std::path::PathBuf;

/// What both say.
pub(super) struct Manifest<'n> {
    pub(super) name: &'n str,
    pub(super) device: &'n str,
    /// The folder of device-model, where it is not the published one.
    pub(super) path: Option<PathBuf>,
    /// Whether a workspace stands around the crate.
    pub(super) is_in_workspace: bool,
}

impl Manifest<'_> {
    pub(super) fn cargo_toml(&self) -> String {
        let (name, rust) = (self.name, env!("CARGO_PKG_RUST_VERSION"));
        // crates of one workspace have one version
        let version = env!("CARGO_PKG_VERSION");
        let dependency = match &self.path {
            Some(path) => format!("{{ path = {:?}, version = {version:?} }}", path.display().to_string()),
            None => format!("{version:?}"),
        };
        let workspace = if self.is_in_workspace {
            "\n# It stands by itself. Take this out to make it a member of the workspace around it.\n[workspace]\n"
        } else {
            ""
        };
        format!(
            "[package]\n\
             name = \"{name}\"\n\
             version = \"0.1.0\"\n\
             edition = \"2024\"\n\
             rust-version = \"{rust}\"\n\
             publish = false\n\
             \n\
             [dependencies]\n\
             device-model = {dependency}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\", \"signal\", \"time\"] }}\n\
             tracing-subscriber = {{ version = \"0.3\", features = [\"env-filter\"] }}\n\
             {workspace}"
        )
    }

    /// `model` is the model's path in the crate.
    pub(super) fn readme(&self, model: &str) -> String {
        let Self { name, device, .. } = self;
        format!(
            "# {name}\n\
             \n\
             A device by its model, which becomes Rust when the crate is built:\n\
             `{model}`\n\
             \n\
             `src/main.rs` has the struct `{device}`, its handlers and what it does by itself. A handler that the model\n\
             asks for and the code has not is an error of the compiler.\n\
             \n\
             ## Run it\n\
             \n\
             Against the local hub, in another terminal (`cargo install device-model-cli` has the command):\n\
             \n\
             ```sh\n\
             device-model hub --dir hub-data --models models\n\
             ```\n\
             \n\
             Add a device on its page, open *Connect* there, set the variables it shows, then:\n\
             \n\
             ```sh\n\
             cargo run\n\
             ```\n\
             \n\
             Against Azure, set `IOTHUB_DEVICE_SECURITY_TYPE` to `DPS` with `IOTHUB_DEVICE_DPS_ENDPOINT`,\n\
             `IOTHUB_DEVICE_DPS_ID_SCOPE`, `IOTHUB_DEVICE_DPS_DEVICE_ID` and `IOTHUB_DEVICE_DPS_DEVICE_KEY`, or to\n\
             `connectionString` with `IOTHUB_DEVICE_CONNECTION_STRING`. `RUST_LOG=debug` shows more.\n\
             \n\
             ## Change it\n\
             \n\
             Write the handlers, which answer 501 until then, and measure where the program says MEASURE HERE.\n\
             `cargo test` calls handlers without a hub. When the model gets a new version, `device-model diff OLD NEW`\n\
             says what that changes here and for those who use the device.\n"
        )
    }
}
