//! What a test program is told that has no harness and starts itself once more: `--name value` pairs.
//!
//! Begin with [`Arguments::of_program`].

/// The program's arguments.
pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    /// `None` when the tests are only to be listed: there are none to list.
    pub(crate) fn of_program() -> Option<Self> {
        let given: Vec<String> = std::env::args().skip(1).collect();
        (!given.iter().any(|argument| argument == "--list")).then_some(Self(given))
    }

    /// What follows a name.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|argument| argument == name)?;
        self.0.get(at + 1).map(String::as_str)
    }

    /// The number that follows a name.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.option(name).map(|text| text.parse().expect("a number"))
    }

    /// `--seed`, or a new one.
    pub(crate) fn seed(&self) -> u64 {
        self.number("--seed").unwrap_or_else(|| fastrand::u64(..1_000_000))
    }
}
