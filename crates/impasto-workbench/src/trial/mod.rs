//! One request through the stack itself, without a socket.

mod head;
mod json;
mod outcome;
mod probe;
mod record;
mod text;

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http_body_util::BodyExt;
use impasto::{App, Body, Context, Loader, Observer, Problems, Registry};

use crate::explain::named;
use crate::{Question, entrance};
use probe::Probes;
use record::Recorder;

pub use outcome::{Ending, Outcome, Passage};

/// How long an answer may take, its body included.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// So much of a body is read; an app may send one that has no end.
const MAX_BODY: usize = 16 << 20;

/// An app as it is served, with probes between its layers.
///
/// One request at a time: what the probes see belongs to the last that was asked. Each waits or does not, as
/// what it is put around, so that hooks stay in one loop and filters that leave themselves out still do.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("api-paste.ini");
/// # use impasto_filters as _;
/// # std::fs::write(&path, "[pipeline:main]\npipeline = id hello\n[filter:id]\n\
/// # use = egg:impasto#request_id\n[app:hello]\nuse = egg:impasto#respond\nbody = hello\n")?;
/// use impasto::Loader;
/// use impasto_workbench::{Question, Trial};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let question = Question::new("GET", "/", &[])?;
/// let trial = Trial::of(&Loader::open(&path)?, None, Some(&question))?;
/// let outcome = trial.ask(&question).await?;
/// assert_eq!((outcome.status.as_u16(), &*outcome.body), (200, &b"hello"[..]));
/// assert_eq!(outcome.answered_by().unwrap().layer.name(), "hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Trial {
    app: App,
    recorder: Arc<Recorder>,
}

impl Trial {
    /// Creates an app: the one that is named, else the [`entrance`] for the question. Within a tokio runtime,
    /// which factories may ask for.
    ///
    /// # Errors
    ///
    /// All that is wrong with what the app needs.
    pub fn of(
        loader: &Loader,
        app: Option<&str>,
        question: Option<&Question>,
    ) -> Result<Trial, Problems> {
        let context = match app {
            Some(app) => named(loader, app)?,
            None => entrance(loader, question)?,
        };
        Trial::of_context(&context)
    }

    pub(crate) fn of_context(context: &Context) -> Result<Trial, Problems> {
        let recorder = Arc::new(Recorder::default());
        let observer: Arc<dyn Observer> = Arc::new(Probes::new(&recorder));
        let app = context.create_app_observed(Registry::linked(), &observer)?;
        Ok(Trial { app, recorder })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Why there is no answer, in words: it takes longer than [`PATIENCE`], or its body fails.
    pub async fn ask(&self, question: &Question) -> Result<Outcome, String> {
        self.recorder.begin();
        let mut exchange = question.exchange();
        let answered = tokio::time::timeout(PATIENCE, async {
            let response = self.app.run(&mut exchange).await;
            let (head, body) = response.into_parts();
            let visits = self.recorder.end();
            Ok(Outcome::new(head, read(body).await?, visits))
        });
        match answered.await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("there is no whole answer after {} seconds", PATIENCE.as_secs())),
        }
    }
}

/// As much of a body as is read, and whether that is all.
async fn read(mut body: Body) -> Result<(Vec<u8>, bool), String> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("the body fails: {error}"))?;
        if let Some(data) = frame.data_ref() {
            read.extend_from_slice(data);
        }
        if read.len() >= MAX_BODY {
            return Ok((read.into(), false));
        }
    }
    Ok((read.into(), true))
}

#[cfg(test)]
mod tests;
