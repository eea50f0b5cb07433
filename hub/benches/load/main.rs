//! A whole fleet against one hub: devices over TLS that send telemetry at QoS 1, pages that watch, methods that are called.
//!
//! The hub is a process of its own (this program again, told so by its first argument), so that its memory and its time on
//! the processor are its own. Everything else is one process: a thread for the fleet and its pages, and one for the methods,
//! whose time is then the hub's and not that of a busy fleet. `--devices`, `--rate` (messages a second of
//! all), `--burst` (messages a device sends at once), `--pages`, `--seconds` change the numbers. Prints figures, and a line
//! that puts them beside what the hub is to reach.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark that cannot go on stops here"
)]

mod device;
mod figures;
mod process;
mod service;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use figures::{Reached, Times};
use process::{HubProcess, Usage};
use service::{Http, Service};
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

/// Devices that connect at the same time.
const CONNECTING: usize = 32;
/// Time for everything to settle before it is measured.
const WARM_UP: Duration = Duration::from_secs(3);
/// Pause between two method calls.
const CALL_PAUSE: Duration = Duration::from_millis(20);

/// The device whose method is called; it does nothing else.
const CALLED: &str = "called";

/// What is asked for.
struct Options {
    devices: usize,
    rate: usize,
    burst: usize,
    pages: usize,
    seconds: u64,
}

/// What all tasks count.
#[derive(Default)]
struct Counters {
    sent: Cell<u64>,
    acknowledged: Cell<u64>,
    page_bytes: Cell<u64>,
    acknowledgements: RefCell<Times>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = |threads| match threads {
        1 => tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        _ => tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap(),
    };
    if let [role, folder] = &*arguments
        && role == "hub"
    {
        return runtime(2).block_on(process::serve(folder));
    }
    let options = options(&arguments);
    let set = LocalSet::new();
    set.block_on(&runtime(1), run(options));
}

fn options(arguments: &[String]) -> Options {
    let number = |name: &str, otherwise: usize| {
        let place = arguments.iter().position(|argument| argument == name);
        place.map_or(otherwise, |place| arguments[place + 1].parse().unwrap())
    };
    Options {
        devices: number("--devices", 2000),
        rate: number("--rate", 20_000),
        burst: number("--burst", 10),
        pages: number("--pages", 50),
        seconds: number("--seconds", 20) as u64,
    }
}

async fn run(options: Options) {
    let folder = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(folder.path());
    let service = Service::new(&hub.ready);
    let ids: Vec<String> = (0..options.devices).map(|number| format!("device-{number:05}")).collect();
    service.create(&ids).await;
    service.create(&[CALLED.to_owned()]).await;
    println!("{} devices in the registry; {} MB", options.devices, hub.usage().resident / 1_000_000);

    let counters = Rc::new(Counters::default());
    let began = Instant::now();
    connect_all(&options, &hub, &ids, &counters).await;
    let took = began.elapsed().as_secs_f64();
    println!("{} devices connected in {took:.1} s; {} MB", options.devices, hub.usage().resident / 1_000_000);
    watch_all(&options, &hub, &ids, &counters).await;

    tokio::time::sleep(WARM_UP).await;
    let calls = Calls::begin(service, &hub);
    let before =
        Before { began: Instant::now(), usage: hub.usage(), acknowledged: counters.acknowledged.get() };
    counters.page_bytes.set(0);
    counters.acknowledgements.borrow_mut().clear();
    tokio::time::sleep(Duration::from_secs(options.seconds)).await;
    print(&options, &before, &hub, &counters, calls);
}

/// What there was when the measurement began.
struct Before {
    began: Instant,
    usage: Usage,
    acknowledged: u64,
}

