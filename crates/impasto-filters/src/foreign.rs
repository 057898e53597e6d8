//! What filters of Python services are to ours, as far as nothing stands in for them.

use impasto::{absent, relay, role};

absent!(include_str!("foreign.tsv"));

relay!("heat.common.wsgi:filter_factory" => "heat.filter_factory");
relay!("heat.common.wsgi:app_factory" => "heat.app_factory");

role!("authentication":
    "keystonemiddleware.auth_token:filter_factory",
    "keystoneclient.middleware.auth_token:filter_factory",
    "keystone.middleware.auth_token:filter_factory",
    "egg:keystonemiddleware#auth_token",
);
