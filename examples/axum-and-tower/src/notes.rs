//! An app that is an axum router.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use axum::{Extension, Router};
use impasto::{App, Mount, register};
use schemars::JsonSchema;
use serde::Deserialize;

/// Keeps notes, as long as it runs.
///
/// ```ini
/// [app:notes]
/// use = egg:axum-and-tower#notes
/// most = 100
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Notes {
    /// How many it keeps.
    most: usize,
}

impl Default for Notes {
    fn default() -> Notes {
        Notes { most: 1000 }
    }
}

#[derive(Clone)]
struct Kept {
    most: usize,
    notes: Arc<Mutex<Vec<String>>>,
}

fn notes(Notes { most }: Notes) -> App {
    let router = Router::new()
        .route("/notes", get(list).post(add))
        .route("/notes/{number}", get(show))
        .with_state(Kept { most, notes: Arc::default() });
    App::service(router)
}

register!("notes" => notes);

impl Kept {
    fn with<R>(&self, work: impl FnOnce(&mut Vec<String>) -> R) -> R {
        work(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn list(State(kept): State<Kept>) -> String {
    kept.with(|notes| notes.iter().map(|note| format!("{note}\n")).collect())
}

async fn show(State(kept): State<Kept>, Path(number): Path<usize>) -> Result<String, StatusCode> {
    let note = kept.with(|notes| notes.get(number).cloned());
    note.ok_or(StatusCode::NOT_FOUND)
}

/// The router does not know where the file mounts it; [`Mount`] does.
async fn add(
    State(kept): State<Kept>,
    Extension(mount): Extension<Mount>,
    note: String,
) -> impl IntoResponse {
    let number = kept.with(|notes| {
        let number = notes.len();
        (number < kept.most).then(|| notes.push(note)).map(|()| number)
    });
    match number {
        Some(number) => Ok(Redirect::to(&mount.path(&format!("/notes/{number}")))),
        None => Err(StatusCode::INSUFFICIENT_STORAGE),
    }
}
