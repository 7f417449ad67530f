//! A model's own stream, as Bedrock passes it on (`InvokeModelWithResponseStream`): each event is a frame named `chunk`
//! whose payload has it as base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The model's own event in a frame of this name and payload; `None` when it is another frame.
#[must_use]
pub fn invoked_event(name: Option<&str>, payload: &[u8]) -> Option<Vec<u8>> {
    if name != Some("chunk") {
        return None;
    }
    let payload: Value = serde_json::from_slice(payload).ok()?;
    STANDARD.decode(payload.get("bytes")?.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use super::invoked_event;

    #[test]
    fn an_event_is_the_bytes_of_a_chunk() {
        let payload = br#"{"bytes":"eyJhIjoxfQ==","p":"abc"}"#;
        assert_eq!(invoked_event(Some("chunk"), payload).as_deref(), Some(&br#"{"a":1}"#[..]));
        assert_eq!(invoked_event(Some("metadata"), payload), None);
        for payload in [&b"{"[..], b"{}", br#"{"bytes":"*"}"#, br#"{"bytes":1}"#] {
            assert_eq!(invoked_event(Some("chunk"), payload), None);
        }
    }
}
