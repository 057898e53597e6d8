//! Probes around every filter and app.

use std::ops::ControlFlow;
use std::sync::Arc;

use impasto::{App, AsyncFilter, Context, Exchange, Filter, Hook, Next, Observer, Response};

use super::record::{Recorder, Ticket};
use crate::Layer;

/// Puts probes around what is created.
pub(super) struct Probes(Arc<Recorder>);

impl Probes {
    pub(super) fn new(recorder: &Arc<Recorder>) -> Probes {
        Probes(Arc::clone(recorder))
    }

    fn probe(&self, context: &Context) -> Probe {
        Probe(Arc::new(Place { layer: Layer::of(context), recorder: Arc::clone(&self.0) }))
    }
}

impl Observer for Probes {
    fn filter(&self, context: &Context, filter: Filter) -> Filter {
        let probe = self.probe(context);
        Filter::wrap(move |app| probe.around(app.filtered(std::slice::from_ref(&filter))))
    }

    fn app(&self, context: &Context, app: App) -> App {
        self.probe(context).around(app)
    }
}

/// Sees what goes into a layer, and what comes out.
#[derive(Clone)]
struct Probe(Arc<Place>);

struct Place {
    layer: Layer,
    recorder: Arc<Recorder>,
}

impl Probe {
    /// A hook around what never waits, so that it still does not. Elsewhere an async filter: it stops no
    /// panic on its way, as a hook would.
    fn around(&self, app: App) -> App {
        let probe = match app.never_waits() {
            true => Filter::hook(self.clone()),
            false => Filter::waiting(self.clone()),
        };
        app.filtered(&[probe])
    }

    fn enter(&self, exchange: &Exchange) -> Inside {
        let ticket = self.0.recorder.enter(&self.0.layer, exchange);
        Inside { place: Arc::clone(&self.0), ticket: Some(ticket) }
    }
}

/// A request that has not come out yet. Whatever becomes of it, its end is noted.
struct Inside {
    place: Arc<Place>,
    ticket: Option<Ticket>,
}

impl Inside {
    fn leave(mut self, response: &Response) {
        self.end(Some(response));
    }

    fn end(&mut self, response: Option<&Response>) {
        if let Some(ticket) = self.ticket.take() {
            self.place.recorder.leave(ticket, response);
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.end(None);
    }
}

impl Hook<Inside> for Probe {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Inside> {
        ControlFlow::Continue(self.enter(exchange))
    }

    fn on_response(&self, _: &mut Exchange, inside: Inside, response: &mut Response) {
        inside.leave(response);
    }
}

impl AsyncFilter for Probe {
    async fn call(&self, exchange: &mut Exchange, next: Next<'_>) -> Response {
        let inside = self.enter(exchange);
        let response = next.run(exchange).await;
        inside.leave(&response);
        response
    }
}
