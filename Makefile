# Everything is done by these targets; each does its own set-up on a machine that has Python 3.11+.
.DEFAULT_GOAL := help
.PHONY: help demo test check bench format lock clean

PYTHON ?= python3
BIN := .venv/bin
RUN := .make/run
DEV := .make/dev
PEERS := .venv-bench

help: ## Show this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUN) ## A synthetic clinic with a history, then the service on loopback (DEMO="--port 8001")
	@$(BIN)/evenfall demo $(DEMO)

test: $(DEV) ## Everything: format, lint, types, contracts, tests on both databases and in a browser
	@$(BIN)/python -m tests.browser_setup
	@$(MAKE) --no-print-directory lint
	@$(BIN)/pytest -n 2 --dist worksteal

check: $(DEV) ## The same without the slow tests
	@$(MAKE) --no-print-directory lint
	@$(BIN)/pytest -n 2 -m "not slow"

.PHONY: lint
lint: $(DEV)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/evenfall check

.PHONY: faults
faults: $(DEV) ## Processes killed and stopped, a full disk, a database restarted, a clock set wrong, and what an independent checker says (RUNS=1000 SEED=1)
	@FAULT_RUNS=$${RUNS:-20} FAULT_TEXTS=20000 FAULT_PLACES=64 FAULT_SEED=$${SEED:-1} $(BIN)/pytest -q tests/faults

bench: $(PEERS)/made ## Measure, as ratios against a peer or a limit run beside it (JSON lines; BENCH="tick peak")
	@$(PEERS)/bin/python -m bench $(BENCH)

format: $(DEV) ## Format and sort
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(DEV) ## Make the locked requirements anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra postgres pyproject.toml requirements/build.in -o requirements/postgres.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra postgres --extra dev pyproject.toml -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra bench --constraints requirements/run.txt pyproject.toml -o requirements/bench.txt

clean: ## Remove what these targets made
	rm -rf .venv .venv-bench .make var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Evenfall needs Python 3.11 or later") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv

$(RUN): $(BIN)/python requirements/run.txt pyproject.toml
	@echo "Installing what the service needs…"
	@test -e $(DEV) || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@mkdir -p .make && touch $@

$(DEV): $(BIN)/python requirements/dev.txt pyproject.toml
	@echo "Installing what the tests need…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@mkdir -p .make && touch $@

$(PEERS)/made: requirements/bench.txt pyproject.toml
	@echo "Installing what the benches measure against…"
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@$(PEERS)/bin/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@
