//! `OpenAI` chat completions.

use crate::about::{About, Target};
use crate::event::{Event, StreamDecoder, StreamEncoder};
use crate::loss::{Losses, Refused};
use crate::reply::{Broken, Reply};
use crate::request::Request;
use serde_json::{Map, Value};

pub(crate) fn read_request(_body: &Map<String, Value>) -> Result<Request, Refused> {
    Err(Refused::one("model", "is not translated yet"))
}

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

pub(crate) fn write_reply(_reply: &Reply, _about: &About) -> Value {
    Value::Null
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

#[derive(Debug)]
pub(crate) struct Encoder;

impl Encoder {
    pub(crate) fn new(_about: About) -> Self {
        Self
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, _event: &Event, _out: &mut Vec<u8>) {}

    fn finish(&mut self, _out: &mut Vec<u8>) {}

    fn fail(&mut self, _message: &str, _out: &mut Vec<u8>) {}
}
