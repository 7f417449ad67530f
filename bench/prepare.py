#!/usr/bin/env python3
"""Makes the data folder of the target `ours`: starts the binary once and creates the routes. Usage: prepare.py BINARY FOLDER"""
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

binary, folder = sys.argv[1:]
LISTEN, TOKEN = "127.0.0.1:9299", "bench-admin-token-0123456789"


def model(name, provider, model="gpt-4o-mini-long", **outputs):
    return {"id": name, "type": "model", "outputs": {k: {"elementId": v} for k, v in outputs.items()},
            "properties": {"provider": provider, "model": model, "timeout": 0, "retries": 0}}


START = {"id": "start", "type": "start", "outputs": {"next": {"elementId": "plan"}}}
PLAN = {"id": "plan", "type": "conditional", "properties": {"conditions": {"metadata.plan": {"$eq": "paid"}}},
        "outputs": {"true": {"elementId": "limit"}, "false": {"elementId": "end"}}}
LIMIT = {"id": "limit", "type": "rate", "outputs": {"success": {"elementId": "first"}, "fallback": {"elementId": "end"}},
         "properties": {"key": "metadata.user", "limitType": "count", "limit": 1_000_000_000, "window": 3600}}
END = {"id": "end", "type": "end", "outputs": {}}
ROUTES = {
    "bench": [START, PLAN, LIMIT, model("first", "openai", success="end"), END],
    "translated": [START, PLAN, LIMIT, model("first", "anthropic", "claude-sonnet-4-5-long", success="end"), END],
    "failover": [START, PLAN, LIMIT, model("first", "groq", success="end", fallback="second"), model("second", "openai", success="end"), END],
}


# Models with a price and of no known context: one that is too small for 5 MB would be passed over. The Claude has the number
# of one that takes a temperature: the newest take none, and a temperature that cannot be translated is refused.
PRICES = [{"provider": provider, "model": model, "input": "0.00000015", "output": "0.0000006"}
          for provider, model in (("openai", "gpt-4o-mini-long"), ("groq", "gpt-4o-mini-long"), ("anthropic", "claude-sonnet-4-5-long"))]


def manage(method, where, body):
    request = urllib.request.Request(
        f"http://{LISTEN}/client/v4/accounts/default/ai-gateway/{where}",
        json.dumps(body).encode(), {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}, method=method)
    try:
        urllib.request.urlopen(request, timeout=5).read()
    except urllib.error.HTTPError as error:
        sys.exit(f"{where}: {error.code} {error.read().decode()}")


shutil.rmtree(folder, ignore_errors=True)
env = {**os.environ, "POINTSMAN_LISTEN": LISTEN, "POINTSMAN_DATA_DIR": folder, "POINTSMAN_ADMIN_TOKEN": TOKEN,
       "OPENAI_API_KEY": "sk-bench", "GROQ_API_KEY": "sk-bench", "ANTHROPIC_API_KEY": "sk-bench"}
server = subprocess.Popen([binary, "serve"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://{LISTEN}/readyz", timeout=1).read()
            break
        except OSError:
            time.sleep(0.05)
    for price in PRICES:
        manage("PUT", "prices", price)
    for name, elements in ROUTES.items():
        manage("POST", "gateways/default/routes", {"name": name, "elements": elements})
finally:
    server.terminate()
    server.wait(30)
