use device_model::device_model;

#[device_model("tests/ui/models/collision.json")]
struct Lamp;

fn main() {}
