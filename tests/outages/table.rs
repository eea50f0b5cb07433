//! The table that comes out.

/// What was seen, a row for each thing that was looked at.
#[derive(Debug)]
pub(crate) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(contestants: &[&str]) -> Self {
        let head = std::iter::once("").chain(contestants.iter().copied());
        Self { head: head.map(str::to_owned).collect(), rows: Vec::new() }
    }

    /// A row; said at once, so that whoever waits sees something.
    pub(crate) fn row(&mut self, what: &str, values: Vec<String>) {
        println!("{what}: {}", values.join(" | "));
        self.rows.push(std::iter::once(what.to_owned()).chain(values).collect());
    }

    pub(crate) fn print(&self) {
        println!("\n| {} |", self.head.join(" | "));
        println!("|{}", "---|".repeat(self.head.len()));
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
    }
}
