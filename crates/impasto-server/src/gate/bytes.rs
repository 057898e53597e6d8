//! Looking at many bytes at once.

const PIECE: usize = 16;

/// Whether `is_fine` holds for every byte of a text. Nothing ends the look early, and so the compiler can
/// compare a whole piece at once; the last piece may overlap the one before.
pub(super) fn all(text: &[u8], is_fine: impl Fn(u8) -> bool) -> bool {
    let Some(last) = text.last_chunk::<PIECE>() else {
        return text.iter().all(|byte| is_fine(*byte));
    };
    let are_fine =
        |piece: &[u8; PIECE]| piece.iter().fold(true, |fine, byte| fine & is_fine(*byte));
    let (pieces, _) = text.as_chunks();
    pieces.iter().fold(are_fine(last), |fine, piece| fine & are_fine(piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_is_left_out() {
        for length in 0..70 {
            let mut text = vec![b'a'; length];
            assert!(all(&text, |byte| byte == b'a'));
            for place in 0..length {
                text[place] = b'b';
                assert!(!all(&text, |byte| byte == b'a'), "{place} of {length}");
                text[place] = b'a';
            }
        }
    }
}
