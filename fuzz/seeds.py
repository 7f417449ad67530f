"""Makes the corpus that fuzzing begins with from the golden cases of `dialects`.

The first byte of an input chooses the format, in the order of the targets; of a stream, the second says where it is cut.
"""

import base64
import pathlib

HERE = pathlib.Path(__file__).parent
CASES = HERE.parent / "crates/dialects/tests/cases"
WAYS_IN = ["chat", "responses", "messages"]
FORMATS = ["chat", "responses", "messages", "gemini", "converse", "cohere"]


def seed(target: str, name: str, data: bytes) -> None:
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{name}").write_bytes(data)


def name(path: pathlib.Path) -> str:
    return "-".join(path.parts[-3:-1])


for path in CASES.glob("requests/*/*/request.json"):
    seed("request", name(path), bytes([WAYS_IN.index(path.parts[-3])]) + path.read_bytes())
for path in CASES.glob("replies/*/*/reply.json"):
    seed("reply", name(path), bytes([FORMATS.index(path.parts[-3])]) + path.read_bytes())
for path in CASES.glob("replies/*/*/stream.*"):
    data = path.read_bytes()
    if path.suffix == ".b64":
        data = base64.b64decode(data)
    seed("stream", name(path), bytes([FORMATS.index(path.parts[-3]), 50]) + data)
