//! The frames of one load: the same file with the same globals is opened once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::conf::Conf;
use super::files::Files;
use super::frame::Frame;
use crate::problem::Problems;

/// Frames by the name they were opened under.
#[derive(Default)]
pub(crate) struct Frames(Mutex<HashMap<String, Vec<Opened>>>);

/// A frame and the globals it was opened with.
pub(super) type Opened = (Option<Arc<Conf>>, Arc<Frame>);

/// How many sets of globals are remembered for a file.
const REMEMBERED: usize = 16;

impl Frames {
    pub(crate) fn open(
        &self,
        files: &Files,
        name: &str,
        passed: Option<&Arc<Conf>>,
    ) -> Result<Arc<Frame>, Problems> {
        let mut frames = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same_globals = |known: &Option<Arc<Conf>>| match (known, passed) {
            (None, None) => true,
            (Some(known), Some(passed)) => Arc::ptr_eq(known, passed) || known == passed,
            _ => false,
        };
        if let Some(known) = frames.get(name)
            && let Some((_, frame)) = known.iter().find(|(globals, _)| same_globals(globals))
        {
            return Ok(Arc::clone(frame));
        }
        let file = files.open(name)?;
        let frame = Arc::new(Frame::new(file, name, passed.map(|conf| &**conf)));
        let known = frames.entry(name.to_owned()).or_default();
        if known.len() == REMEMBERED {
            known.remove(0);
        }
        known.push((passed.cloned(), Arc::clone(&frame)));
        Ok(frame)
    }

    /// All that are remembered, sorted by the name they were opened under.
    pub(crate) fn all(&self) -> Vec<Arc<Frame>> {
        self.opened().into_iter().map(|(_, frame)| frame).collect()
    }

    /// The same, with the globals they were opened with.
    pub(super) fn opened(&self) -> Vec<Opened> {
        let frames = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Opened> = frames.values().flatten().cloned().collect();
        all.sort_by(|(_, one), (_, other)| one.opened.cmp(&other.opened));
        all
    }
}
