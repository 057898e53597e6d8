//! Where services come from when files are read again.

use std::path::PathBuf;

use impasto::{Loader, Problems};

use crate::service::Service;

/// Reads the files of all services again.
pub(super) type Reread = dyn FnMut() -> Result<Vec<Service>, NotReread>;

/// Why files that were read again cannot be served.
#[derive(Clone, Debug)]
pub struct NotReread {
    /// What is wrong with them.
    pub problems: Problems,
    /// The files that were looked for: one of them may be what is wrong, and is watched until it is right.
    pub files: Vec<PathBuf>,
}

impl NotReread {
    /// What is wrong with what this loader has found.
    pub fn of(loader: &Loader, problems: Problems) -> NotReread {
        NotReread { problems, files: loader.sought() }
    }
}

/// Of no other files than those that are watched already.
impl From<Problems> for NotReread {
    fn from(problems: Problems) -> NotReread {
        NotReread { problems, files: Vec::new() }
    }
}
