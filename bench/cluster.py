#!/usr/bin/env python3
"""Throughput of one, two and three nodes, and the cost of a limit decision. Run by `bench/cluster`; see README.md."""
import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import time
import urllib.request

from bench import HERE, body, busy_s, cpu_s, proc_tree

TOKEN, KEY = "bench-admin-token-0123456789", "5a" * 32
WORK = pathlib.Path(os.environ["BENCH_WORK"]) / "cluster"
END = {"id": "end", "type": "end", "outputs": {}}
MODEL = {"id": "m", "type": "model", "properties": {"provider": "openai", "model": "gpt-4o-mini", "timeout": 0, "retries": 0},
         "outputs": {"success": {"elementId": "end"}}}


def graph(kind):
    """A route of one model, behind a limit that nobody reaches unless `kind` is None."""
    start = {"id": "start", "type": "start", "outputs": {"next": {"elementId": "limit" if kind else "m"}}}
    limit = {"id": "limit", "type": "rate", "outputs": {"success": {"elementId": "m"}, "fallback": {"elementId": "end"}},
             "properties": {"key": "", "limitType": kind, "limit": 1_000_000, "window": 3600}}
    if kind == "count":
        limit["properties"]["limit"] = 1_000_000_000
    return [start, limit, MODEL, END] if kind else [start, MODEL, END]


ROUTES = {"none": graph(None), "count": graph("count"), "cost": graph("cost")}


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def ask(method, url, payload=None):
    request = urllib.request.Request(url, json.dumps(payload).encode() if payload else None, method=method,
                                     headers={"authorization": f"Bearer {TOKEN}", "content-type": "application/json"})
    return urllib.request.urlopen(request, timeout=10).read()


