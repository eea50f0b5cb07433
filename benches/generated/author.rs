
/// A device.
pub struct EnvironmentalSensor;

impl Commands for EnvironmentalSensor {
    async fn blink(&self, _: i64, _: &Client) -> Result<BlinkResponse, CommandError> {
        Ok(BlinkResponse::default())
    }
    async fn turnon(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }
    async fn turnoff(&self, _: &Client) -> Result<(), CommandError> {
        Ok(())
    }
    async fn rundiagnostics(&self, _: &Client) -> Result<String, CommandError> {
        Ok(String::new())
    }
}

impl Properties for EnvironmentalSensor {
    async fn set_name(&self, name: String, _: &Client) -> Result<String, PropertyError> {
        Ok(name)
    }
    async fn set_brightness(&self, brightness: i64, _: &Client) -> Result<i64, PropertyError> {
        Ok(brightness)
    }
}
