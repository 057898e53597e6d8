//! What filters of Python services are to ours, as far as nothing stands in for them.

use impasto::{absent, role};

absent!(include_str!("foreign.tsv"));

role!("authentication":
    "keystonemiddleware.auth_token:filter_factory",
    "keystoneclient.middleware.auth_token:filter_factory",
    "keystone.middleware.auth_token:filter_factory",
    "egg:keystonemiddleware#auth_token",
);
