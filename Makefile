# Everything a stranger needs: python3 (3.11 or newer) and make. Each target makes its own virtual
# environment the first time and does not touch it again until pyproject.toml changes.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TRAIN_VENV := .venv-train
# Editable installs remember the map of folders, so a new map needs a new install.
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.ready-dev
TRAIN_READY := $(TRAIN_VENV)/.ready
PIP_OPTIONS := --disable-pip-version-check --quiet

.PHONY: demo test test-train lint format bench size clean help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

define require_python
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not installed; install Python 3.11 or newer, or say make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: EarWitness needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: this Python has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
endef

$(BIN)/python:
	$(require_python)
	$(PYTHON) -m venv $(VENV)

$(READY): pyproject.toml core/__init__.py | $(BIN)/python
	@echo "Installing EarWitness into $(VENV) (the first time about a minute)"
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --editable .
	@touch $@

$(DEV_READY): $(READY)
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --editable '.[dev]'
	@touch $@

$(TRAIN_READY): pyproject.toml core/__init__.py
	$(require_python)
	@test -x $(TRAIN_VENV)/bin/python || $(PYTHON) -m venv $(TRAIN_VENV)
	@echo "Installing EarWitness with the extras that bring torch into $(TRAIN_VENV) (torch is large)"
	@$(TRAIN_VENV)/bin/python -m pip install $(PIP_OPTIONS) --editable '.[dev,train,audioseal,perth]'
	@touch $@

demo: $(READY) ## judge the recordings in samples/ and write an HTML report
	@$(BIN)/python scripts/demo.py

test: $(DEV_READY) ## all tests but those of the training code
	$(BIN)/pytest --ignore=tests/detector/training --ignore=tests/generators/training $(PYTEST_OPTIONS)

test-train: $(TRAIN_READY) ## tests of the training code and of the watermarks of others (installs torch)
	$(TRAIN_VENV)/bin/pytest tests/detector/training tests/generators/training tests/watermark $(PYTEST_OPTIONS)

lint: $(DEV_READY) ## ruff and mypy, as in CI
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/link_types.py
	$(BIN)/mypy -p earwitness
	$(BIN)/mypy tests scripts

format: $(DEV_READY) ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# MANIFEST lists recordings to measure on; AASIST is optional (see the module's help): make bench OPTIONS='--compare …'
MANIFEST ?= samples/manifest.tsv
bench: $(DEV_READY) ## how well recordings are told apart here and how fast (MANIFEST=clips.tsv)
	$(BIN)/python -m earwitness.eval.bench_accuracy --manifest $(MANIFEST) --out build/accuracy.json
	$(BIN)/python -m earwitness.eval.bench_speed --manifest $(MANIFEST) --out build/speed.json $(OPTIONS)

size: ## install the base into a new environment and weigh it
	$(require_python)
	$(PYTHON) scripts/measure_install.py

clean: ## remove what these targets made
	rm -rf $(VENV) $(TRAIN_VENV) .types build dist *.egg-info demo-report .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
