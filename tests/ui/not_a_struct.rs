use device_model::device_model;

#[device_model("tests/ui/models/lamp.json")]
enum Lamp {
    On,
}

fn main() {}
