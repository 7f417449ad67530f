"""Calls a model with litellm at the base URL in the first argument, plain, streamed and with a tool, and prints what it read as JSON."""

import json
import sys

import litellm

litellm.suppress_debug_info = True

call = {"model": "openai/" + sys.argv[2], "api_base": sys.argv[1], "api_key": "no-key-needed", "max_retries": 0}
ask = [{"role": "user", "content": "Say hello"}]
tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}

plain = litellm.completion(messages=ask, **call)
chunks = list(litellm.completion(messages=ask, stream=True, stream_options={"include_usage": True}, **call))
streamed = litellm.stream_chunk_builder(chunks, messages=ask)
called = litellm.completion(messages=[{"role": "user", "content": "Weather?"}], tools=[tool], **call)
try:
    litellm.completion(messages=ask, logit_bias={"50256": -100}, **call)
    refused = None
except litellm.exceptions.BadRequestError as error:
    refused = str(error)
print(json.dumps({
    "plain": plain.model_dump(), "streamed": streamed.model_dump(), "called": called.model_dump(), "refused": refused,
}))
