use super::*;

const PLACE: Place<'static> = Place { table: "t", record: "r", field: "f" };

fn sealer(byte: &str) -> Sealer {
    Sealer::new(&MasterKey::parse(&byte.repeat(32)).unwrap())
}

#[test]
fn what_is_sealed_opens_in_its_place_only() {
    let sealer = sealer("07");
    for secret in ["", "k", "sk-\0🔑", &"x".repeat(100_000)] {
        let sealed = sealer.seal(PLACE, &secret.into());
        assert_eq!(sealer.open(PLACE, &sealed).unwrap().expose_secret(), secret);
        for other in [
            Place { table: "u", ..PLACE },
            Place { record: "s", ..PLACE },
            Place { field: "g", ..PLACE },
        ] {
            assert!(matches!(sealer.open(other, &sealed), Err(Error::Sealed)));
        }
    }
}

#[test]
fn another_key_a_cut_or_a_flipped_bit_opens_nothing() {
    let (mine, other) = (sealer("07"), sealer("08"));
    let sealed = mine.seal(PLACE, &"a secret".into());
    assert!(other.open(PLACE, &sealed).is_err());
    for at in 0..sealed.len() {
        assert!(mine.open(PLACE, &sealed[..at]).is_err(), "cut at {at}");
        let mut flipped = sealed.clone();
        flipped[at] ^= 1;
        assert!(mine.open(PLACE, &flipped).is_err(), "flipped at {at}");
    }
}

#[test]
fn equal_secrets_are_sealed_differently_and_show_nowhere() {
    let sealer = sealer("07");
    let (a, b) = (sealer.seal(PLACE, &"equal".into()), sealer.seal(PLACE, &"equal".into()));
    assert_ne!(a[9..], b[9..]);
    assert!(!a.windows(5).any(|it| it == b"equal"));
    assert!(!format!("{sealer:?}").contains("0707"));
}

#[test]
fn a_master_key_is_read_as_hex_and_as_base64() {
    let key = MasterKey::generate();
    let hex = key.to_hex();
    assert_eq!(MasterKey::parse(hex.expose_secret()).unwrap().bytes(), key.bytes());
    let key = MasterKey::parse(&"ff".repeat(32)).unwrap();
    for text in [
        "//////////////////////////////////////////8=",
        "//////////////////////////////////////////8",
        "__________________________________________8=\n",
        &"FF".repeat(32),
    ] {
        assert_eq!(MasterKey::parse(text).map(|it| *it.bytes()), Some(*key.bytes()), "{text}");
    }
    for text in ["", "ff", &"fg".repeat(32), &"ff".repeat(33), "AAAA", &"é".repeat(32), "="] {
        assert!(MasterKey::parse(text).is_none(), "{text}");
    }
    assert_eq!(format!("{key:?}"), "MasterKey(***)");
}
