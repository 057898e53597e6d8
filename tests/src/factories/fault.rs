use std::process;
use std::thread;
use std::time::Duration;

use impasto::{App, BoxFuture, Exchange, Handler, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

/// Does what no app should.
///
/// | path | what happens |
/// |---|---|
/// | `/spin` | the thread never comes back, and needs a core |
/// | `/block` | the thread never comes back, and sleeps |
/// | `/panic` | a panic |
/// | `/exit` | the process exits with 7 |
/// | `/abort` | the process is killed by `SIGABRT` |
/// | `/sleep/MILLISECONDS` | an answer, after a while |
/// | any other | an answer |
///
/// ```ini
/// [app:fault]
/// use = egg:impasto-tests#fault
/// at_start = none
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Fault {
    /// What happens when the app is created.
    at_start: AtStart,
}

/// What can happen when an app is created.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum AtStart {
    /// Nothing.
    #[default]
    None,
    /// The process exits with 7.
    Exit,
    /// A panic.
    Panic,
    /// The factory fails.
    Fail,
    /// The factory takes half a second, and fails.
    Late,
    /// The factory never comes back.
    Hang,
}

impl Default for Fault {
    fn default() -> Fault {
        Fault { at_start: AtStart::None }
    }
}

register!("fault" => fault);

fn fault(settings: Fault) -> anyhow::Result<App> {
    match settings.at_start {
        AtStart::None => Ok(App::new(Faulty)),
        AtStart::Exit => process::exit(7),
        AtStart::Panic => panic!("as it was asked to"),
        AtStart::Fail => anyhow::bail!("as it was asked to"),
        AtStart::Late => {
            thread::sleep(Duration::from_millis(500));
            anyhow::bail!("after all that time")
        }
        AtStart::Hang => loop {
            thread::park();
        },
    }
}

struct Faulty;

impl Handler for Faulty {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(async {
            let path = exchange.path().trim_start_matches('/');
            let (what, argument) = path.split_once('/').unwrap_or((path, ""));
            match what {
                "spin" => loop {
                    std::hint::spin_loop();
                },
                "block" => loop {
                    thread::park();
                },
                "panic" => panic!("as it was asked to"),
                "exit" => process::exit(7),
                "abort" => process::abort(),
                "sleep" => {
                    let milliseconds = argument.parse().unwrap_or(0);
                    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                }
                _ => {}
            }
            Response::default()
        })
    }
}
