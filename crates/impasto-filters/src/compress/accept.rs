//! What a client accepts, RFC 9110, 12.5.3.

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

use crate::coding::Coding;

/// The coding that the client likes best; among those it likes alike, the first of `offered`. `None` where
/// it names none of them, or likes an answer as it is better.
pub(super) fn preferred(headers: &HeaderMap, offered: &[Coding]) -> Option<Coding> {
    let mut wishes = Wishes::default();
    for value in headers.get_all(ACCEPT_ENCODING) {
        value.as_bytes().split(|byte| *byte == b',').for_each(|item| wishes.learn(item));
    }
    let mut best = None;
    let mut best_weight = wishes.identity.unwrap_or(0);
    for &coding in offered {
        let weight = wishes.of(coding);
        // A client that likes an answer as it is just as much is glad of a shorter one.
        if weight > 0 && (weight > best_weight || best.is_none() && weight == best_weight) {
            (best, best_weight) = (Some(coding), weight);
        }
    }
    best
}

/// The weights that were given, in thousandths.
#[derive(Default)]
struct Wishes {
    codings: [Option<u16>; 4],
    identity: Option<u16>,
    others: Option<u16>,
}

impl Wishes {
    fn learn(&mut self, item: &[u8]) {
        let mut parts = item.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let name = parts.next().unwrap_or_default();
        let place = match Coding::named(name) {
            Some(coding) => &mut self.codings[coding as usize],
            None if name == b"*" => &mut self.others,
            None if name.eq_ignore_ascii_case(b"identity") => &mut self.identity,
            None => return,
        };
        *place = Some(parts.next().map_or(1000, weight));
    }

    fn of(&self, coding: Coding) -> u16 {
        self.codings[coding as usize].or(self.others).unwrap_or(0)
    }
}

/// The thousandths of `q=0.5` (RFC 9110, 12.4.2); zero for anything else.
fn weight(parameter: &[u8]) -> u16 {
    let (Some((b'q' | b'Q', rest)), true) = (parameter.split_first(), parameter.len() <= 7) else {
        return 0;
    };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    match rest {
        [b'=', whole @ (b'0' | b'1'), fraction @ ..] => {
            let digits = match fraction {
                [] => fraction,
                [b'.', digits @ ..] => digits,
                _ => return 0,
            };
            let mut sum = 1000 * u16::from(whole - b'0');
            for (byte, unit) in digits.iter().zip([100, 10, 1]) {
                let Some(digit) = digit(*byte) else { return 0 };
                sum += digit * unit;
            }
            sum.min(1000)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Coding::{Br, Deflate, Gzip, Zstd};

    fn chosen(accept: &[&str]) -> Option<Coding> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT_ENCODING, value.parse().unwrap());
        }
        preferred(&headers, &[Zstd, Br, Gzip, Deflate])
    }

    #[test]
    fn the_clients_weights_decide_and_then_the_servers_order() {
        for (accept, coding) in [
            // What browsers and curl send.
            ("gzip, deflate, br, zstd", Some(Zstd)),
            ("gzip, deflate, br", Some(Br)),
            ("deflate, gzip, br, zstd", Some(Zstd)),
            ("gzip", Some(Gzip)),
            ("x-gzip", Some(Gzip)),
            ("GZIP;Q=0.5, Deflate ; q=0.6", Some(Deflate)),
            ("*", Some(Zstd)),
            ("*;q=0.1, br;q=0, zstd;q=0", Some(Gzip)),
            ("gzip;q=0.001", Some(Gzip)),
            ("identity, gzip", Some(Gzip)),
            ("identity;q=0.9, gzip;q=0.5", None),
            ("identity;q=0, gzip;q=0.5", Some(Gzip)),
            ("identity", None),
            ("gzip;q=0", None),
            ("gzip;q=0.000", None),
            ("*;q=0", None),
            ("", None),
            ("compress, exi", None),
            // No weights, so not wanted.
            ("gzip;q=nan", None),
            ("gzip;q=-1", None),
            ("gzip;q=", None),
            ("gzip;quality=1", None),
        ] {
            assert_eq!(chosen(&[accept]), coding, "{accept}");
        }
        assert_eq!(chosen(&["gzip;q=0.5", "br;q=0.8"]), Some(Br));
        assert_eq!(chosen(&[]), None);
    }
}
