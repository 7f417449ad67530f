#!/usr/bin/env python3
"""Makes crates/providers/data/prices.json from LiteLLM's price list.

    scripts/update-prices.py [VERSION DATE]

VERSION is a release of the PyPI package `litellm` and DATE the day it was looked at; without them
the pinned ones are taken, which gives the file that is committed. Needs python3 with pip and access to PyPI. Only providers of our table, only models that chat
or embed, only the fields we use. Prices stay the decimal text they are in the source, so nothing is
rounded on the way.

What the source says of a model's abilities becomes `can` and `cannot`; of what it does not mention, nothing
is said here either. A model that differs from another one by its date or region alone is left out when
nothing else differs: `Catalogue::find` takes both off.
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

# The source's names of a provider, by `price_name` of the rows of crates/providers/src/table.rs.
PROVIDERS = {
    "anthropic": ["anthropic"],
    "azure": ["azure"],
    "baseten": ["baseten"],
    "bedrock": ["bedrock", "bedrock_converse"],
    "cerebras": ["cerebras"],
    "cloudflare": ["cloudflare"],
    "cohere": ["cohere", "cohere_chat"],
    "dashscope": ["dashscope"],
    "deepseek": ["deepseek"],
    "fireworks_ai": ["fireworks_ai", "fireworks_ai-embedding-models"],
    "gemini": ["gemini"],
    "groq": ["groq"],
    "minimax": ["minimax"],
    "mistral": ["mistral"],
    "openai": ["openai"],
    "perplexity": ["perplexity"],
    "together_ai": ["together_ai"],
    "vertex_ai": [
        "vertex_ai", "vertex_ai-anthropic_models", "vertex_ai-embedding-models",
        "vertex_ai-language-models", "vertex_ai-llama_models", "vertex_ai-mistral_models",
    ],
    "xai": ["xai"],
}
OURS = {theirs: ours for ours, all in PROVIDERS.items() for theirs in all}
# Whose models stand in the source without the provider's name in front.
UNQUALIFIED = {"anthropic", "bedrock", "cohere", "openai", "vertex_ai"}
MODES = {"chat": "chat", "responses": "responses", "embedding": "embeddings"}
FEATURES = {
    "tools": "supports_function_calling",
    "parallel_tools": "supports_parallel_function_calling",
    "tool_choice": "supports_tool_choice",
    "images": "supports_vision",
    "json_schema": "supports_response_schema",
    "reasoning": "supports_reasoning",
    "audio_input": "supports_audio_input",
    "audio_output": "supports_audio_output",
    "files": "supports_pdf_input",
    "prompt_caching": "supports_prompt_caching",
}
# `Feature`s that `supported_modalities` lists, when it is there.
MODALITIES = {"images": "image", "audio_input": "audio"}
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
DATE = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")
# As in crates/providers/src/catalogue/id.rs.
REGION = re.compile(r"^(apac|au|eu|global|jp|us|us-gov)\.")


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


def abilities(entry):
    """What the source says that a model can and cannot."""
    said = {name: entry.get(field) for name, field in FEATURES.items()}
    listed = entry.get("supported_modalities")
    if isinstance(listed, list):
        for name, modality in MODALITIES.items():
            if said[name] is None:
                said[name] = modality in listed
    return [[name for name, it in said.items() if it is word] for word in (True, False)]


def row(entry):
    found = {"price": price(entry), "long": long_context(entry)}
    mode = MODES[entry["mode"]]
    if mode == "embeddings" and "input" in found["price"]:
        found["price"].setdefault("output", "0")
    for name, field in (("max_output_tokens", "max_output_tokens"), ("context", "max_input_tokens")):
        value = entry.get(field)
        if isinstance(value, str) and value.isdigit() and int(value) > 0:
            found[name] = int(value)
    found["mode"] = mode if mode != "chat" else None
    found["can"], found["cannot"] = abilities(entry)
    return {name: value for name, value in found.items() if value}


def name_of(key, provider, theirs):
    """The model's own name; `None` for one that nobody calls so, such as Bedrock's prices by region."""
    prefix, slash, rest = key.partition("/")
    if slash and prefix in (provider, theirs):
        return None if provider == "bedrock" and "/" in rest else rest
    return key if provider in UNQUALIFIED else None


def without_copies(models):
    """Leaves out what is found under a shorter name as well."""
    def shorter(name):
        return {DATE.sub("", name), REGION.sub("", name), DATE.sub("", REGION.sub("", name))} - {name}
    return {name: it for name, it in models.items() if all(models.get(other) != it for other in shorter(name))}


def reduced(prices):
    models = {name: {} for name in PROVIDERS}
    for key, entry in prices.items():
        theirs = entry.get("litellm_provider")
        provider = OURS.get(theirs)
        if provider is None or entry.get("mode") not in MODES:
            continue
        name = name_of(key, provider, theirs)
        if name:
            models[provider][name] = row(entry)
    return {provider: without_copies(found) for provider, found in models.items()}


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
