//! Settings that stand in a service's oslo.config file.

use http::Method;

use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};

const NOVA_CONF: &str = "\
[DEFAULT]
transport_url = rabbit://nova:secret@$my_ip/

[oslo_middleware]
max_request_body_size = 4

[cors]
allowed_origin = https://horizon.example
allow_headers = X-Auth-Token,
    X-Trace
max_age = 60
";

#[tokio::test(flavor = "multi_thread")]
async fn the_file_has_what_the_section_has_not() {
    let directory = tempfile::tempdir().unwrap();
    let conf = directory.path().join("nova.conf");
    std::fs::write(&conf, NOVA_CONF).unwrap();
    let oslo = format!("oslo_config_project = nova\noslo_config_file = {}\n", conf.display());
    let server = serve(&format!(
        "[pipeline:main]\npipeline = cors sizelimit debug\n\
         [filter:cors]\npaste.filter_factory = oslo_middleware.cors:filter_factory\n{oslo}max_age = 5\n\
         [filter:sizelimit]\npaste.filter_factory = oslo_middleware:RequestBodySizeLimiter.factory\n{oslo}\
         [app:debug]\nuse = egg:impasto#debug\n"
    ));
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let mut preflight = request(Method::OPTIONS, "/", "");
        for (name, value) in
            [("origin", "https://horizon.example"), ("access-control-request-method", "PUT")]
        {
            preflight.headers_mut().insert(name, value.parse().unwrap());
        }
        let answer = client.send(preflight).await.unwrap();
        let headers = answer.headers();
        assert_eq!(headers["access-control-allow-origin"], "https://horizon.example");
        assert_eq!(
            headers["access-control-allow-headers"],
            "X-Auth-Token, X-Trace, Accept, Accept-Language, Content-Type, Cache-Control, Content-Language, Expires, Last-Modified, Pragma"
        );
        assert_eq!(headers["access-control-max-age"], "5");
        assert_eq!(client.send(request(Method::POST, "/", "1234")).await.unwrap().status(), 200);
        assert_eq!(client.send(request(Method::POST, "/", "12345")).await.unwrap().status(), 413);
    }
}

#[test]
fn a_file_that_is_wrong_is_told_at_the_setting_that_leads_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let conf = directory.path().join("nova.conf");
    std::fs::write(&conf, "[cors]\nmax_age = soon\n").unwrap();
    let file = |path: &str| {
        wrong(&format!(
            "use = egg:oslo.middleware#cors\noslo_config_project = nova\noslo_config_file = {path}"
        ))
    };
    let message = &file(conf.to_str().unwrap())[0];
    let expected = "4:20: `oslo_config_file`: leads to a wrong value in [cors]: `max_age` ";
    assert!(message.starts_with(expected), "{message}");
    let message = &file("/no/such/nova.conf")[0];
    let expected = "4:20: `oslo_config_file` cannot be taken from /no/such/nova.conf: ";
    assert!(message.starts_with(expected), "{message}");
}
