# make demo    set up what the demo needs, and take the sample essay through the six servers
# make test    set up everything, and run every check and test
# make nightly  the tests that take an hour or more, on top of the others
# make check   formatting, lint and types only
# make clean   remove what the others made

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: demo test nightly check clean
.DELETE_ON_ERROR:

demo: .venv/installed
	@SCRIBETREE_HOME=.demo $(BIN)/scribetree run complete-writing-analysis --input examples/submission.json

test: check
	$(BIN)/python -m pytest

nightly: .venv/installed-dev
	$(BIN)/python -m pytest -m nightly --verbose --capture=no

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/basedpyright

.venv/created:
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or newer, with venv, was not found." >&2; \
		echo "hint: install it, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

.venv/installed: .venv/created pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/installed-dev: .venv/installed pyproject.toml
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

clean:
	rm -rf .venv .demo .node dist build
