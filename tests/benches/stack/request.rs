//! What the clients of the benches ask.

/// As a browser asks through a proxy that took care of TLS.
pub(crate) const REQUEST: &str = "GET /v2.1/servers?limit=20 HTTP/1.1\r\n\
    Host: compute.example.org\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
    Accept: application/json\r\n\
    Origin: https://horizon.example.org\r\n\
    X-Forwarded-For: 203.0.113.7\r\n\
    X-Forwarded-Proto: https\r\n\
    \r\n";
