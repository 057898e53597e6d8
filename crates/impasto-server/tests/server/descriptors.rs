use std::fs::File;
use std::io::{Read, Seek};
use std::process::Command;
use std::time::Duration;

use impasto_server::Http;
use tokio::net::TcpStream;

use crate::support::{Client, Running};

const IN_CHILD: &str = "IMPASTO_TEST_FEW_DESCRIPTORS";

/// Runs in a process of its own, which has few descriptors and uses them up.
#[test]
fn a_server_without_descriptors_waits_for_one() {
    if std::env::var_os(IN_CHILD).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(starve());
    }
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "descriptors::a_server_without_descriptors_waits_for_one", "--nocapture"])
        .env(IN_CHILD, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

async fn starve() {
    let server = Running::start(Http::default()).await;
    let mut served = server.client().await;
    served.get("/").await;
    let mut clock = File::open("/proc/self/stat").unwrap();

    let mut hoard: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    hoard.pop().unwrap();
    let mut waiting = Client::new(TcpStream::connect(server.address()).await.unwrap());
    waiting.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n").await;

    let before = ticks(&mut clock);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(ticks(&mut clock) - before < 20, "it spins");
    assert_eq!(served.get("/").await.body, "hello", "the others are served");
    hoard.pop().unwrap();
    assert_eq!(waiting.answer().await.body, "hello");
}

/// Hundredths of a second that this process has run.
fn ticks(clock: &mut File) -> u64 {
    let mut text = String::new();
    clock.rewind().unwrap();
    clock.read_to_string(&mut text).unwrap();
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap().split(' ').collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}
