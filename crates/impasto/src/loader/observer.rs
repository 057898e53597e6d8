//! Who is shown what a stack is made of.

use super::context::Context;
use crate::compose::{App, Filter};
use crate::registry::Made;

/// Is shown every filter and every app as it is created, and may put something in its place: that filter
/// with another one around it, say, to see what comes and goes.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("api-paste.ini");
/// # impasto::register!("home" => |_: ()| App::at_once(|_| Default::default()));
/// # let krate = env!("CARGO_PKG_NAME");
/// # std::fs::write(&path, format!("[app:main]\nuse = egg:{krate}#home\n"))?;
/// use std::sync::{Arc, Mutex};
/// use impasto::{App, Context, Group, Loader, Observer, Registry};
///
/// #[derive(Default)]
/// struct Names(Mutex<Vec<String>>);
///
/// impl Observer for Names {
///     fn app(&self, context: &Context, app: App) -> App {
///         self.0.lock().unwrap().push(context.name());
///         app
///     }
/// }
///
/// let names = Arc::new(Names::default());
/// let observer: Arc<dyn Observer> = names.clone();
/// let context = Loader::open(&path)?.context(Group::App, "main")?;
/// let app = context.create_app_observed(Registry::linked(), &observer)?;
/// assert_eq!(*names.0.lock().unwrap(), ["main"]);
/// # let _ = app;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Observer: Send + Sync {
    /// A filter that was made of `context`. What this returns takes its place.
    fn filter(&self, context: &Context, filter: Filter) -> Filter {
        let _ = context;
        filter
    }

    /// An app that was made of `context`, also a composite, whose parts come before it.
    fn app(&self, context: &Context, app: App) -> App {
        let _ = context;
        app
    }
}

impl dyn Observer {
    /// Shows what was made.
    pub(super) fn seen(&self, context: &Context, made: Made) -> Made {
        match made {
            Made::App(app) => Made::App(self.app(context, app)),
            Made::Filter(filter) => Made::Filter(self.filter(context, filter)),
            server => server,
        }
    }
}
