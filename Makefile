# What can be done here, in words: make help

# The interpreter that builds .venv; without it the first of python3, python3.11 ... that is new enough.
PYTHON ?=
# What the site needs; requirements-ses.txt adds what Amazon SES and SQS need.
REQUIREMENTS ?= requirements.txt
# Further words for pytest, the benchmarks or the reader, as in: make test ARGS="-k outbox", make bench ARGS="--help"
ARGS ?=

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install -qq --require-hashes
LOCK := $(PY) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-config \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

# PORT may come from the command line, the environment or .env; 8000 otherwise.
ifdef PORT
export PORT
endif

.PHONY: help run test check bench reading lighthouse lint types imports migrations format lock clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help:
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-19s%s\n", $$1, $$2}'

run: .venv/ready ## start the site and its worker, with the demo campaign; Ctrl-C stops it all (PORT=8000)
	@$(PY) -m config.run

test: .venv/ready-dev ## run every test, on PostgreSQL where it answers and on SQLite
	@$(PY) tests/run.py $(ARGS)

check: lint types imports migrations test ## everything that has to hold before a change lands

bench: .venv/ready-dev benchmarks/.venv/ready ## measure Appeal beside its peers; takes an hour and a half (ARGS="--quick": minutes)
	@$(PY) -m benchmarks $(ARGS)

reading: .venv/ready-dev ## how well urgent actions are read, field by field (READING_FOLDER=/path, ARGS="/path ...")
	@$(PY) -m tests.reading.score $(ARGS)

lighthouse: .venv/ready-dev tests/lighthouse/node_modules/.ready ## how the demo page fares with Lighthouse; needs Node.js and Chromium
	@$(PY) -m tests.lighthouse

lint: .venv/ready-dev ## style and likely mistakes
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check --quiet .

types: .venv/ready-dev ## types
	@.venv/bin/mypy

imports: .venv/ready-dev ## which house and which layer may know which
	@.venv/bin/lint-imports

migrations: .venv/ready-dev ## that the migrations say what the models say
	@DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py makemigrations --check --dry-run

format: .venv/ready-dev ## put the code into its common form
	@.venv/bin/ruff check --fix --exit-zero --quiet .
	@.venv/bin/ruff format .

lock: .venv/ready-dev ## compile the requirements files from pyproject.toml
	@$(LOCK) --output-file requirements.txt pyproject.toml
	@$(LOCK) --extra ses --constraint requirements.txt --output-file requirements-ses.txt pyproject.toml
	@$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	@$(LOCK) --constraint requirements.txt --output-file benchmarks/requirements.txt benchmarks/requirements.in

clean: ## remove .venv; the data in var/ stays
	@rm -rf .venv benchmarks/.venv

.venv/ready: $(REQUIREMENTS) | .venv/bin/python
	@echo "Installing what the site needs ($<) into .venv ..."
	@$(PIP) -r $<
	@touch $@

.venv/ready-dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing what the tests need ($<) into .venv ..."
	@$(PIP) -r $<
	@touch $@

benchmarks/.venv/ready: benchmarks/requirements.txt | .venv/bin/python
	@echo "Installing what Appeal is measured beside ($<) into benchmarks/.venv ..."
	@$(PY) -m venv --clear benchmarks/.venv
	@benchmarks/.venv/bin/python -m pip --disable-pip-version-check install -qq --require-hashes -r $<
	@touch $@

tests/lighthouse/node_modules/.ready: tests/lighthouse/package-lock.json
	@echo "Installing Lighthouse into tests/lighthouse/node_modules ..."
	@cd tests/lighthouse && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

.venv/bin/python:
	@lacking=""; found=""; \
	for candidate in $(or $(PYTHON),python3 python3.11 python3.12 python3.13 python3.14); do \
		"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then found="$$candidate"; break; fi; \
		lacking="$$candidate"; \
	done; \
	if [ -n "$$found" ]; then \
		echo "Building .venv with $$("$$found" --version) ..."; "$$found" -m venv --clear .venv; \
	elif [ -n "$$lacking" ]; then \
		version=$$("$$lacking" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "$$lacking cannot build a virtual environment. On Debian and Ubuntu: apt-get install python$$version-venv" >&2; exit 1; \
	else \
		echo "Python 3.11 or newer was not found. Install it, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; \
	fi
