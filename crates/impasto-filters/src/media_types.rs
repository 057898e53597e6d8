//! Media types by name, kind or syntax.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use impasto::SettingError;

/// What usually gets much smaller when it is compressed.
pub(crate) const COMPRESSIBLE: [&str; 12] = [
    "text/*",
    "*+json",
    "*+xml",
    "application/json",
    "application/x-ndjson",
    "application/xml",
    "application/javascript",
    "application/wasm",
    "application/yaml",
    "font/ttf",
    "font/otf",
    "image/bmp",
];

/// Streams whose frames readers want one by one; not meant unless named.
const STREAM: &str = "text/event-stream";

pub(crate) struct MediaTypes {
    patterns: Vec<Pattern>,
    /// A part of names that are not meant, whatever the patterns say.
    without: Option<&'static str>,
}

enum Pattern {
    Name(String),
    /// With its `/`.
    Kind(String),
    /// With its `+`.
    Syntax(String),
}

impl MediaTypes {
    pub(crate) fn of(key: &str, items: &[String]) -> Result<MediaTypes, SettingError> {
        let pattern = |item: &String| {
            let lower = item.to_ascii_lowercase();
            let kind = lower.strip_suffix('*').filter(|kind| is_kind(kind));
            let syntax = lower.strip_prefix('*').filter(|syntax| is_syntax(syntax));
            match (kind, syntax) {
                (Some(kind), _) => Ok(Pattern::Kind(kind.to_owned())),
                (_, Some(syntax)) => Ok(Pattern::Syntax(syntax.to_owned())),
                _ if lower.split('/').count() == 2 && !lower.contains('*') => {
                    Ok(Pattern::Name(lower))
                }
                _ => Err(SettingError::new(key, format!("{item:?} is no media type"))
                    .help("write `text/html`, `text/*` or `*+json`")),
            }
        };
        let patterns = items.iter().map(pattern).collect::<Result<_, _>>()?;
        Ok(MediaTypes { patterns, without: None })
    }

    /// These, but for names with `part` in them.
    pub(crate) fn without(self, part: &'static str) -> MediaTypes {
        MediaTypes { without: Some(part), ..self }
    }

    /// Whether these headers tell of one of them.
    pub(crate) fn have(&self, headers: &HeaderMap) -> bool {
        let Some(content_type) = headers.get(CONTENT_TYPE) else { return false };
        let name = content_type.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        let name = name.trim_ascii();
        let is_meant = self.without.is_none_or(|part| {
            !name.windows(part.len()).any(|own| own.eq_ignore_ascii_case(part.as_bytes()))
        });
        is_meant
            && self.patterns.iter().any(|pattern| match pattern {
                Pattern::Name(own) => name.eq_ignore_ascii_case(own.as_bytes()),
                Pattern::Kind(kind) => {
                    let is_kind = |start: &[u8]| start.eq_ignore_ascii_case(kind.as_bytes());
                    name.get(..kind.len()).is_some_and(is_kind)
                        && !name.eq_ignore_ascii_case(STREAM.as_bytes())
                }
                // gRPC compresses its messages itself.
                Pattern::Syntax(syntax) => {
                    let start = name.len().saturating_sub(syntax.len());
                    name[start..].eq_ignore_ascii_case(syntax.as_bytes())
                        && !name.to_ascii_lowercase().starts_with(b"application/grpc")
                }
            })
    }
}

fn is_kind(text: &str) -> bool {
    text.strip_suffix('/').is_some_and(|kind| !kind.is_empty() && !kind.contains(['/', '*']))
}

fn is_syntax(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|syntax| !syntax.is_empty() && !syntax.contains(['/', '*']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(types: &[&str], content_type: &str) -> bool {
        let items: Vec<_> = types.iter().map(|item| (*item).to_owned()).collect();
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, content_type.parse().unwrap())]);
        MediaTypes::of("types", &items).unwrap().have(&headers)
    }

    #[test]
    fn what_is_compressed_by_default() {
        for (content_type, expected) in [
            ("text/html; charset=utf-8", true),
            ("TEXT/CSS", true),
            ("application/json", true),
            ("application/problem+json", true),
            ("image/svg+xml", true),
            ("image/png", false),
            ("application/gzip", false),
            ("text/event-stream", false),
            ("application/grpc", false),
            ("application/grpc+json", false),
            ("application/octet-stream", false),
            ("", false),
        ] {
            assert_eq!(has(&COMPRESSIBLE, content_type), expected, "{content_type}");
        }
        assert!(has(&["text/event-stream"], "text/event-stream"));
    }

    #[test]
    fn what_is_no_media_type_is_refused() {
        for wrong in ["json", "*", "*/*", "a/b/c", "te*/html", "/*", "*+"] {
            let error = MediaTypes::of("types", &[wrong.to_owned()]).err().unwrap().to_string();
            assert_eq!(error, format!("`types`: {wrong:?} is no media type"));
        }
    }
}
