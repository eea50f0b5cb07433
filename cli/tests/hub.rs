//! `device-model hub` as a program: its line of JSON, its end and its refusals.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

fn start(dir: &std::path::Path, mqtt: &str) -> Child {
    start_with(dir, mqtt, &[])
}

fn start_with(dir: &std::path::Path, mqtt: &str, options: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_device-model"))
        .args(["hub", "--json", "--mqtt", mqtt, "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--dir"])
        .arg(dir)
        .args(options)
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
    TcpStream::connect(address).expect("the listener accepts");

    let other = tempfile::tempdir().expect("a folder for the test");
    let second = start(other.path(), address).wait_with_output().expect("it ends by itself");
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("cannot listen on"));

    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

/// Makes a device by the page's API.
fn create(ready: &Value, id: &str) {
    let body = format!(r#"{{"id":"{id}"}}"#);
    let head = "POST /api/devices HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json";
    let mut socket = TcpStream::connect(ready["http"].as_str().expect("host:port")).expect("it accepts");
    write!(socket, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).expect("a request");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[test]
fn a_damaged_journal_refuses_the_start_and_names_the_option_that_repairs_it() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut child = start(folder.path(), "127.0.0.1:0");
    let told = ready(&mut child);
    ["one", "two", "three"].iter().for_each(|id| create(&told, id));
    child.kill().expect("it lives");
    child.wait().expect("it ends");
    let journal = folder.path().join("journal").join("0000000001.journal");
    let mut bytes = std::fs::read(&journal).expect("a journal");
    let place = bytes.windows(3).position(|bytes| bytes == b"two").expect("its record");
    bytes[place] ^= 1;
    std::fs::write(&journal, bytes).expect("it can be damaged");

    let refused = start(folder.path(), "127.0.0.1:0").wait_with_output().expect("it ends by itself");
    let text = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{text}");
    assert!(text.contains("error: ") && text.contains("--repair"), "{text}");

    let mut child = start_with(folder.path(), "127.0.0.1:0", &["--repair"]);
    ready(&mut child);
    child.kill().expect("it lives");
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stderr);
    let warning = text.lines().find(|line| line.starts_with("warning: ")).expect("what is lost");
    assert!(warning.contains("0000000001.journal-damaged"), "{warning}");
    let mut child = start(folder.path(), "127.0.0.1:0");
    ready(&mut child);
    child.kill().expect("it starts as ever");
    child.wait().expect("it ends");
}
