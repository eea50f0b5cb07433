use std::rc::Rc;

use device_model::{CommandError, PropertyError, device_model};
use lamp::Client;

#[device_model("tests/ui/models/lamp.json")]
struct Lamp;

impl lamp::Commands for Lamp {
    async fn turnon(&self, client: &Client) -> Result<(), CommandError> {
        let kept = Rc::new(1);
        client.connected().await?;
        drop(kept);
        Ok(())
    }
    async fn turnoff(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }
    async fn blink(&self, _times: i32, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }
}

impl lamp::Properties for Lamp {
    async fn set_level(&self, level: i32, _: &Client) -> Result<i32, PropertyError> {
        Ok(level)
    }
}

fn main() {}
