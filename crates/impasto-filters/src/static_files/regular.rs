//! The files that may be served.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use tower_http::services::fs::{Backend, TokioBackend, TokioFile};

/// The file system without pipes, sockets and devices, of which opening alone may wait for ever.
#[derive(Clone)]
pub(super) struct RegularFiles;

type Later<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl Backend for RegularFiles {
    type File = TokioFile;
    type Metadata = std::fs::Metadata;
    type OpenFuture = Later<TokioFile>;
    type MetadataFuture = Later<std::fs::Metadata>;

    fn open(&self, path: PathBuf) -> Later<TokioFile> {
        Box::pin(async {
            regular(&path).await?;
            TokioBackend.open(path).await
        })
    }

    fn metadata(&self, path: PathBuf) -> Later<std::fs::Metadata> {
        Box::pin(async move { regular(&path).await })
    }
}

async fn regular(path: &Path) -> io::Result<std::fs::Metadata> {
    let found = tokio::fs::metadata(path).await?;
    match found.is_file() || found.is_dir() {
        true => Ok(found),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}
