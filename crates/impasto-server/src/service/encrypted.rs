//! nova's `enabled_ssl_apis`: which apps are encrypted, and with which certificate.

use impasto::{Code, Context, Loader, Problem};

use super::enabled::listed;
use super::refused::Written;
use super::{Kind, Service};
use crate::http::Http;

/// How a section says its certificates.
const SPELLINGS: [&str; 4] = ["tls_cert", "ssl_cert_file", "certfile", "ssl_pem"];

/// Gives an app that `enabled_ssl_apis` lists the certificate that nova has for all: `ssl_cert_file`,
/// `ssl_key_file` and `ssl_ca_file` in `[DEFAULT]`, else that of `[server:main]`. Tells where that is written.
///
/// An app whose own section has one keeps it, and so does one that is not listed and whose server's section
/// has one; nova's, which every section sees, is not for that.
pub(super) fn encrypt(
    loader: &Loader,
    app: &Context,
    server: Option<&Context>,
    name: &str,
    settings: &mut Http,
) -> Result<Option<Written>, Problem> {
    let defaults = app.global_conf();
    let is_nova_s = defaults.contains("enabled_ssl_apis");
    let in_section = server
        .is_some_and(|server| SPELLINGS.iter().any(|name| server.local_conf().contains(name)));
    let Some(place) = listed(loader, "enabled_ssl_apis", name) else {
        if is_nova_s && !in_section {
            (settings.tls_cert, settings.tls_key) = (Vec::new(), Vec::new());
            settings.tls_client_ca = None;
        }
        return Ok(None);
    };
    let is_own = server.and_then(Context::section) == Some(&format!("server:{name}"));
    if is_own && in_section {
        return Ok(None);
    }
    let file = |option| {
        let value = defaults.get(option)?.text().trim();
        (!value.is_empty()).then(|| value.into())
    };
    if let Some(cert) = file("ssl_cert_file") {
        settings.tls_cert = vec![cert];
        settings.tls_key = file("ssl_key_file").into_iter().collect();
        settings.tls_client_ca = file("ssl_ca_file");
        return Ok(Some(Written::Defaults(app.clone())));
    }
    if !settings.tls_cert.is_empty() {
        return Ok(None);
    }
    match Service::find_server(loader, None) {
        Ok((Kind::Http(server), section)) if !server.settings().tls_cert.is_empty() => {
            let main = server.settings().tls_files();
            (settings.tls_cert, settings.tls_key) = (main.cert, main.key);
            settings.tls_client_ca = main.client_ca;
            settings.tls_client_auth = server.settings().tls_client_auth;
            Ok(section.map(Written::Section))
        }
        _ => {
            let message = format!("`{name}` is to be encrypted and has no certificate");
            let problem = Problem::error(Code::MissingSetting, message).at(place);
            let help = format!(
                "name one in [server:{name}]: `tls_cert = PATH`, or for all in [DEFAULT]: \
                 `ssl_cert_file = PATH`"
            );
            Err(problem.section("DEFAULT").key("enabled_ssl_apis").help(help))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use impasto::Loader;

    use super::Service;

    /// The files of each app in turn, or what is wrong with it.
    fn files(text: &str) -> Vec<Result<Vec<PathBuf>, String>> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.ini");
        let apps = "[app:one]\nuse = egg:impasto-none#x\n[app:two]\nuse = egg:impasto-none#x\n";
        std::fs::write(&path, format!("[DEFAULT]\n{text}{apps}")).unwrap();
        let loader = Loader::open(&path).unwrap();
        let of = |name| {
            let service = Service::from_config(&loader, name).map_err(|wrong| wrong.to_string())?;
            let files = service.settings().tls_files();
            Ok(files.cert.into_iter().chain(files.key).chain(files.client_ca).collect())
        };
        vec![of("one"), of("two")]
    }

    fn paths(all: &[&str]) -> Result<Vec<PathBuf>, String> {
        Ok(all.iter().map(PathBuf::from).collect())
    }

    const LISTED: &str = "enabled_ssl_apis = two\n";
    const NOVA: &str = "ssl_cert_file = n.pem\nssl_key_file = n.key\nssl_ca_file = n.ca\n";
    const MAIN: &str = "[server:main]\nuse = egg:impasto#http\ntls_cert = m.pem\n";
    const TWO: &str = "[server:two]\nuse = egg:impasto#http\nport = 81\n";

    #[test]
    fn the_certificate_is_found_where_it_is_most_its_own() {
        let own = format!("{TWO}tls_cert = t.pem\n");
        for (text, one, two) in [
            // Without the list, nova's options are nothing.
            (NOVA.to_owned(), &[][..], &[][..]),
            (format!("{LISTED}{NOVA}"), &[], &["n.pem", "n.key", "n.ca"]),
            (format!("{LISTED}{NOVA}{TWO}"), &[], &["n.pem", "n.key", "n.ca"]),
            (
                format!("{LISTED}{NOVA}{TWO}[server:one]\nuse = two\n"),
                &[],
                &["n.pem", "n.key", "n.ca"],
            ),
            (format!("{LISTED}{own}"), &[], &["t.pem"]),
            (format!("{LISTED}{NOVA}{own}tls_key = t.key\n"), &[], &["t.pem", "t.key", "n.ca"]),
            (
                format!("{LISTED}{NOVA}{MAIN}"),
                &["m.pem", "n.key", "n.ca"],
                &["n.pem", "n.key", "n.ca"],
            ),
            (format!("{LISTED}{MAIN}{TWO}"), &["m.pem"], &["m.pem"]),
            (format!("{LISTED}{MAIN}"), &["m.pem"], &["m.pem"]),
        ] {
            assert_eq!(files(&text), [paths(one), paths(two)], "{text}");
        }
    }

    #[test]
    fn without_any_it_is_told_where_it_is_asked_for() {
        let all = files(LISTED);
        assert_eq!(all[0], paths(&[]));
        let wrong = all[1].as_ref().unwrap_err();
        assert!(wrong.contains("`two` is to be encrypted and has no certificate"), "{wrong}");
        assert!(wrong.contains("a.ini:2:20"), "{wrong}");
    }
}
