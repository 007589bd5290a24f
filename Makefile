# Finstage. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-research run stop up down test test-thorough test-fast fuzz lint types contracts bench topics docs pictures lock clean

# The first Python between 3.11 and 3.14 on the path; or set PYTHON=/path/to/python3.12
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
ENVIRONMENT := infra/local/environment.py

# Packages are installed without bytecode. The first import writes it, and later processes start faster.
unexport PYTHONDONTWRITEBYTECODE

# Settings pass through to the services: make run SOURCE=yahoo SPEED=60 TAPE=demo PORT=8081

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: _run-environment ## make the virtual environment and prepare a run, but start nothing
	@$(BIN)/python -m infra.local prepare

setup-research: _research-environment ## install what discovery and data sets need: mlxtend, pyarrow and mlcroissant

run: _run-environment ## run the whole mesh on this machine: Kafka, database, services, page (SOURCE=yahoo SPEED=.. TAPE=.. PORT=..)
	@$(BIN)/python -m infra.local run

stop: ## stop a `make run` that was started in another terminal
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m infra.local stop; else echo "Nothing runs: this checkout is not set up."; fi

up: ## run the same in containers: docker compose with Kafka, MySQL, Prometheus and Grafana
	@infra/compose.sh up

down: ## stop the containers; their data stays
	@infra/compose.sh down

test: _test-environment ## install the tests' packages, then run lint, types, contracts and the tests
	@infra/system-packages.sh
	@$(MAKE) --no-print-directory -j4 _pytest types lint contracts

test-thorough: export THOROUGH = 1
test-thorough: test ## the same with the tests that cost minutes, and four times as many cases in the property tests

test-fast: _test-environment ## run only the tests without broker, database server, browser or killed processes
	@$(BIN)/python -m pytest -m "not kafka and not mariadb and not browser and not kill"

fuzz: TEXTS ?= 1000000
fuzz: SEED ?= 0
fuzz: FIRST ?= 0
fuzz: _test-environment ## read random conditions: TEXTS=1000000, SEED=0, FIRST=BLOCK of a run that was stopped
	@$(BIN)/python -m tests.shared.fuzz --texts $(TEXTS) --seed $(SEED) --first $(FIRST) --processes $$(nproc)

lint: _test-environment ## check format and rules with ruff
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: _test-environment ## check types with mypy (strict)
	@$(BIN)/mypy

contracts: _test-environment ## check the import contracts with import-linter
	@$(BIN)/lint-imports

bench: _bench-environment ## run the benchmarks against other libraries and write docs/benchmarks.md
	@$(BIN)/python -m bench

topics: _run-environment ## create or correct the topics of a running broker (BOOTSTRAP=host:port)
	@$(BIN)/python -m infra.kafka topics $(if $(BOOTSTRAP),--bootstrap $(BOOTSTRAP))

docs: _test-environment ## write the generated pages under docs/ again
	@$(BIN)/python -m infra.documents
	@$(BIN)/python -m services.analysis.documents
	@$(BIN)/python -m services.gateway openapi
	@$(BIN)/python -m infra.clients
	@$(BIN)/python -m infra.local.web_page
	@cd services/gateway/page && PATH="$(CURDIR)/$(BIN):$$PATH" node types.mjs

pictures: _test-environment ## take the pictures of the page for README.md from a running mesh (URL=http://127.0.0.1:8080)
	@$(BIN)/python -m tests.pictures $(URL)

lock: _test-environment ## resolve requirements/*.in into hash-locked lists
	@infra/lock.sh $(BIN)/python

clean: ## remove caches and all local data: virtual environment, broker, database, logs
	@rm -rf $(VENV) var .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@rm -rf services/gateway/page/node_modules services/gateway/page/dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: _python _prepared _kinds _pytest _run-environment _research-environment _test-environment _bench-environment
_python:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 to 3.14 was found. Install one (Debian: sudo apt-get install python3 python3-venv)," \
	"or name one: make run PYTHON=/path/to/python3.12" >&2; exit 1; }

_prepared: _test-environment
	@$(BIN)/python -m infra.local prepare
	@$(BIN)/python -m services.analysis compile-history

_kinds: _test-environment
	@$(BIN)/python -m services.analysis compile-kinds

# Tests are collected while what they need is made. 6 processes on however few cores: many tests wait. No MAKEFLAGS: tests start
# programs, not jobs of this make.
_pytest: _test-environment
	@{ $(MAKE) --no-print-directory _prepared _kinds >&2 && echo prepared; } | \
	MAKEFLAGS= $(BIN)/python -m pytest $(if $(THOROUGH),,-m "not thorough") -p tests.forking --processes 6 \
	-p tests.loading -p tests.preparing --prepared-fd 3 3<&0 </dev/null

_run-environment: _python
	@$(PYTHON) $(ENVIRONMENT) run

_research-environment: _python
	@$(PYTHON) $(ENVIRONMENT) research

_test-environment: _python
	@$(PYTHON) $(ENVIRONMENT) test

_bench-environment: _python
	@$(PYTHON) $(ENVIRONMENT) bench
