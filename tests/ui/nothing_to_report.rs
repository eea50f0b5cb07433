use device_model::{Device, Error, device_model};

#[device_model("tests/ui/models/thermostat.json")]
struct Thermostat;

async fn report(client: <Thermostat as Device>::Client) -> Result<(), Error> {
    client.report(()).await
}

fn main() {}
