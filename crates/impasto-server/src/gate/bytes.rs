//! Looking at many bytes at once.

/// Which bytes a text may have.
pub(super) type Fine = [bool; 256];

/// These and no others.
pub(super) const fn only(bytes: &[u8]) -> Fine {
    let mut fine = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        fine[bytes[at] as usize] = true;
        at += 1;
    }
    fine
}

/// Whether every byte of a text is a fine one. Most texts are, so nothing ends the look early; and they are
/// short, so that looking a byte up is cheaper than comparing it.
pub(super) fn all(text: &[u8], fine: &Fine) -> bool {
    text.iter().fold(true, |all, byte| all & fine[usize::from(*byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_is_left_out() {
        static FINE: Fine = only(b"ac");
        for length in 0..70 {
            let mut text = vec![b'a'; length];
            assert!(all(&text, &FINE));
            for place in 0..length {
                text[place] = b'b';
                assert!(!all(&text, &FINE), "{place} of {length}");
                text[place] = b'c';
            }
        }
    }
}
