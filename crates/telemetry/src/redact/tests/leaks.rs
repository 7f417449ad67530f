//! Whatever JSON it is in, however that is written and carried, what a rule means is not kept.

use super::super::json::unescaped;
use super::{kept, rules};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

/// What nobody may read.
const SECRET: &str = "hunter2é";
/// The key that it stands below, as deep as [`doc`] and [`Carrier`] make it.
const PATHS: [&str; 6] = ["ssn", "*.ssn", "*.*.ssn", "*.*.*.ssn", "*.*.*.*.ssn", "*.*.*.*.*.ssn"];

#[derive(Clone, Debug)]
enum Doc {
    Bare(&'static str),
    Text(String),
    Array(Vec<Doc>),
    Object(Vec<(&'static str, Doc)>),
}

/// JSON of at most three levels, in which keys are there twice.
fn doc() -> impl Strategy<Value = Doc> {
    let bare = prop::sample::select(vec!["null", "true", "-0.10", "12345678901234567890123"]);
    let leaf = prop_oneof![
        bare.prop_map(Doc::Bare),
        "[ab \"\\\\\n\u{1f600}{}:,]{0,6}".prop_map(Doc::Text),
    ];
    let key = prop::sample::select(vec!["ssn", "a", "b", "\"\\"]);
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Doc::Array),
            vec((key.clone(), inner), 0..4).prop_map(Doc::Object),
        ]
    })
}

/// Writes JSON in one of its many ways.
struct Pen {
    dice: Vec<u8>,
    thrown: usize,
    out: String,
}

impl Pen {
    fn throw(&mut self, sides: u8) -> u8 {
        self.thrown += 1;
        self.dice[self.thrown % self.dice.len()] % sides
    }

    fn space(&mut self) {
        let space = ["", "", " ", "\n", "\r\n", "\t"][usize::from(self.throw(6))];
        self.out.push_str(space);
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for letter in text.chars() {
            if matches!(letter, '"' | '\\' | '\n' | '\r' | '\t') || self.throw(3) == 0 {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    self.out.push_str(&format!("\\u{unit:04x}"));
                }
            } else {
                self.out.push(letter);
            }
        }
        self.out.push('"');
    }

    /// Every text below the key is the secret.
    fn doc(&mut self, doc: &Doc, secret: bool) {
        self.space();
        match doc {
            Doc::Bare("null") if secret => self.text(SECRET),
            Doc::Bare(it) => self.out.push_str(it),
            Doc::Text(_) if secret => self.text(SECRET),
            Doc::Text(it) => self.text(it),
            Doc::Array(all) => {
                self.out.push('[');
                for (at, it) in all.iter().enumerate() {
                    self.out.push_str(if at > 0 { "," } else { "" });
                    self.doc(it, secret);
                }
                self.out.push(']');
            }
            Doc::Object(members) => {
                self.out.push('{');
                for (at, (key, it)) in members.iter().enumerate() {
                    self.out.push_str(if at > 0 { "," } else { "" });
                    self.space();
                    self.text(key);
                    self.space();
                    self.out.push(':');
                    self.doc(it, secret || *key == "ssn");
                }
                self.out.push('}');
            }
        }
        self.space();
    }
}

#[derive(Clone, Copy, Debug)]
enum Carrier {
    Plain,
    /// The same twice, one behind the other.
    Lines,
    /// The data of an event, in as many lines as it has.
    Event,
    /// A text in other JSON.
    Arguments,
}

/// What is sent, all of it or up to somewhere.
fn sent() -> impl Strategy<Value = String> {
    let carrier = prop::sample::select(vec![
        Carrier::Plain,
        Carrier::Lines,
        Carrier::Event,
        Carrier::Arguments,
    ]);
    let cut = prop_oneof![Just(usize::MAX), 0_usize..400];
    (vec(("a|b|ssn", doc()), 1..4), vec(any::<u8>(), 40..80), carrier, cut).prop_map(
        |(members, dice, carrier, cut)| {
            let key = |it: &str| ["a", "b", "ssn"].into_iter().find(|key| it == *key).unwrap();
            let members = members.into_iter().map(|(name, it)| (key(&name), it)).collect();
            let mut pen = Pen { dice, thrown: 0, out: String::new() };
            pen.doc(&Doc::Object(members), false);
            let mut text = pen.out.trim().to_owned();
            text = match carrier {
                Carrier::Plain => text,
                Carrier::Lines => format!("{text}\n{text}"),
                Carrier::Event => {
                    format!("data: {}\n\n", text.replace("\r\n", "\n").replace('\n', "\ndata: "))
                }
                Carrier::Arguments => {
                    pen.out.clear();
                    pen.text(&text);
                    format!("{{\"arguments\":{}}}", pen.out)
                }
            };
            text.truncate(text.floor_char_boundary(cut));
            text
        },
    )
}

/// What a reader may find in a text, whether or not it is JSON in JSON.
fn found(text: &str) -> String {
    let once = unescaped(text);
    let twice = unescaped(&once);
    [text, &once, &twice].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_path_means_is_not_kept(sent in sent()) {
        let (request, response) = kept(&PATHS, &[], &sent, &sent);
        for it in [request, response] {
            prop_assert!(!found(&it).contains("hunter"), "{it}");
        }
    }

    #[test]
    fn what_a_pattern_means_is_not_kept(sent in sent()) {
        let (request, response) = kept(&[], &[SECRET], &sent, &sent);
        for it in [request, response] {
            prop_assert!(!found(&it).contains(SECRET), "{it}");
        }
    }

    #[test]
    fn what_no_rule_means_stays_to_the_byte(sent in sent()) {
        let (request, response) = kept(&[], &["nowhere"], &sent, &sent);
        prop_assert_eq!((&request, &response), (&sent, &sent));
        if serde_json::from_str::<&serde_json::value::RawValue>(&sent).is_ok() {
            prop_assert_eq!(kept(&["nowhere"], &[], &sent, "").0, sent);
        }
    }
}

#[test]
fn the_texts_that_are_sent_hold_what_is_looked_for() {
    // Else nothing above could fail.
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut held = 0;
    for _ in 0..500 {
        let sent = sent().new_tree(&mut runner).unwrap().current();
        held += usize::from(found(&sent).contains(SECRET));
    }
    assert!(held > 100, "{held}");
    assert!(rules(&PATHS, &[SECRET]).paths.len() == PATHS.len());
}
