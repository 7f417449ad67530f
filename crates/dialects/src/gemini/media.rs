//! Pictures, sound and documents.

use crate::loss::Losses;
use crate::request::{File, Media, Source};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A picture, and how closely to look at it: a member of the part since Gemini 3
/// (<https://ai.google.dev/gemini-api/docs/media-resolution>).
pub(super) fn image(at: &str, image: &Media, is_old: bool, losses: &mut Losses) -> Option<Value> {
    let mut part = source(at, &image.source, losses)?;
    let level = match image.detail.as_deref() {
        None | Some("auto") => return Some(part),
        Some("low") if !is_old => "MEDIA_RESOLUTION_LOW",
        Some("high") if !is_old => "MEDIA_RESOLUTION_HIGH",
        Some(detail) => {
            let why =
                format!("asks for `{detail}` detail, which this model of Gemini cannot be told");
            losses.lose(at, why);
            return Some(part);
        }
    };
    if let Some(members) = part.as_object_mut() {
        members.insert("mediaResolution".to_owned(), json!({ "level": level }));
    }
    Some(part)
}

/// Sound.
pub(super) fn audio(at: &str, audio: &Media, losses: &mut Losses) -> Option<Value> {
    source(at, &audio.source, losses)
}

/// A document. Its name is for people: Gemini takes one only with its own tools.
pub(super) fn file(at: &str, file: &File, losses: &mut Losses) -> Option<Value> {
    if file.name.is_some() {
        losses.hint(format!("{at} (its name)"));
    }
    if file.context.is_some() {
        losses.lose(format!("{at}.context"), "has no place at Gemini");
    }
    if file.citations {
        losses.lose(format!("{at}.citations"), "cannot be asked of Gemini");
    }
    source(at, &file.source, losses)
}

fn source(at: &str, source: &Source, losses: &mut Losses) -> Option<Value> {
    match source {
        Source::Base64 { media_type, data } => Some(inline(media_type, data)),
        Source::Text(text) => Some(inline("text/plain", &STANDARD.encode(text))),
        Source::Url(url) if knows_the_type(url) => Some(json!({ "fileData": { "fileUri": url } })),
        Source::Url(url) => url_of(at, url, losses),
        Source::Id(_) => {
            losses.lose(at, "is stored at another provider");
            None
        }
    }
}

fn url_of(at: &str, url: &str, losses: &mut Losses) -> Option<Value> {
    let media_type = media_type(url);
    if media_type.is_none() {
        let why = "is a URL whose ending does not say what it is, which Gemini wants to know";
        losses.lose(at, why);
    }
    media_type.map(|it| json!({ "fileData": { "mimeType": it, "fileUri": url } }))
}

fn inline(media_type: &str, data: &str) -> Value {
    json!({ "inlineData": { "mimeType": media_type, "data": data } })
}

/// Files of Google's own, whose type it knows: uploaded ones, and videos
/// (<https://ai.google.dev/gemini-api/docs/video-understanding>).
fn knows_the_type(url: &str) -> bool {
    const OWN: [&str; 4] = [
        "https://generativelanguage.googleapis.com/",
        "https://www.youtube.com/",
        "https://youtube.com/",
        "https://youtu.be/",
    ];
    OWN.iter().any(|it| url.starts_with(it))
}

/// The type that a URL's path ends with.
fn media_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let file = path.rsplit('/').next().unwrap_or(path);
    let (_, ending) = file.rsplit_once('.')?;
    let known = match ending.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "heic" => "image/heic",
        "heif" => "image/heif",
        "bmp" => "image/bmp",
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        "md" => "text/markdown",
        "html" | "htm" => "text/html",
        "csv" => "text/csv",
        "xml" => "text/xml",
        "json" => "application/json",
        "wav" => "audio/wav",
        "mp3" => "audio/mp3",
        "aac" => "audio/aac",
        "ogg" => "audio/ogg",
        "flac" => "audio/flac",
        "aiff" | "aif" => "audio/aiff",
        "mp4" => "video/mp4",
        "mov" => "video/mov",
        "mpeg" | "mpg" => "video/mpeg",
        "webm" => "video/webm",
        _ => return None,
    };
    Some(known)
}
