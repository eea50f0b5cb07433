use device_model::device_model;

#[device_model("tests/ui/models/broken.json")]
struct Lamp;

fn main() {}
