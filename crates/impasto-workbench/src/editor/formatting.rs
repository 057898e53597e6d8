//! The house style, as a change of what differs.

use std::path::Path;

use impasto::{Place, Problems};

use super::rename::Change;
use super::workspace::Workspace;
use crate::format::styled;

impl Workspace {
    /// What has to change for a file to be in the house style, if anything has to: from the first line that
    /// differs to the last.
    ///
    /// # Errors
    ///
    /// Some lines say nothing: all that do.
    pub fn formatted(&self, path: &Path) -> Result<Option<Change>, Problems> {
        let Some(document) = self.read(path) else { return Ok(None) };
        let new = styled(document.text())?;
        let (old, new) = (document.source().text(), new.as_str());
        if old == new {
            return Ok(None);
        }
        let common = common(old.bytes(), new.bytes());
        let start = old.as_bytes()[..common].iter().rposition(|byte| *byte == b'\n');
        let start = start.map_or(0, |at| at + 1);
        let (old_rest, new_rest) = (&old.as_bytes()[start..], &new.as_bytes()[start..]);
        let common = self::common(old_rest.iter().rev(), new_rest.iter().rev());
        let behind = &old_rest[old_rest.len() - common..];
        let end = behind.iter().position(|byte| *byte == b'\n').map_or(0, |at| common - at - 1);
        let place = Place::new(document.source(), start..old.len() - end);
        Ok(Some(Change { place, text: new[start..new.len() - end].to_owned() }))
    }
}

/// How many bytes are the same.
fn common<B: PartialEq>(old: impl Iterator<Item = B>, new: impl Iterator<Item = B>) -> usize {
    old.zip(new).take_while(|(old, new)| old == new).count()
}
