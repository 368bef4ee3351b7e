PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RAW ?= data/raw
OUT ?= data/processed
SPEAKS := $(or $(BUDGET_FORMS_LANG),$(LC_ALL),$(LC_MESSAGES),$(LANG))
# The locks are complete, so nothing is resolved again; a hash that differs stops the installation.
PIP := $(BIN)/python -m pip --disable-pip-version-check install
LOCKED := --no-deps --require-hashes
# The tests of one file run in one process, so that its fixtures are made once.
PARALLEL := --numprocesses auto --dist loadfile
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-header --no-emit-index-url --no-emit-find-links

.PHONY: run test quick lint texts fuzz bench lock clean
.DELETE_ON_ERROR:

run: $(VENV)/.run
	@$(BIN)/budget-forms ingest --raw $(RAW) --out $(OUT)

test: lint
	$(BIN)/pytest -q $(PARALLEL)

# What answers while one works: no server, browser, object store, recognition of scans or killed process, and a quarter
# of the examples of property tests.
quick: $(VENV)/.test
	FUZZ=0.25 $(BIN)/pytest -q $(PARALLEL) -m "not service and not slow"

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The catalogue of texts in two languages follows the code; it lists texts without Chinese.
texts: $(VENV)/.test
	$(BIN)/python -m tests.catalogue

# Property tests with FUZZ times as many examples as in `make test`, drawn at random: hours.
FUZZ ?= 100
fuzz: $(VENV)/.test
	FUZZ=$(FUZZ) $(BIN)/pytest -q -m "not service" $$(grep -rl --include="test_*.py" tests.fuzz tests)

bench: $(VENV)/.run
	$(BIN)/python -m benchmarks

$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=/path/to/python3 ...")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.venv requirements.lock pyproject.toml
	@echo "$(if $(filter zh%,$(SPEAKS)),正在安装到 $(VENV)，需要一到五分钟,Installing into $(VENV): one to five minutes)"
	@$(PIP) --progress-bar off $(LOCKED) -r requirements.lock
	@$(PIP) --quiet --no-deps --editable .
	$(BIN)/python -m compileall -q pipeline flows schemas
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-dev.lock
	$(PIP) --quiet $(LOCKED) -r requirements-dev.lock
	@touch $@

lock: $(VENV)/.venv
	$(PIP) --quiet uv
	$(COMPILE) --upgrade --output-file requirements.lock pyproject.toml
	$(COMPILE) --upgrade --extra test --extra notebook --extra ocr --extra dask --extra s3 --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
