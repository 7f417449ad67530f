# The only list of tasks; `make help` prints it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help run ui test check fmt clippy doc tidy unit ui-check ui-e2e screenshots e2e demo accept bench bench-cluster bench-walk fuzz prices release ci clean

help: ## list the tasks
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## build and serve on 127.0.0.1:8787, embedded database, sample route dynamic/hello; with the web application if there is Node
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory ui; else echo "no Node: / will be without the web application"; fi
	cargo run --locked --bin pointsman -- serve --sample

ui: ui/dist/index.html ## the web application, for the next build of the binary to embed

test: ui-check unit e2e ui-e2e ## every test; installs what it needs

check: tidy fmt clippy doc ## the cheap checks: house rules, formatting, lints, docs

fmt: ## formatting is as rustfmt says
	cargo fmt --all --check

clippy: ## lints, warnings as errors
	cargo clippy --locked --workspace --all-targets -- -D warnings

doc: ## rustdoc of everything, private items too
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items --quiet

tidy: ## dependency direction and house rules
	scripts/need nextest
	cargo nextest run --locked -p tidy

unit: ## Rust tests: unit, property, integration (real SQLite, PostgreSQL, Redis and Valkey, real binary)
	scripts/need nextest postgres redis valkey
	scripts/with-services cargo nextest run --locked --workspace
	cargo test --locked --workspace --doc --quiet

ui-check: ui/node_modules/.package-lock.json ## the web application: types are current, formatting, lints, types, tests, build, size
	cd ui && npm run check

ui-e2e: ui ## the web application in a browser, served by the real binary
	scripts/need node chromium
	cargo build --locked --bin pointsman
	cd ui && POINTSMAN_BIN=$(abspath $(TARGET))/debug/pointsman npm run e2e

screenshots: ui ## docs/screenshots, light and dark, to be looked at and committed
	scripts/need node chromium
	cargo build --locked --bin pointsman
	cd ui && POINTSMAN_BIN=$(abspath $(TARGET))/debug/pointsman npm run screenshots

e2e: ## the real binary under the official cloudflare and openai SDKs, and a real language model
	scripts/need node openssl python-model python-aws python-cloudflare python-litellm python-mocks python-rotel postgres redis valkey nginx deploy-checks
	cargo build --locked --bin pointsman
	cd e2e && npm ci --no-audit --no-fund --silent && POINTSMAN_BIN=$(abspath $(TARGET))/debug/pointsman ../scripts/with-services node --test --test-reporter=spec

demo: ## a real language model behind a route: condition, limit, split, fallback; prints every path
	scripts/need node python-model
	cargo build --locked --bin pointsman
	cd e2e && npm ci --no-audit --no-fund --silent && POINTSMAN_BIN=$(abspath $(TARGET))/debug/pointsman node demo.mjs

accept: ## write changed snapshots, to be read and committed
	scripts/need nextest postgres redis valkey
	INSTA_UPDATE=always scripts/with-services cargo nextest run --workspace

bench: release ## throughput, latency, streams, memory against nginx and direct, in one run
	scripts/need bench
	bench/run

bench-cluster: release ## one, two, three nodes behind nginx, and what a limit decision costs: none, memory, Redis
	scripts/need bench-cluster postgres redis valkey
	bench/cluster

bench-walk: ## the route language alone: walk, look-up, compile
	cargo bench --locked -p route

fuzz: ## any bytes as a request, a reply and a stream, FUZZ_SECONDS (60) each, from the golden cases on
	scripts/need fuzz
	python3 fuzz/seeds.py
	for target in request reply stream; do (cd fuzz && cargo fuzz run --sanitizer none $$target -- -max_total_time=$(or $(FUZZ_SECONDS),60) -max_len=16384); done

prices: ## make the shipped price catalogue anew
	python3 scripts/update-prices.py

release: ## the optimised binary
	cargo build --locked --release --bin pointsman

ci: check test ## what the gate runs

clean: ## remove what was built and installed
	cargo clean
	rm -rf .tools e2e/node_modules bench/work ui/node_modules
	find ui/dist -mindepth 1 ! -name .gitkeep -delete

ui/node_modules/.package-lock.json: ui/package-lock.json
	scripts/need node
	cd ui && npm ci --no-audit --no-fund --silent

ui/dist/index.html: ui/node_modules/.package-lock.json ui/index.html ui/vite.config.ts $(shell find ui/src ui/public ui/scripts -type f)
	cd ui && npm run build
