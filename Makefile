# `make phone` places a call; `make test` proves the line. Both set everything up first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INSTALLER := $(VENV)/installer.txt

CHROMIUM ?= chromium
N ?= 5
ONLY ?=
TESTS_OF_test-line := tests
TESTS_OF_test-offhook := packages/offhook/tests
TESTS_OF_test-ttymodem := packages/ttymodem/tests

.PHONY: browser check chromium clean docs format help lint lock mutants nginx peers phone quick soak test test-line \
	test-offhook test-ttymodem

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

phone: $(READY) ## a call in the terminal
	@$(BIN)/ivr phone

browser: $(READY) ## a call in the browser, with sound
	@$(BIN)/ivr phone --browser

test: lint check chromium nginx peers ## everything that has to be green
	@echo "All tests, four at a time:"
	CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest --numprocesses 4 --dist worksteal

test-line test-offhook test-ttymodem: $(READY) chromium nginx peers ## the tests of one house
	CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest --numprocesses 4 --dist worksteal $(TESTS_OF_$@)

quick: lint ## lint, types, and the tests without a browser, a socket, sound or a process
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "not slow"

soak: $(READY) chromium nginx peers ## all tests N times beside two busy processes; how often each failed
	CHROMIUM=$(CHROMIUM) $(BIN)/python tests/soak.py $(N)

mutants: $(READY) ## faults put into the call one by one: which no test notices (a night; ONLY=...)
	rm -rf mutants
	$(BIN)/python tests/mutants.py $(ONLY)

check: $(READY) ## the proofs of the call flow
	$(BIN)/ivr check

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## the code in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY) ## the generated parts of the documents
	$(BIN)/python docs/generate.py
	$(BIN)/python packages/offhook/docs/write_tables.py

chromium: ## the browser that the tests of the browser phone need
	@command -v $(CHROMIUM) >/dev/null || \
		(echo "Installing Chromium (apt-get; about a minute)" && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null) || \
		(echo "Chromium is missing; install it, or set CHROMIUM to its path: make test CHROMIUM=..."; exit 1)

nginx: ## the proxy that stands before the line, which is tested with it
	@command -v nginx >/dev/null || \
		(echo "Installing nginx (apt-get; a few seconds)" && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light >/dev/null) || \
		(echo "nginx is missing; install it"; exit 1)

peers: ## the TTY modems of others that ours is tested against
	@(command -v minimodem && command -v cc && test -e /usr/include/spandsp.h) >/dev/null || \
		(echo "Installing minimodem, libspandsp-dev and gcc (apt-get; about half a minute)" && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends \
			minimodem libspandsp-dev gcc libc6-dev >/dev/null) || \
		(echo "minimodem, libspandsp-dev or a C compiler is missing; install them"; exit 1)

lock: $(READY) ## the lock file, after a change of the dependencies in pyproject.toml
	$(BIN)/uv pip compile --universal --extra dev --generate-hashes --no-header --no-annotate \
		--no-emit-package offhook --no-emit-package ttymodem pyproject.toml -o requirements.lock
	@! grep -n '://' requirements.lock || (echo "requirements.lock holds an address"; exit 1)

clean: ## all that was set up, away
	rm -rf $(VENV)

# The dependencies are installed from hashes; the project itself needs nothing from outside.
# uv installs them in seconds; where it can't (an index that only pip knows), pip does.
$(READY): requirements.lock pyproject.toml packages/offhook/pyproject.toml packages/ttymodem/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		(echo "Python 3.11 or later is needed; set PYTHON to one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1)
	@echo "Setting up $(VENV) (the first time it downloads some 400 MB)"
	@$(PYTHON) -m venv $(VENV) || \
		(echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(INSTALLER)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(INSTALLER)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e packages/ttymodem -e packages/offhook -e .
	@touch $@
