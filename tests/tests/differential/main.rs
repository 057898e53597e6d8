//! impasto beside the real PasteDeploy, file by file.

/// The project's own files, with the expected tree of each.
mod cases;
