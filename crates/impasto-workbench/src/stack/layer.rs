//! A filter, a composite or an app on the way of a request.

use impasto::{Conf, Context, Effect, Factory, Object, Place, Registry, Uri, Value};

/// Something on the way of a request that a factory makes.
#[derive(Clone)]
pub struct Layer {
    context: Context,
    factory: Option<&'static Factory>,
}

impl Layer {
    pub(super) fn new(context: Context) -> Layer {
        let factory = context.factory(Registry::linked());
        Layer { context, factory }
    }

    /// The layer that a context is by itself.
    pub fn of(context: &Context) -> Layer {
        Layer::new(context.clone())
    }

    /// The name by which the file calls it, without the file where that is another one.
    pub fn name(&self) -> String {
        let name = self.context.name();
        let section = self.context.section().and_then(|section| section.split_once(':'));
        match section {
            Some((_, own)) if Uri::is_uri(&name) => own.trim().to_owned(),
            _ => name,
        }
    }

    /// `filter`, `composite` or `app`.
    pub fn kind(&self) -> &'static str {
        match self.context.object() {
            Object::Factory { group, protocol, .. } => match protocol {
                Some(protocol) if protocol.contains("composit") => "composite",
                _ => group.as_str(),
            },
            _ => "app",
        }
    }

    /// The factory, as the file names it: `egg:impasto#cors`.
    pub fn reference(&self) -> String {
        match self.context.object() {
            Object::Factory { reference, .. } => reference.to_string(),
            _ => String::new(),
        }
    }

    /// The factory itself, where it is linked.
    pub fn factory(&self) -> Option<&'static Factory> {
        self.factory
    }

    /// The section it is loaded from, as between the brackets; `None` for one that is named by a URI.
    pub fn section(&self) -> Option<&str> {
        self.context.section()
    }

    /// Where that section is written, or where the URI is.
    pub fn place(&self) -> Option<Place> {
        self.context.place().or_else(|| self.context.named_at())
    }

    /// Where it is named: in a pipeline, say.
    pub fn named_at(&self) -> Option<Place> {
        self.context.named_at()
    }

    /// Its own settings, without those that every file has.
    pub fn settings(&self) -> impl Iterator<Item = (&str, &Value)> {
        told(self.context.local_conf())
    }

    /// The globals it is given, without those that every file has.
    pub fn globals(&self) -> impl Iterator<Item = (&str, &Value)> {
        told(self.context.global_conf())
    }

    /// What it may do to a request and its answer; nothing is known of what is not linked.
    pub fn may(&self) -> impl Iterator<Item = Effect> {
        self.factory.map(Factory::effects).unwrap_or_default().iter().copied()
    }

    /// What was resolved.
    pub fn context(&self) -> &Context {
        &self.context
    }
}

/// All but `here` and `__file__`.
fn told(conf: &Conf) -> impl Iterator<Item = (&str, &Value)> {
    conf.iter().filter(|(_, value)| value.origin().rule() != impasto::Rule::Loader)
}
