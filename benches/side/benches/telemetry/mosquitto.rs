//! mosquitto as a peer, where it is installed.

use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::certificates::{CERTIFICATE, KEY};

/// Starts it; `None` when there is no such program.
pub fn start(folder: &Path) -> Result<Option<(Child, u16)>, Box<dyn Error + Send + Sync>> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let at = |name: &str| folder.join(name).display().to_string();
    let lines = [
        format!("listener {port} 127.0.0.1"),
        format!("certfile {}", at(CERTIFICATE)),
        format!("keyfile {}", at(KEY)),
        "allow_anonymous true".to_owned(),
        "max_inflight_messages 0".to_owned(),
        "max_queued_messages 0".to_owned(),
        "set_tcp_nodelay true".to_owned(),
        // Started by root it would give up the right to read the key.
        "user root".to_owned(),
    ];
    fs::write(folder.join("mosquitto.conf"), lines.join("\n"))?;
    for program in ["mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"] {
        let mut command = Command::new(program);
        command.args(["-c", &at("mosquitto.conf")]).stdout(Stdio::null()).stderr(Stdio::null());
        if let Ok(child) = command.spawn() {
            let begin = Instant::now();
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                if begin.elapsed() > Duration::from_secs(10) {
                    return Err("mosquitto does not listen".into());
                }
                thread::sleep(Duration::from_millis(20));
            }
            return Ok(Some((child, port)));
        }
    }
    Ok(None)
}
