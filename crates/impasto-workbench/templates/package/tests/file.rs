//! The file, by the `[test:NAME]` sections in it.

use impasto_filters as _;

use @LIB@ as _;

impasto_workbench::test_file!("api-paste.ini");
