//! What the benchmarks beside bare rumqttc share: a peer, child processes, both clients, figures.
//!
//! Each benchmark runs itself again as child processes, one for each role, so that memory, CPU time and start are those
//! of one program. Begin with [`role::Role`].

pub mod device;
pub mod figures;
pub mod peer;
pub mod raw;
pub mod role;
