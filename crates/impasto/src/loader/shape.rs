//! What would be created, in one line: `FILTER(FILTER(APP))`.

use super::context::{Context, Object};
use crate::registry::Group;

impl Context {
    /// What creating this would build, as nested references: `egg:A#f(egg:A#app)`. A filter is shown
    /// around an app `*`.
    pub fn shape(&self) -> String {
        let mut filters = Vec::new();
        let inner = self.inner(&mut filters);
        let close = ")".repeat(filters.len());
        let mut shape = String::new();
        for filter in filters {
            shape.push_str(&filter);
            shape.push('(');
        }
        shape.push_str(&inner);
        shape.push_str(&close);
        shape
    }

    /// Puts the filters around this, outermost first, into `filters`; returns what is inside.
    fn inner(&self, filters: &mut Vec<String>) -> String {
        super::deep(|| match self.object() {
            Object::Factory { group: Group::Filter, reference, .. } => {
                filters.push(reference.to_string());
                "*".to_owned()
            }
            Object::Factory { reference, .. } => reference.to_string(),
            Object::Pipeline { filters: around, app } => {
                for filter in around {
                    filter.inner(filters);
                }
                app.inner(filters)
            }
            Object::FilterApp { filter, next } | Object::FilteredWith { filter, next } => {
                filter.inner(filters);
                next.inner(filters)
            }
        })
    }
}