fn print(options: &Options, before: &Before, hub: &HubProcess, counters: &Counters, calls: Calls) {
    let (passed, after) = (before.began.elapsed().as_secs_f64(), hub.usage());
    let acknowledged = counters.acknowledged.get() - before.acknowledged;
    let rate = acknowledged as f64 / passed;
    let outstanding = counters.sent.get() - counters.acknowledged.get();
    let mut calls = calls.end();
    println!("{rate:.0} messages/s acknowledged of {} asked for; {outstanding} outstanding", options.rate);
    println!("acknowledgement of a message: {}", counters.acknowledgements.borrow_mut().summary());
    println!("method call by REST:          {}", calls.summary());
    let page_rate = counters.page_bytes.get() as f64 / passed / 1000.0;
    println!("{} pages: {page_rate:.0} kB/s", options.pages);
    let processor = (after.processor - before.usage.processor).as_secs_f64();
    println!(
        "the hub: {:.2} cores, {:.1} µs of processor a message, {} MB resident ({} MB at most)",
        processor / passed,
        processor * 1e6 / acknowledged as f64,
        after.resident / 1_000_000,
        after.most / 1_000_000,
    );
    let (call, memory) = (calls.milliseconds(0.99), after.most as f64 / 1e6);
    println!("{}", Reached { devices: options.devices, rate, call, memory }.summary());
}

async fn connect_all(options: &Options, hub: &HubProcess, ids: &[String], counters: &Rc<Counters>) {
    let places = Arc::new(Semaphore::new(CONNECTING));
    let connector = device::connector(&hub.ready.ca_file);
    let interval =
        Duration::from_secs_f64(options.devices as f64 * options.burst as f64 / options.rate as f64);
    let mut connecting = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        let place = Arc::clone(&places).acquire_owned().await.unwrap();
        let (connector, address, id) = (connector.clone(), hub.ready.mqtt.clone(), id.clone());
        let (counters, burst) = (Rc::clone(counters), options.burst);
        // spread over the interval, as devices that know nothing of each other are
        let offset = interval.mul_f64(number as f64 / ids.len() as f64);
        let (ready, connected) = tokio::sync::oneshot::channel();
        tokio::task::spawn_local(async move {
            let device = device::Device::connect(&connector, &address, &id).await;
            drop(place);
            ready.send(()).unwrap();
            device.run(burst, interval, offset, &counters).await;
        });
        connecting.push(connected);
    }
    for connected in connecting {
        connected.await.unwrap();
    }
}

/// Half of the pages look at the list of devices, the others at a device each.
async fn watch_all(options: &Options, hub: &HubProcess, ids: &[String], counters: &Rc<Counters>) {
    for page in 0..options.pages {
        let topic = match page % 2 {
            0 => "devices".to_owned(),
            _ => format!("device:{}", ids[page * 7 % ids.len()]),
        };
        let mut stream = Http::open(&hub.ready.http).await;
        stream.send("GET", &format!("/events?topics={topic}"), "", "").await;
        let counters = Rc::clone(counters);
        tokio::task::spawn_local(async move {
            loop {
                let read = stream.read_some().await;
                counters.page_bytes.set(counters.page_bytes.get() + read as u64);
            }
        });
    }
}

/// Calls a method again and again, on a thread of its own.
struct Calls {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Times>,
}

impl Calls {
    fn begin(service: Service, hub: &HubProcess) -> Self {
        let (connector, address) = (device::connector(&hub.ready.ca_file), hub.ready.mqtt.clone());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            LocalSet::new().block_on(&runtime, async {
                let called = device::Device::connect(&connector, &address, CALLED).await;
                tokio::task::spawn_local(async move {
                    let never = Duration::from_secs(24 * 3600);
                    called.run(0, never, never, &Counters::default()).await;
                });
                let (mut http, mut times) = (Http::open(&service.http).await, Times::default());
                while !stopped.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    service.call(&mut http, CALLED).await;
                    times.add(began.elapsed());
                    tokio::time::sleep(CALL_PAUSE).await;
                }
                times
            })
        });
        Self { stop, thread }
    }

    /// Waits for the call that is under way; answers how long they took.
    fn end(self) -> Times {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}
