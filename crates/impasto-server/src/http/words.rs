//! Settings that are one of a few words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which PROXY protocol headers connections begin with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProxyProtocol {
    /// None.
    #[default]
    #[serde(alias = "false", alias = "no")]
    Off,
    /// A line of text (version 1).
    V1,
    /// The binary form (version 2).
    V2,
    /// Either.
    #[serde(alias = "on", alias = "true", alias = "yes")]
    Auto,
}

/// Whether clients must show a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClientAuth {
    /// They must.
    #[default]
    #[serde(alias = "on", alias = "2")]
    Required,
    /// They are asked for one, and are served without one, too; one that is shown must be good.
    #[serde(alias = "1")]
    Optional,
    /// They are not asked for one.
    #[serde(alias = "0")]
    Off,
}

/// What the HUP signal does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReloadOnHup {
    /// Reloads, unless the server is in the foreground of a terminal, whose end the signal then
    /// means: it stops the server.
    #[default]
    Auto,
    /// Reloads.
    Always,
    /// Stops the server.
    Never,
}
