use device_model::device_model;

#[device_model("tests/ui/models/lamp.json", asynchronus("blink"))]
struct Lamp;

fn main() {}
