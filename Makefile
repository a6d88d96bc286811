# make run | test | check | bench. Needs Python 3.11 or newer, make and git; everything else is set up here.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check lint bench lock clean

# The newest Python that is there and new enough.
PYTHON ?= $(shell for p in python3.12 python3.11 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# What is installed is named by the lock files' content: an unchanged lock is never installed twice.
RUN_STAMP := $(VENV)/run-$(shell cksum requirements.txt pyproject.toml | cksum | cut -d' ' -f1)
DEV_STAMP := $(VENV)/dev-$(shell cksum requirements.txt requirements-dev.txt pyproject.toml | cksum | cut -d' ' -f1)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --no-deps --require-hashes

# What is searched for secrets. The lock files are hashes by nature; tests make up words for secrets, so there only the shapes
# of real keys are looked for. No list of known findings is kept: an exception is marked on its line, with its reason.
SEARCHED = $(shell git ls-files -- ':!tests' ':!requirements*.txt')
TESTS = $(shell git ls-files -- tests)

help:
	@echo "make run    start everything and print the address of the phone page"
	@echo "make test   run the whole test suite"
	@echo "make check  lint, types, import contracts, secrets and known weaknesses, then the tests"
	@echo "make bench  run the benchmarks"
	@echo "make screens  write every screen to screens.html, to be read by translators and secretaries"

run: $(RUN_STAMP)
	@exec $(BIN)/mtaa run

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml --confidence-level medium core bot ussd migrations
	@$(BIN)/detect-secrets-hook --no-verify $(SEARCHED)
	@$(BIN)/detect-secrets-hook --no-verify --disable-plugin KeywordDetector --disable-plugin BasicAuthDetector $(TESTS)

bench: $(DEV_STAMP)
	$(BIN)/python -m tests.bench

# Every screen and text in every language, on every network, with ordinary and the longest values, on one page to read and correct;
# and the pictures that chats get, as files in screens/.
.PHONY: screens
screens: $(DEV_STAMP)
	$(BIN)/python -m tests.screens screens.html

# Servers, processes and wires are killed over and over; CHAOS_SEED=... draws the same numbers again.
.PHONY: chaos
chaos: $(DEV_STAMP)
	CHAOS_ROUNDS=$${CHAOS_ROUNDS:-200} DROPS=all $(BIN)/python -m pytest tests/chaos tests/simulation tests/drops -v

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found"; exit 1; }
	@echo "Setting up in $(VENV) with $$($(PYTHON) --version) (once) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(RUN_STAMP): $(VENV)/bin/python
	@echo "Installing what the lock file names (once) ..."
	@$(PIP) -r requirements.txt
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP)
	@$(PIP) -r requirements-dev.txt
	@touch $@

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) .mtaa .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
