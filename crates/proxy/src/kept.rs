//! Bytes that stay when their request is over, in memory of their own.
//!
//! A body that came in one piece, and each piece of a stream, lies in the buffer that the connection was read into. Whoever keeps it
//! keeps the buffer, which may be many times as large, and makes the connection take another one.
use bytes::Bytes;

/// From here on a body is most of its buffer, and copying it costs more than that holds.
const LARGE: usize = 64 * 1024;

/// The same bytes.
pub(crate) fn own(bytes: &Bytes) -> Bytes {
    if bytes.len() < LARGE { Bytes::copy_from_slice(bytes) } else { bytes.clone() }
}

/// The same bytes, in one piece unless they are many.
pub(crate) fn join(pieces: &[Bytes]) -> Vec<Bytes> {
    match pieces {
        [] => Vec::new(),
        [one] => vec![own(one)],
        _ if pieces.iter().map(Bytes::len).sum::<usize>() < LARGE => vec![pieces.concat().into()],
        _ => pieces.iter().map(own).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_body_leaves_its_buffer_and_a_large_one_stays() {
        let buffer = Bytes::from(vec![7; 2 * LARGE]);
        let (small, large) = (buffer.slice(..100), buffer.slice(..LARGE));
        assert_eq!(own(&small), small);
        assert_ne!(own(&small).as_ptr(), small.as_ptr());
        assert_eq!(own(&large).as_ptr(), large.as_ptr());
    }

    #[test]
    fn pieces_of_a_stream_become_one_as_long_as_they_are_few() {
        let piece = Bytes::from_static(b"data: 1\n\n");
        assert_eq!(join(&[piece.clone(), piece.clone()]), [Bytes::from("data: 1\n\ndata: 1\n\n")]);
        assert!(join(&[]).is_empty());
        let many = vec![piece; LARGE];
        assert_eq!(join(&many).concat(), many.concat());
    }
}
