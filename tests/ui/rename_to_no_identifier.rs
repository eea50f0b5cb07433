use device_model::device_model;

#[device_model("tests/ui/models/lamp.json", rename("turnon" = "r#type"))]
struct Lamp;

fn main() {}
