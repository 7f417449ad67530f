//! Amazon Bedrock Converse.

use crate::about::Target;
use crate::event::{Event, StreamDecoder};
use crate::loss::Losses;
use crate::reply::{Broken, Reply};
use crate::request::Request;
use serde_json::{Map, Value};

pub(crate) fn write_request(
    _request: &Request,
    _target: &Target<'_>,
    losses: &mut Losses,
) -> Value {
    losses.lose("model", "is not translated yet");
    Value::Null
}

pub(crate) fn read_reply(_body: &Map<String, Value>) -> Result<Reply, Broken> {
    Err(Broken::new("is not translated yet"))
}

#[derive(Debug, Default)]
pub(crate) struct Decoder;

impl StreamDecoder for Decoder {
    fn frame(
        &mut self,
        _name: Option<&str>,
        _data: &[u8],
        _each: &mut dyn FnMut(Event),
    ) -> Result<(), Broken> {
        Err(Broken::new("is not translated yet"))
    }

    fn finish(&mut self, _each: &mut dyn FnMut(Event)) -> Result<(), Broken> {
        Ok(())
    }
}

/// Frames of `application/vnd.amazon.eventstream`.
#[derive(Debug, Default)]
pub(crate) struct Frames;

impl Frames {
    pub(crate) fn push(
        &mut self,
        _bytes: &[u8],
        _each: &mut dyn FnMut(Option<&str>, &[u8]),
    ) -> Result<(), Broken> {
        Err(Broken::new("is not translated yet"))
    }

    pub(crate) fn finish(&mut self) -> Result<(), Broken> {
        Ok(())
    }
}
