# From a fresh checkout with Python 3.11 and make: `make demo` to see it, `make test` to check it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Without compiled modules each of the many programs that are started would compile all it imports.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help demo test check docs screenshots pins clean programs

PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip -qq --no-input --disable-pip-version-check
INSTALL_PROJECT := $(PIP) install --no-deps --no-build-isolation --editable .

# Root has Debian install what is missing; anybody else is told its name.
define debian_packages
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	echo "Installing with apt-get: $(1)"; \
	apt-get -qq update; \
	DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends $(1) >/dev/null; \
else \
	echo "Missing on this machine. On Debian: sudo apt-get install $(1)" >&2; exit 1; \
fi
endef

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## Run the demonstration data through and open the app on 127.0.0.1:8501
	@$(VENV)/bin/usm demo

test: $(VENV)/.development programs ## Install all that the tests need, run ./check with the slow tests
	@./check -m ""

check: ## Format, lint, types, layers, build, quick tests (after `make test` once)
	@./check

docs: $(VENV)/.development ## Write those pages of docs/method/ that are made
	@$(VENV)/bin/python docs/build_method.py

screenshots: $(VENV)/.development programs ## Take the pictures of docs/guides/screens.md again
	@$(VENV)/bin/python docs/take_screenshots.py

pins: ## Renew requirements*.txt from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --group build \
		pyproject.toml --output-file requirements.txt
	uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --group dev --constraint requirements.txt \
		pyproject.toml --output-file requirements-dev.txt

clean: ## Remove the virtual environment, built files and caches
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache \
		.hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(call debian_packages,python3-venv); }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the pinned packages into $(VENV) (about a minute, only when they change)"
	@$(PIP) install --no-compile --require-hashes --requirement requirements.txt
	@$(INSTALL_PROJECT)
	@touch $@

$(VENV)/.development: requirements-dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the pinned packages and tools into $(VENV) (about a minute, only when they change)"
	@$(PIP) install --no-compile --require-hashes --requirement requirements-dev.txt
	@$(INSTALL_PROJECT)
	@touch $(VENV)/.runtime $@

# The tests look at the app in a browser and at the pages of PDF files, and start a database and a
# Spark session: never without these.
PROGRAMS := chromium fonts-liberation poppler-utils postgresql default-jre-headless
programs:
	@{ hash chromium pdftoppm java && test -d /usr/lib/postgresql; } 2>/dev/null || { \
		$(call debian_packages,$(PROGRAMS)); }
