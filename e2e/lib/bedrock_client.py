"""Calls Bedrock with boto3 at the URL in the first argument, plain and streamed, and prints what botocore read as JSON."""

import json
import sys

import boto3
from botocore.config import Config

client = boto3.client(
    "bedrock-runtime",
    endpoint_url=sys.argv[1],
    region_name="eu-west-1",
    aws_access_key_id="AKIDCALLER",
    aws_secret_access_key="caller-secret",
    aws_session_token="caller-token",
    config=Config(retries={"total_max_attempts": 1}),
)
ask = {
    "modelId": "anthropic.claude-3-5-sonnet-20240620-v1:0",
    "messages": [{"role": "user", "content": [{"text": "Say hello"}]}],
}
plain = client.converse(**ask)
events = list(client.converse_stream(**ask)["stream"])
print(json.dumps({"plain": {key: plain[key] for key in ("output", "stopReason", "usage")}, "events": events}))
