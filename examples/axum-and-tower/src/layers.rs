//! Filters that are tower layers.

use impasto::http::StatusCode;
use impasto::settings::Size;
use impasto::{Filter, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;
use tower::ServiceBuilder;
use tower::load_shed::error::Overloaded;
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};

/// Sends answers gzipped to clients that take them so: tower-http's `CompressionLayer`.
///
/// ```ini
/// [filter:compression]
/// use = egg:axum-and-tower#compression
/// least = 1k
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Compression {
    /// How long an answer must be for it to be worth the work.
    least: Size,
}

impl Default for Compression {
    fn default() -> Compression {
        Compression { least: Size::from_kib(1) }
    }
}

fn compression(Compression { least }: Compression) -> Filter {
    let worth_it = SizeAbove::new(least.bytes());
    Filter::layer(CompressionLayer::new().compress_when(worth_it))
}

register!("compression" => compression);

/// Answers 503 at once when many requests are being answered already: tower's `ConcurrencyLimit` under
/// its `LoadShed`.
///
/// ```ini
/// [filter:shed]
/// use = egg:axum-and-tower#shed
/// most = 100
/// ```
#[derive(Deserialize, JsonSchema)]
struct Shed {
    /// How many requests are answered at once.
    most: usize,
}

fn shed(Shed { most }: Shed) -> Filter {
    let layers = ServiceBuilder::new().load_shed().concurrency_limit(most).into_inner();
    // A layer that can fail says what its failure is to the client.
    Filter::layer_or_else(layers, |error| {
        let mut response = Response::default();
        *response.status_mut() = match error.is::<Overloaded>() {
            true => StatusCode::SERVICE_UNAVAILABLE,
            false => StatusCode::INTERNAL_SERVER_ERROR,
        };
        response
    })
}

register!("shed" => shed);
