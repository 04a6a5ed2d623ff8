# Needs make and Python 3.11 or newer, nothing else. `make help` lists what can be asked for.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

export PORT ?= 8000
# Debian keeps nginx where only root looks.
export PATH := $(PATH):/usr/sbin
export DATA ?= var
# What was compiled once stays so: dozens of processes start in a whole run.
unexport PYTHONDONTWRITEBYTECODE
PY ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
  "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
# Hashes for everything, wheels of this machine's own; the one source package is built with the locked setuptools.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-build-isolation
PYTEST := $(BIN)/python -m pytest
CPUS := 2
# One more than there are cores: races and faults wait for others more than they compute.
WORKERS := 3
# On SQLite everything runs. On PostgreSQL every test that reaches a database runs once more (tests/halves.py).
UNIT = $(PYTEST) -n $(WORKERS) --ignore=tests/browser --start=$(START)
BROWSER = $(PYTEST) -n $(CPUS) --dist=worksteal tests/browser --start=$(START)
# When the demo under the tests is opened; `turn` is another one with each commit (tests/starts.py).
START ?= mon-1200

$(VENV)/pip.stamp: requirements-build.lock
	@test -n "$(PY)" || { echo "No Python 3.11 or newer with the venv module was found (Debian: apt-get install python3-venv)."; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || { echo "Making $(VENV) …"; rm -rf $(VENV); $(PY) -m venv $(VENV); }
	@$(INSTALL) -r $<
	@touch $@

$(VENV)/run.stamp: $(VENV)/pip.stamp requirements.lock
	@echo "Installing what the product needs …"
	@$(INSTALL) -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp dev.lock
	@echo "Installing what the tests need …"
	@$(INSTALL) -r dev.lock
	@touch $@

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: $(VENV)/run.stamp ## the demo at http://localhost:8000 (PORT=…, DATA=folder), until Ctrl-C
	@MODE=demo exec $(BIN)/python -m practice.demo.supervise

.PHONY: reset
reset: $(VENV)/run.stamp ## forget what the demo stored in DATA
	@MODE=demo exec $(BIN)/python -m practice.demo.supervise reset

.PHONY: lint
lint: $(VENV)/dev.stamp ## style, types, import contracts, templates, style sheets
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m tests.templates --check
	$(BIN)/python -m tests.styles --check

.PHONY: format
format: $(VENV)/dev.stamp ## write code, templates and style sheets as the lint wants them
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .
	$(BIN)/python -m tests.templates
	$(BIN)/python -m tests.styles

.PHONY: check
check: lint ## before each commit: lint and the quick tests on SQLite
	$(UNIT) -q -m "not races and not faults"

.PHONY: test
test: lint machinery ## everything: lint, SQLite, PostgreSQL, browser (START=… opens the demo on another day)
	keeps=$$(mktemp -d); trap 'rm -rf "$$keeps"' EXIT; export RUN_KEEPS="$$keeps"; \
	$(UNIT) -q --engine sqlite; \
	$(UNIT) -q --engine postgres; \
	$(MAKE) browser

.PHONY: browser
browser: $(VENV)/dev.stamp machinery ## every page in Chromium
	@if tests/get-machinery has chromium; then $(BROWSER) -q; fi
	@tests/get-machinery say

.PHONY: machinery
machinery:
	@tests/get-machinery

# Whatever builds on the demo or claims to hold on any day.
ANY_DAY := $(PYTEST) -n $(CPUS) -q tests/demo tests/house/test_pages.py tests/house/test_questions.py
DAYS = $(shell $(BIN)/python -m tests.starts)
.PHONY: days
days: $(VENV)/dev.stamp machinery ## the demo and every page on each nasty day, one after the other (hours; DAYS="new-year leap-day")
	$(PYTEST) -n $(CPUS) --dist=load -q --long tests/demo
	for day in $(DAYS); do $(ANY_DAY) --start=$$day; $(BROWSER) -q --start=$$day; done

.PHONY: screenshots
screenshots: $(VENV)/dev.stamp ## the README's pictures, from the demo that runs at http://localhost:$(PORT)
	$(BIN)/python -m tests.browser.screenshots http://localhost:$(PORT)

MONEY := tests/payments/test_at_once.py tests/payments/test_storm.py tests/payments/test_proposals.py tests/invoices/test_series.py
SILENCE := tests/payments/test_storm.py tests/payments/test_checkup.py
.PHONY: races
races: $(VENV)/dev.stamp ## the long races, both engines: several processes fight for the same time, or the same money
	$(PYTEST) tests/races $(MONEY) -m "not faults" --long --engine sqlite -s
	$(PYTEST) tests/races $(MONEY) -m "not faults" --long --engine postgres -s

.PHONY: faults
faults: $(VENV)/dev.stamp ## the long faults: kills, full disks, lost connections, wrong clocks, silence of the card processor
	$(PYTEST) tests/faults $(SILENCE) -m "not races" --long --engine sqlite -s
	$(PYTEST) tests/faults $(SILENCE) -m "not races" --long --engine postgres -s
	$(BIN)/python -m tests.machines

.PHONY: bench
bench: $(VENV)/dev.stamp ## speed, as ratios to fixed base lines
	$(BIN)/python -m tests.bench

.PHONY: cover
cover: $(VENV)/dev.stamp ## which lines no test reaches
	$(UNIT) -q --cov --cov-report=term-missing:skip-covered

.PHONY: lock
lock: ## newest allowed versions into the lock files, hashed, without any index's address
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(PY) -m venv "$$scratch/venv"; "$$scratch/venv/bin/pip" install --quiet uv; \
	compile() { "$$scratch/venv/bin/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --no-annotate "$$@"; }; \
	printf 'pip>=26\nsetuptools>=80\n' > "$$scratch/build.in"; \
	compile "$$scratch/build.in" -o requirements-build.lock; \
	compile pyproject.toml -o requirements.lock; \
	compile pyproject.toml --group dev -c requirements.lock -o dev.lock
