# Needs Python 3.12 or 3.11 and make; everything else goes into $(VENV). Choose another interpreter with PYTHON=.

.DEFAULT_GOAL := help
.PHONY: help venv demo serve test test-all browser bench frontend interop test-host quality format typecheck lint-imports pii-check \
	migrations-check docs openapi translations extract_translations \
	package validate upgrade clean

VENV ?= .venv
PORT ?= 8000
ARGS ?=

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
ifndef PYTHON
PYTHON := $(shell for each in python3.12 python3.11 python3; do \
	if $$each -c '$(SUPPORTED)' 2>/dev/null; then echo $$each; break; fi; done)
endif

PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
MANAGE := PYTHONPATH=tests/credentials_service DJANGO_SETTINGS_MODULE=credentials.settings.test $(PY) -m django
# Markers: what is in the environment, and since when.
RUNS := $(VENV)/.installed-to-run
CHECKS := $(VENV)/.installed-to-check
LOCALES := openedx_verifiable_credentials/locale
COMPILED := $(patsubst %.po,%.mo,$(filter-out $(LOCALES)/en/%,$(wildcard $(LOCALES)/*/LC_MESSAGES/django.po)))

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

$(PY):
	@test -n "$(PYTHON)" || { echo "No Python 3.12 or 3.11 found; name one: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c '$(SUPPORTED)' || { echo "$(PYTHON) is not Python 3.11 or 3.12." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNS): requirements/test.txt setup.py pyproject.toml | $(PY)
	$(PIP) -r requirements/test.txt
	$(PIP) --no-deps --editable .
	@touch $@

$(CHECKS): requirements/quality.txt requirements/doc.txt $(RUNS)
	$(PIP) -r requirements/quality.txt -r requirements/doc.txt
	@touch $@

# Installing compiles them; this is for those that changed since.
%.mo: %.po | $(RUNS)
	$(PY) scripts/translations.py compile
	@touch $@

venv: $(RUNS) $(COMPILED) ## Make the virtual environment

demo: $(RUNS) $(COMPILED) ## Claim a certificate with a simulated wallet and verify it twice
	$(PY) scripts/demo.py

# Without Node, or where a registry is out of reach, the pages are plain HTML, and nothing is anchored; the script says so.
serve: $(RUNS) $(COMPILED) ## Serve the stand-in service with seeded data: make serve PORT=8000
	@if command -v npm >/dev/null && node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' 2>/dev/null; then \
		npm_config_fetch_retries=1 npm_config_fetch_retry_mintimeout=1000 $(MAKE) --no-print-directory frontend || true; \
		npm_config_fetch_retries=1 npm_config_fetch_retry_mintimeout=1000 $(MAKE) --no-print-directory tests/chain/node_modules \
		&& $(PIP) -r requirements/anchoring.txt || true; fi
	$(PY) scripts/serve.py --port $(PORT)

test: $(RUNS) ## Run the tests: make test ARGS="-k offer"
	$(PY) -m pytest $(ARGS)
	$(PY) scripts/test_on_mariadb.py

test-all: $(RUNS) tests/chain/node_modules tests/interop/blockcerts/node_modules ## The same, and fail where a part is missing
	$(PIP) -r requirements/hsm.txt -r requirements/browser.txt -r requirements/anchoring.txt
	OVC_REQUIRE="anvil blockcerts chromium mariadb node redis softhsm" $(PY) -m pytest $(ARGS)
	OVC_REQUIRE="anvil blockcerts chromium mariadb node redis softhsm" $(PY) scripts/test_on_mariadb.py

tests/interop/node_modules: tests/interop/package-lock.json
	cd tests/interop && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

tests/interop/blockcerts/node_modules: tests/interop/blockcerts/package-lock.json
	cd tests/interop/blockcerts && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

frontend/node_modules: frontend/package-lock.json
	@command -v npm >/dev/null || { echo "The scripts of the pages are built with Node.js 20, which is not here." >&2; exit 1; }
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

frontend: frontend/node_modules ## Build the scripts of the pages into the package (needs Node 20)
	cd frontend && node build.mjs

tests/browser/node_modules: tests/browser/package-lock.json
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

tests/chain/node_modules: tests/chain/package-lock.json
	cd tests/chain && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

browser: $(RUNS) tests/browser/node_modules frontend ## The pages in Chromium (needs it)
	$(PIP) -r requirements/browser.txt
	OVC_REQUIRE="chromium" $(PY) -m pytest tests/browser $(ARGS)

bench: $(RUNS) $(COMPILED) ## What signing, issuing and answering cost; build/bench.json: make bench ARGS=--quick
	$(PY) scripts/bench.py $(ARGS)

interop: $(RUNS) tests/interop/node_modules tests/interop/blockcerts/node_modules tests/chain/node_modules frontend/node_modules ## Verify our credentials with verifiers from npm (needs Node 20)
	$(PIP) -r requirements/anchoring.txt
	OVC_REQUIRE="anvil blockcerts node" $(PY) -m pytest tests/interop tests/frontend $(ARGS)

test-host: $(CHECKS) tests/interop/node_modules tests/chain/node_modules frontend ## In the real service: make test-host CREDENTIALS_SERVICE_ROOT= CREDENTIALS_PYTHON=
	@test -n "$(CREDENTIALS_SERVICE_ROOT)" -a -n "$(CREDENTIALS_PYTHON)" || \
		{ echo "Name a checkout and its interpreter: make test-host CREDENTIALS_SERVICE_ROOT=... CREDENTIALS_PYTHON=..." >&2; exit 1; }
	rm -rf build/wheel && $(PY) -m build --wheel --outdir build/wheel .
	$(PY) tests/host_service/run.py --service-root "$(CREDENTIALS_SERVICE_ROOT)" --python "$(CREDENTIALS_PYTHON)" \
		--wheel build/wheel/*.whl --extras all

quality: $(CHECKS) ## Style and formatting
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m doc8 --quiet docs README.rst CHANGELOG.rst

format: $(CHECKS) ## Rewrite the code in the one format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

typecheck: $(CHECKS) ## Types
	$(PY) -m mypy

lint-imports: $(CHECKS) ## The import rules of .importlinter
	$(VENV)/bin/lint-imports

pii-check: $(CHECKS) ## Every model says what it holds about people
	DJANGO_SETTINGS_MODULE=credentials.settings.test PYTHONPATH=tests/credentials_service \
		$(VENV)/bin/code_annotations django_find_annotations --config_file .pii_annotations.yml \
		--app_name openedx_verifiable_credentials --lint --coverage

migrations-check: $(RUNS) ## No model without its migration
	$(MANAGE) makemigrations --check --dry-run

docs: $(CHECKS) ## Build the documentation into docs/_build
	$(PY) -m sphinx -W --keep-going -q -E -b html docs docs/_build/html

openapi: $(RUNS) ## Write docs/references/openapi.json and openapi.rst anew
	$(PY) scripts/openapi.py

translations: $(RUNS) ## Bring the catalogues up to date with the code, and compile them
	$(PY) scripts/translations.py

extract_translations: $(RUNS) ## The same without compiling (OEP-58): locale/en is what translators start from
	$(PY) scripts/translations.py extract

package: $(CHECKS) $(COMPILED) frontend ## Build sdist and wheel, check them, import the wheel in a fresh environment
	rm -rf dist build/lib build/bdist.*
	$(PY) -m build --outdir dist .
	$(PY) -m twine check --strict dist/*
	$(PY) scripts/check_wheel.py dist/*.whl

validate: quality lint-imports typecheck pii-check migrations-check docs test ## All that needs only Python

COMPILE := CUSTOM_COMPILE_COMMAND="make upgrade" $(VENV)/bin/pip-compile --quiet --upgrade --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

# In this order: what comes later keeps to what came before. With 3.11, so that every file serves 3.12, too.
upgrade: | $(PY) ## Compile requirements/*.in anew (use PYTHON=python3.11)
	@$(PY) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Compile with Python 3.11: make upgrade VENV=.venv-3.11 PYTHON=python3.11" >&2; exit 1; }
	$(PIP) -r requirements/pip-tools.txt
	for name in base anchoring hsm browser test doc quality pip-tools mariadb ci; do \
		$(COMPILE) --output-file=requirements/$$name.txt requirements/$$name.in || exit 1; done

clean: ## Remove what was built
	rm -rf build dist docs/_build frontend/build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
