//! Bytes as text: `\r`, `\n`, `\t`, `\\`, `\{` and `\xHH` as in Rust, and `{x*1000}` for a thousand
//! `x`, or of any other text.

/// What is repeated so often is written so.
const MANY: usize = 33;

/// The bytes that `text` stands for.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '\\' => rest = escape(rest, &mut bytes),
            '{' => rest = repetition(rest, &mut bytes),
            _ => bytes.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

fn escape<'t>(rest: &'t str, bytes: &mut Vec<u8>) -> &'t str {
    let (byte, length) = match rest.as_bytes() {
        [b'r', ..] => (b'\r', 1),
        [b'n', ..] => (b'\n', 1),
        [b't', ..] => (b'\t', 1),
        [b'x', ..] => (u8::from_str_radix(&rest[1..3], 16).expect("two digits behind \\x"), 3),
        [other @ (b'\\' | b'{'), ..] => (*other, 1),
        _ => panic!("`\\{rest}` is no escape"),
    };
    bytes.push(byte);
    &rest[length..]
}

fn repetition<'t>(rest: &'t str, into: &mut Vec<u8>) -> &'t str {
    let (inside, rest) = rest.split_once('}').expect("a `}` behind `{`");
    let (text, count) = inside.rsplit_once('*').expect("`{text*count}`");
    into.extend_from_slice(&bytes(text).repeat(count.parse().expect("a number behind `*`")));
    rest
}

/// The text that stands for `bytes`.
pub(crate) fn escaped(bytes: &[u8]) -> String {
    let (mut text, mut rest) = (String::new(), bytes);
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|byte| *byte == first).count();
        let one = match first {
            b'\\' => "\\\\".to_owned(),
            b'{' => "\\{".to_owned(),
            first => first.escape_ascii().to_string().replace("\\'", "'").replace("\\\"", "\""),
        };
        match count >= MANY {
            true => text.push_str(&format!("{{{one}*{count}}}")),
            false => text.push_str(&one.repeat(count)),
        }
        rest = &rest[count..];
    }
    text
}

#[test]
fn what_is_escaped_is_read_again() {
    let all: Vec<u8> = (0..=255).chain([b'x'; 100]).chain([b'\\'; 40]).collect();
    assert_eq!(bytes(&escaped(&all)), all);
    assert_eq!(bytes(r"{a\r\n*2}\{\x00"), b"a\r\na\r\n{\0");
}
