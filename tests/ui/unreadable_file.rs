use device_model::device_model;

#[device_model("tests/ui/models/lapm.json")]
struct Lamp;

fn main() {}
