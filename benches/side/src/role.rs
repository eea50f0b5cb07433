//! Child processes: the same program again, in a role.
//!
//! A role tells its parent what it has come to by lines on standard output.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Where a role runs.
#[derive(Clone, Copy)]
pub enum Placement {
    /// Where the system puts it.
    Free,
    /// On the first core, as everything placed so: what is measured then is work, not how cores wake one another.
    OneCore,
}

/// A program in a role; ended when dropped.
pub struct Role {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Role {
    /// Starts this program again with these arguments.
    pub fn start(arguments: &[&str]) -> Self {
        Self::placed(Placement::Free, arguments)
    }

    /// Starts this program again with these arguments, at this place.
    pub fn placed(placement: Placement, arguments: &[&str]) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut command = match placement {
            Placement::Free => Command::new(program),
            Placement::OneCore => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", "0"]).arg(program);
                command
            }
        };
        let child = command.args(arguments).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("this program (and taskset, of util-linux) can be started");
        let lines = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, lines }
    }

    /// What follows `word` on the next line that begins with it.
    pub fn expect(&mut self, word: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).expect("text");
            assert!(read > 0, "the role ended before it said {word}");
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Resident memory, in KiB.
    pub fn resident(&self) -> u64 {
        resident(&self.child.id().to_string())
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Resident memory of a process (`self`, or its id), in KiB.
pub fn resident(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
    line.split_whitespace().next().and_then(|text| text.parse().ok()).expect("a number")
}

/// Tells the parent.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("the parent listens");
}

/// The arguments of this process that are the role's: none for the parent.
pub fn arguments() -> Vec<String> {
    std::env::args().skip(1).filter(|argument| argument != "--bench").collect()
}

/// Runs a role's future on one thread.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}
