//! `device-model hub` as a program: its line of JSON, its end and its refusals.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

fn start(dir: &std::path::Path, mqtt: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_device-model"))
        .args(["hub", "--json", "--mqtt", mqtt, "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--dir"])
        .arg(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was just built")
}

fn ready(child: &mut Child) -> Value {
    let mut line = String::new();
    let stdout = child.stdout.take().expect("stdout is piped");
    BufReader::new(stdout).read_line(&mut line).expect("stdout is text");
    serde_json::from_str(&line).expect("the first line is JSON")
}

#[test]
fn prints_one_object_when_ready_and_ends_with_0_on_sigterm() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut child = start(folder.path(), "127.0.0.1:0");
    let ready = ready(&mut child);
    let keys: Vec<_> = ready.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected = ["ca_file", "group_key", "http", "https", "id_scope", "mqtt", "service_connection_string"];
    assert_eq!(keys, expected);
    let address = ready["mqtt"].as_str().expect("host:port");
    std::net::TcpStream::connect(address).expect("the listener accepts");

    let other = tempfile::tempdir().expect("a folder for the test");
    let second = start(other.path(), address).wait_with_output().expect("it ends by itself");
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("cannot listen on"));

    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
