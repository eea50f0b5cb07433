use device_model::{CommandError, device_model};
use lamp::Client;

#[device_model("tests/ui/models/wrong.json")]
struct Lamp;

impl lamp::Commands for Lamp {
    async fn level(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }
}

fn main() {}
