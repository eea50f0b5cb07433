use device_model::device_model;

#[device_model("tests/ui/models/lamp.json")]
struct Lamp;

fn main() {}
