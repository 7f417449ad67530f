//! Case folders.
//!
//! `cases/requests/<from>/<name>/`: `request.json` (a caller's body) and `case.json`; the snapshots `to-<format>` beside
//! them say what each provider format gets, or which fields are refused.
//!
//! `cases/replies/<from>/<name>/`: `reply.json` and/or `stream.txt` (`stream.b64` for Converse's binary frames), what a
//! provider sends, and `case.json`; the snapshots `as-<format>` and `as-<format>-stream` say what each caller gets.
//!
//! `case.json`: `{"tags": ["tools"], "source": "https://…"}`; a reply whose stream and plain form rightly differ says
//! why in `"differs"`.

use std::fs;
use std::path::{Path, PathBuf};

use chat::Format;
use serde::Deserialize;

/// What callers speak.
pub(crate) const WAYS_IN: [Format; 3] = [Format::Chat, Format::Responses, Format::Messages];
/// What providers speak.
pub(crate) const TARGETS: [Format; 6] = [
    Format::Chat,
    Format::Responses,
    Format::Messages,
    Format::Gemini,
    Format::Converse,
    Format::Cohere,
];

/// A case folder.
pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    pub(crate) from: Format,
    pub(crate) about: About,
}

/// `case.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    pub(crate) tags: Vec<String>,
    /// Where the example is published, or which bug report it is taken from.
    pub(crate) source: String,
    /// Why the stream does not fold to the plain reply.
    #[serde(default)]
    pub(crate) differs: Option<String>,
}

impl Case {
    /// A file of it.
    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(name)).ok()
    }

    pub(crate) fn name(&self) -> String {
        let mut parts = self.folder.components().rev().take(2).map(|it| it.as_os_str());
        let (name, from) = (parts.next(), parts.next());
        format!("{}/{}", from.unwrap_or_default().display(), name.unwrap_or_default().display())
    }

    /// Compares with the snapshot of this name in the folder.
    pub(crate) fn snapshot(&self, name: &str, text: &str) {
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(&self.folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, text));
    }

    /// The bytes of its stream.
    pub(crate) fn stream(&self) -> Option<Vec<u8>> {
        self.read("stream.txt").or_else(|| self.read("stream.b64").map(|it| base64(&it)))
    }
}

/// Every case of `requests` or `replies`, in order.
pub(crate) fn all(kind: &str) -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(kind);
    let mut cases = Vec::new();
    for from in folders(&root) {
        let name = from.file_name().and_then(|it| it.to_str()).expect("a name");
        let format = Format::named(name).expect("a folder is named after a format");
        for folder in folders(&from) {
            let text = fs::read_to_string(folder.join("case.json"))
                .unwrap_or_else(|_| panic!("{} has no case.json", folder.display()));
            let about = serde_json::from_str(&text)
                .unwrap_or_else(|it| panic!("{}: {it}", folder.display()));
            cases.push(Case { folder, from: format, about });
        }
    }
    cases
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let mut all: Vec<PathBuf> =
        entries.map(|it| it.expect("readable").path()).filter(|it| it.is_dir()).collect();
    all.sort();
    all
}

/// Decodes base64 with line breaks.
fn base64(text: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text
        .iter()
        .filter_map(|it| ALPHABET.iter().position(|known| known == it))
        .map(|it| u32::try_from(it).expect("below 64"))
        .collect();
    let mut bytes = Vec::new();
    for chunk in digits.chunks(4) {
        let bits = chunk.iter().fold(0, |bits, it| bits << 6 | it) << (6 * (4 - chunk.len()));
        let all = bits.to_be_bytes();
        bytes.extend_from_slice(&all[1..chunk.len()]);
    }
    bytes
}
