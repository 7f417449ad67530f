#!/usr/bin/env python3
"""Makes crates/providers/data/prices.json from LiteLLM's price list.

    scripts/update-prices.py [VERSION DATE]

VERSION is a release of the PyPI package `litellm` and DATE the day it was looked at; without them
the pinned ones are taken, which gives the file that is committed. Needs python3 with pip and access to PyPI. Only providers of our table, only models that chat,
only the fields we use. Prices stay the decimal text they are in the source, so nothing is
rounded on the way.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

DATA = pathlib.Path(__file__).parent.parent / "crates/providers/data"
LIST = "litellm/model_prices_and_context_window_backup.json"

PINNED = ("1.109.1", "2026-11-22")

# `price_name` of the rows of crates/providers/src/table.rs.
PROVIDERS = {
    "baseten", "cerebras", "cloudflare", "dashscope", "deepseek", "fireworks_ai", "groq",
    "minimax", "mistral", "openai", "perplexity", "together_ai", "xai",
}
MODES = {"chat", "responses"}
CLASSES = {
    "input": "input_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
    "audio_input": "input_cost_per_audio_token",
    "image_input": "input_cost_per_image_token",
    "output": "output_cost_per_token",
    "reasoning": "output_cost_per_reasoning_token",
    "audio_output": "output_cost_per_audio_token",
    "image_output": "output_cost_per_image_token",
}
LONG = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")


def download(version):
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*command, f"litellm=={version}"], check=True)
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as package:
            (licence,) = (it for it in package.namelist() if it.endswith("dist-info/licenses/LICENSE"))
            prices = json.loads(package.read(LIST), parse_float=str, parse_int=str)
            return prices, package.read(licence).decode()


def price(entry, suffix=""):
    """One price per class. A class that is 0 only because the source fills it in is left out, and one that costs what its side costs."""
    found = {name: entry.get(field + suffix) for name, field in CLASSES.items()}
    found = {name: text for name, text in found.items() if isinstance(text, str)}
    for name in ("cache_write", "cache_write_1h"):
        if float(found.get(name, 1)) == 0 and float(found.get("input", 0)) > 0:
            del found[name]
    sides = {"audio_input": "input", "image_input": "input", "reasoning": "output", "audio_output": "output", "image_output": "output"}
    return {name: text for name, text in found.items() if text != found.get(sides.get(name))}


def long_context(entry):
    """The price of requests with a long prompt; classes it does not name keep their usual price."""
    tiers = [it for it in (LONG.fullmatch(field) for field in entry) if it]
    if len(tiers) != 1:
        return None
    (tier,) = tiers
    above = price(entry, f"_above_{tier[1]}k_tokens")
    return {"above": int(tier[1]) * 1000, "price": {**price(entry), **above}}


def row(entry):
    found = {"price": price(entry), "long": long_context(entry)}
    for name, field in (("max_output_tokens", "max_output_tokens"), ("context", "max_input_tokens")):
        value = entry.get(field)
        if isinstance(value, str) and value.isdigit() and int(value) > 0:
            found[name] = int(value)
    return {name: value for name, value in found.items() if value}


def reduced(prices):
    models = {name: {} for name in PROVIDERS}
    for key, entry in prices.items():
        provider = entry.get("litellm_provider")
        if provider not in PROVIDERS or entry.get("mode") not in MODES:
            continue
        prefix, slash, rest = key.partition("/")
        qualified = bool(slash) and prefix == provider
        if qualified or provider == "openai":
            models[provider][rest if qualified else key] = row(entry)
    return models


def main():
    if len(sys.argv) not in (1, 3):
        sys.exit(__doc__)
    version, date = sys.argv[1:] or PINNED
    prices, licence = download(version)
    models = reduced(prices)
    empty = sorted(name for name, found in models.items() if not found)
    if empty:
        sys.exit(f"no models for {', '.join(empty)}: has LiteLLM renamed them?")
    head = {"source": f"litellm {version}", "date": date, "licence": "MIT, see LITELLM-LICENSE"}
    lines = []
    for provider in sorted(models):
        rows = (f"{json.dumps(it)}:{json.dumps(models[provider][it], separators=(',', ':'))}" for it in sorted(models[provider]))
        lines.append(f"{json.dumps(provider)}:{{\n" + ",\n".join(rows) + "\n}")
    text = json.dumps(head)[:-1] + ', "models": {\n' + ",\n".join(lines) + "\n}}\n"
    json.loads(text)
    DATA.mkdir(exist_ok=True)
    (DATA / "prices.json").write_text(text)
    (DATA / "LITELLM-LICENSE").write_text(licence.replace("\r\n", "\n"))
    print(f"{sum(map(len, models.values()))} models, {len(text)} bytes")


if __name__ == "__main__":
    main()
