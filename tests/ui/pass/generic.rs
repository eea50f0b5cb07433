#![deny(warnings)]
use device_model::{CommandError, Device, PropertyError, device_model};
use lamp::Client;

pub trait Pin: Send + Sync + 'static {
    fn set(&self, on: bool);
}

#[device_model("tests/ui/models/lamp.json")]
pub struct Lamp<P: Pin> {
    pub pin: P,
}

impl<P: Pin> lamp::Commands for Lamp<P> {
    async fn turnon(&self, _: &Client) -> Result<(), CommandError> {
        self.pin.set(true);
        Ok(())
    }
    async fn turnoff(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }
    async fn blink(&self, _times: i32, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }
}

impl<P: Pin> lamp::Properties for Lamp<P> {
    async fn set_level(&self, level: i32, _: &Client) -> Result<i32, PropertyError> {
        Ok(level)
    }
}

fn is_device<D: Device>() {}

pub fn check<P: Pin>() {
    is_device::<Lamp<P>>();
}

fn main() {}
