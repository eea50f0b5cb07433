use device_model::device_model;

#[device_model]
struct Lamp;

fn main() {}
