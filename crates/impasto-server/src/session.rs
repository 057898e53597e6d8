//! What the requests of one connection have in common.

use std::sync::Arc;

use impasto::Connection;

use crate::activity::Activity;
use crate::connection::Common;
use crate::terms::Terms;

/// One connection, as its requests see it.
pub(crate) struct Session {
    pub(crate) common: Arc<Common>,
    pub(crate) terms: Arc<Terms>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) activity: Arc<Activity>,
}
