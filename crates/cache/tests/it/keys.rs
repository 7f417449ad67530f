//! Two keys are equal only when who asks and what is asked are.
use bytes::Bytes;
use cache::{Asked, Caller, Key, What, Who};
use proptest::prelude::*;

/// Everything that a key is made of, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    who: (String, String, i64, Option<String>, Option<String>),
    way: String,
    model: (String, String, String),
    stream: bool,
    headers: Vec<(String, Vec<u8>)>,
    named: bool,
    body: Vec<u8>,
}

impl Parts {
    /// With the body cut after so many bytes.
    fn key(&self, cut: usize) -> Key {
        let (account, gateway, generation, token, key) = &self.who;
        let caller = match (token, key) {
            (Some(token), None) => Caller::Token(token),
            (Some(token), Some(key)) => Caller::TokenWithKey { token, key },
            (None, Some(key)) => Caller::ProviderKey(key),
            (None, None) => Caller::Anonymous,
        };
        let who = Who { account, gateway, generation: *generation, caller };
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let (first, rest) = self.body.split_at(cut.min(self.body.len()));
        let pieces = [first, rest].map(Bytes::copy_from_slice);
        let name = self.body.iter().map(|it| char::from(*it)).collect::<String>();
        let what = What {
            way: &self.way,
            provider: &self.model.0,
            model: &self.model.1,
            target: &self.model.2,
            stream: self.stream,
            headers: &headers,
            asked: if self.named { Asked::Named(&name) } else { Asked::Body(&pieces) },
        };
        Key::new(&who, &what)
    }
}

/// Few letters and short words, so that parts are often equal, and often equal when run together.
fn word() -> impl Strategy<Value = String> {
    "[ab]{0,2}"
}

prop_compose! {
    fn parts()(
        who in (word(), word(), 0..2_i64, proptest::option::of(word()), proptest::option::of(word())),
        way in word(),
        model in (word(), word(), word()),
        stream in any::<bool>(),
        headers in proptest::collection::vec((word(), proptest::collection::vec(97..99_u8, 0..2)), 0..3),
        named in any::<bool>(),
        body in proptest::collection::vec(97..99_u8, 0..4),
    ) -> Parts {
        Parts { who, way, model, stream, headers, named, body }
    }
}

/// The same with one part changed, or none.
fn neighbour(mut parts: Parts, which: usize, word: String) -> Parts {
    match which {
        0 => parts.who.0 = word,
        1 => parts.who.1 = word,
        2 => parts.who.2 += 1,
        3 => parts.who.3 = Some(word),
        4 => parts.who.4 = Some(word),
        5 => std::mem::swap(&mut parts.who.3, &mut parts.who.4),
        6 => std::mem::swap(&mut parts.who.0, &mut parts.who.1),
        7 => parts.way = word,
        8 => parts.model.0 = word,
        9 => std::mem::swap(&mut parts.model.0, &mut parts.model.1),
        10 => parts.model.2 = word,
        11 => parts.stream ^= true,
        12 => parts.headers.push((word, Vec::new())),
        13 => parts.named ^= true,
        14 => parts.body = word.into_bytes(),
        _ => {}
    }
    parts
}

proptest! {
    #[test]
    fn different_parts_never_have_the_same_key(one in parts(), other in parts()) {
        prop_assert_eq!(one == other, one.key(0) == other.key(0));
    }

    #[test]
    fn a_single_different_part_makes_another_key(
        one in parts(), which in 0..16_usize, word in word(), cut in 0..4_usize,
    ) {
        let other = neighbour(one.clone(), which, word);
        prop_assert_eq!(one == other, one.key(0) == other.key(cut));
    }
}

#[test]
fn a_callers_key_is_not_shown() {
    for caller in
        [Caller::ProviderKey("sk-canary"), Caller::TokenWithKey { token: "tok", key: "sk-canary" }]
    {
        let who = Who { account: "a", gateway: "g", generation: 0, caller };
        assert!(!format!("{who:?}").contains("canary"), "{who:?}");
    }
}
