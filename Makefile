# `make phone` places a call; `make test` proves the line. Both set everything up first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

CHROMIUM ?= chromium

.PHONY: browser chromium peers phone test check lint format docs lock clean

phone: $(READY) ## a call in the terminal
	@$(BIN)/ivr phone

browser: $(READY) ## the same in the browser, with sound
	@$(BIN)/ivr phone --browser

test: lint check chromium peers ## everything that has to be green
	CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest

chromium: ## the browser that the tests of the browser phone need
	@command -v $(CHROMIUM) >/dev/null || \
		(apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null) || \
		(echo "Chromium is missing; install it, or set CHROMIUM to its path: make test CHROMIUM=..."; exit 1)

peers: ## the TTY modems of others that ours is tested against
	@(command -v minimodem && command -v cc && test -e /usr/include/spandsp.h) >/dev/null || \
		(apt-get update -qq && apt-get install -y -qq --no-install-recommends \
			minimodem libspandsp-dev gcc libc6-dev >/dev/null) || \
		(echo "minimodem, libspandsp-dev or a C compiler is missing; install them"; exit 1)

check: $(READY) ## the proofs of the call flow
	$(BIN)/ivr check

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY) ## the generated pages
	$(BIN)/python docs/generate.py

lock: $(READY) ## after a change of the dependencies in pyproject.toml
	$(BIN)/uv pip compile --universal --extra dev --generate-hashes --no-header --no-annotate \
		pyproject.toml -o requirements.lock
	@! grep -n '://' requirements.lock || (echo "requirements.lock holds an address"; exit 1)

# The dependencies are installed from hashes; the project itself needs nothing from outside.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		(echo "Python 3.11 or later is needed; set PYTHON to one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1)
	@$(PYTHON) -m venv $(VENV) || \
		(echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

clean:
	rm -rf $(VENV)