def until(what, look, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if look():
                return
        time.sleep(0.02)
    raise SystemExit(f"{what}: not within {seconds} s; see {WORK}")


class Bench:
    def __init__(self, options):
        self.options, self.children, self.results = options, [], []
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        WORK.chmod(0o755)
        self.body = WORK / "body.json"
        self.mock = free_port()
        self.spawn("mock", [os.environ["MOCK_BIN"], "--listen", f"127.0.0.1:{self.mock}"])
        until("the upstream", lambda: socket.create_connection(("127.0.0.1", self.mock), 1).close() or True)

    def spawn(self, name, command, env=None):
        with open(WORK / f"{name}.log", "ab") as log:
            child = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})}, cwd=WORK)
        self.children.append(child)
        return child

    def stop(self, children):
        for it in children:
            it.terminate()
        for it in children:
            it.wait(40)
            self.children.remove(it)

    def redis(self):
        """As docs/operations.md wants it, unlike the one that tests share."""
        port, data = free_port(), WORK / "redis"
        data.mkdir()
        self.spawn("redis", [os.environ["POINTSMAN_TEST_REDIS_SERVER"], "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data), "--save", "",
                             "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"])
        until("Redis", lambda: socket.create_connection(("127.0.0.1", port), 1).close() or True)
        return f"redis://127.0.0.1:{port}"

    def node(self, name, **settings):
        port, data = free_port(), WORK / name
        env = {"POINTSMAN_LISTEN": f"127.0.0.1:{port}", "POINTSMAN_DATA_DIR": str(data), "POINTSMAN_ADMIN_TOKEN": TOKEN, "POINTSMAN_MASTER_KEY": KEY,
               "POINTSMAN_PROVIDER_OPENAI_BASE_URL": f"http://127.0.0.1:{self.mock}/v1", "OPENAI_API_KEY": "sk-bench", **settings}
        child = self.spawn(name, [os.environ["OURS"], "serve"], env)
        until(name, lambda: ask("GET", f"http://127.0.0.1:{port}/readyz"))
        return child, port

    def routes(self, port, names):
        for name in names:
            ask("POST", f"http://127.0.0.1:{port}/client/v4/accounts/default/ai-gateway/gateways/default/routes", {"name": name, "elements": ROUTES[name]})

    def balancer(self, ports):
        folder, port = WORK / f"nginx-{len(ports)}", free_port()
        folder.mkdir(exist_ok=True)
        values = {"LB_LISTEN": f"127.0.0.1:{port}", "LB_NODES": "\n".join(f"server 127.0.0.1:{it} max_fails=3 fail_timeout=2s;" for it in ports)}
        template = (HERE.parent / "deploy/nginx.conf.template").read_text()
        (folder / "nginx.conf").write_text(re.sub(r"\$\{(\w+)\}", lambda it: values[it[1]], template))
        child = self.spawn(f"nginx-{len(ports)}", ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
        until("nginx", lambda: ask("GET", f"http://127.0.0.1:{port}/readyz"))
        return child, port

    def load(self, target, nodes, port, route, connections):
        """One measurement of wrk: requests a second, latency, CPU of the nodes for a request, CPUs that nothing of ours used."""
        self.body.write_bytes(body(f"dynamic/{route}", 1024))
        pids = [pid for it in nodes for pid in proc_tree(it.pid)]
        ours = proc_tree(os.getppid())  # `scripts/with-services`, which started PostgreSQL and us
        before, all_before, busy, began = cpu_s(pids), cpu_s(ours), busy_s(), time.monotonic()
        ran = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{self.options.seconds}s", "--timeout", "30", "-s", str(HERE / "post.lua"),
                              f"http://127.0.0.1:{port}/v1/default/default/compat/chat/completions"],
                             capture_output=True, text=True, check=True, env={**os.environ, "BENCH_BODY": str(self.body)})
        got, wall = json.loads(re.search(r"RESULT (\{.*\})", ran.stdout)[1]), time.monotonic() - began
        times = os.times()
        load = times.children_user + times.children_system - self.load_before
        self.load_before += load
        if got["bad_status"] or got["socket_errors"]:
            raise SystemExit(f"{target}: {got}")
        self.results.append({
            "target": target, "connections": connections, "rps": got["requests"] / got["seconds"], "p50": got["p50_ms"], "p99": got["p99_ms"],
            "cpu_us": (cpu_s(pids) - before) * 1e6 / got["requests"],
            "other": max(0.0, busy_s() - busy - (cpu_s(ours) - all_before) - load) / wall,
        })
        print(json.dumps(self.results[-1]), flush=True)

    def run(self):
        url = self.redis()
        alone = self.node("memory")
        shared = self.node("redis-limits", POINTSMAN_REDIS_URL=url)
        for it in (alone, shared):
            self.routes(it[1], ROUTES)
        many = {"POINTSMAN_DATABASE_URL": os.environ["POINTSMAN_TEST_POSTGRES_URL"], "POINTSMAN_REDIS_URL": url, "POINTSMAN_ACCOUNT_ID": "default"}
        nodes = [self.node(f"node-{it}", **many) for it in range(3)]
        self.routes(nodes[0][1], ["count"])
        time.sleep(2)  # within which every node serves it
        balancers = {count: self.balancer([port for _, port in nodes[:count]]) for count in (1, 2, 3)}
        times = os.times()
        self.load_before = times.children_user + times.children_system
        decisions = [("no limit", alone, "none"), ("count, memory", alone, "count"), ("cost, memory", alone, "cost"),
                     ("count, Redis", shared, "count"), ("cost, Redis", shared, "cost")]
        for name, (child, port), route in decisions:  # warm: connections, pools, pages
            self.load(name, [child], port, route, 64)
        self.results.clear()
        for rep in range(self.options.reps):
            for name, (child, port), route in decisions[::1 if rep % 2 else -1]:
                for connections in (1, 64):
                    self.load(name, [child], port, route, connections)
            for count in (1, 2, 3)[::1 if rep % 2 else -1]:
                self.load(f"behind nginx: {count}", [child for child, _ in nodes[:count]], balancers[count][1], "count", 64)
        self.report(decisions)

    def values(self, target, connections, figure):
        return [it[figure] for it in self.results if it["target"] == target and it["connections"] == connections]

    def median(self, target, connections, figure):
        return statistics.median(self.values(target, connections, figure))

    def spread(self, target):
        rps = self.values(target, 64, "rps")
        return f"{statistics.median(rps):,.0f} ({min(rps):,.0f}–{max(rps):,.0f})"

    def report(self, decisions):
        reps, seconds = self.options.reps, self.options.seconds
        print(f"\nMedians of {reps} × {seconds} s, 1 KB bodies; {os.cpu_count()} cores, on which nodes, nginx, upstream, load, Redis and PostgreSQL all run.")
        print(f"CPUs that other programs used meanwhile: {statistics.median(it['other'] for it in self.results):.2f} (median).\n")
        print("| a limit decision | 64 connections, req/s (range) | × no limit | CPU µs a request | more | 1 connection, p50 ms | more |\n|---|---|---|---|---|---|---|")
        rps, cpu, p50 = (self.median("no limit", it, figure) for it, figure in ((64, "rps"), (64, "cpu_us"), (1, "p50")))
        for name, _, _ in decisions:
            a, b, c = self.median(name, 64, "rps"), self.median(name, 64, "cpu_us"), self.median(name, 1, "p50")
            print(f"| {name} | {self.spread(name)} | {a / rps:.2f} | {b:.1f} | {b - cpu:+.1f} | {c:.3f} | {c - p50:+.3f} |")
        print("\n| behind nginx, count limit in Redis | 64 connections, req/s (range) | × 1 node | CPU µs a request, of the nodes | p50 / p99 ms |\n|---|---|---|---|---|")
        one = self.median("behind nginx: 1", 64, "rps")
        for count in (1, 2, 3):
            name = f"behind nginx: {count}"
            a = self.median(name, 64, "rps")
            print(f"| {count} | {self.spread(name)} | {a / one:.2f} | {self.median(name, 64, 'cpu_us'):.1f} | {self.median(name, 64, 'p50'):.2f} / {self.median(name, 64, 'p99'):.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    bench = None
    options = parser.parse_args()
    try:
        bench = Bench(options)
        bench.run()
    finally:
        for it in bench.children if bench else []:
            it.terminate()
        for it in bench.children if bench else []:
            it.wait(40)


if __name__ == "__main__":
    main()
