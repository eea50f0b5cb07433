use device_model::__private::{
    CommandCall, CommandOutcome, Convention, DesiredChange, DesiredOutcome, ModelTable, PartTable, answer,
    asynchronous, command, in_force, read_only, writable,
};
use device_model::{CommandError, Device, PropertyError, TypedClient};
use serde::Serialize;

/// The id of the model.
pub const MODEL_ID: &str = "urn:device_model:environmental_sensor:1";

/// The device's way to the hub: cheap to clone, usable from any task.
pub type Client = TypedClient<Telemetry, Reported>;

/// One message of measurements. What is `None` is not sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Telemetry {
    /// The temperature of the air around the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temp: Option<f64>,
    /// The relative humidity of the air around the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub humid: Option<f64>,
}

impl Telemetry {
    /// The unit of `temp`.
    pub const TEMP_UNIT: &'static str = "Units/Temperature/fahrenheit";
    /// The unit of `humid`.
    pub const HUMID_UNIT: &'static str = "Units/Humidity/percent";
}

/// State the device reports. What is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    /// The company that made the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// The model's name or number, as printed on the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The version of the software that the device runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sw_version: Option<String>,
    /// The operating system that the device runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_name: Option<String>,
    /// The instruction set of the processor, for example `x86_64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processor_architecture: Option<String>,
    /// The company that made the processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processor_manufacturer: Option<String>,
    /// The size of the permanent storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_storage: Option<i64>,
    /// The size of the main memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_memory: Option<i64>,
    /// Whether the device is measuring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<bool>,
    /// The name of the customer who uses the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How bright the light is: 1 is high, 2 is medium, 3 is low.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brightness: Option<i64>,
}

/// What `blink` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BlinkResponse {
    /// A text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.
pub trait Commands: Send + Sync + 'static {
    /// Makes the light blink. Takes the seconds from one blink to the next.
    fn blink(
        &self,
        interval: i64,
        client: &Client,
    ) -> impl Future<Output = Result<BlinkResponse, CommandError>> + Send;
    /// Turns the light on.
    fn turnon(&self, client: &Client) -> impl Future<Output = Result<(), CommandError>> + Send;
    /// Turns the light off.
    fn turnoff(&self, client: &Client) -> impl Future<Output = Result<(), CommandError>> + Send;
    /// Lets the device examine itself; the result is reported when it is done.
    fn rundiagnostics(&self, client: &Client) -> impl Future<Output = Result<String, CommandError>> + Send;
}

/// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
pub trait Properties: Send + Sync + 'static {
    /// The name of the customer who uses the device.
    fn set_name(
        &self,
        name: String,
        client: &Client,
    ) -> impl Future<Output = Result<String, PropertyError>> + Send;
    /// How bright the light is: 1 is high, 2 is medium, 3 is low.
    fn set_brightness(
        &self,
        brightness: i64,
        client: &Client,
    ) -> impl Future<Output = Result<i64, PropertyError>> + Send;
}

const PART: PartTable = PartTable {
    component: None,
    telemetry: &["temp", "humid"],
    properties: &[
        read_only("manufacturer"),
        read_only("model"),
        read_only("swVersion"),
        read_only("osName"),
        read_only("processorArchitecture"),
        read_only("processorManufacturer"),
        read_only("totalStorage"),
        read_only("totalMemory"),
        read_only("state"),
        writable("name"),
        writable("brightness"),
    ],
    commands: &[command("blink"), command("turnon"), command("turnoff"), asynchronous("rundiagnostics")],
};

impl Device for EnvironmentalSensor {
    type Client = Client;

    const MODEL: ModelTable =
        ModelTable { id: MODEL_ID, convention: Convention::Central2020, parts: &[PART] };

    async fn __command(&self, call: CommandCall<'_>, client: &device_model::__private::Client) -> CommandOutcome {
        let client = &Client::from(client.clone());
        match call.name() {
            "blink" => answer(self.blink(call.request()?, client).await?),
            "turnon" => answer(self.turnon(client).await?),
            "turnoff" => answer(self.turnoff(client).await?),
            "rundiagnostics" => answer(self.rundiagnostics(client).await?),
            _ => call.unknown(),
        }
    }

    async fn __desired(&self, change: DesiredChange<'_>, client: &device_model::__private::Client) -> DesiredOutcome {
        let client = &Client::from(client.clone());
        match change.name() {
            "name" => in_force(self.set_name(change.value()?, client).await?),
            "brightness" => in_force(self.set_brightness(change.value()?, client).await?),
            _ => change.unknown(),
        }
    }
}
