# Two commands do all: `make demo` and `make test`. Both install what they need into .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test browser-test bench soak kills lint types docs tools lock clean

setup: $(VENV)/.installed

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# The locked versions, checked by their hashes; then the project itself, since pip takes no hash for a folder.
$(VENV)/.installed: requirements-test.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements-test.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/collector demo

# Three processes, also on two cores: many tests wait for processes of their own. Those are hundreds, and read what the
# first of them compiled, also where the environment lets Python keep nothing (an empty value is none). Each process takes
# a third of the tests as they stand, so that what a module prepares is prepared once, and who is done takes from others.
test: setup lint types
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 3 --dist worksteal

# The pages in a real Chromium; pictures of all of them are kept in build/screenshots.
browser-test: setup
	$(BIN)/python -m pytest tests/browser

# How fast: prints the table of docs/performance.md, in some 25 minutes. BENCH=--quick takes one; BENCH=rate one row.
bench: setup
	$(BIN)/python -m tests.bench --date "$$(date +%F)" $(BENCH)

# Whether a Zoom that misbehaves at random leaves the right graph. SOAK='--users 500 --seed 2' for another one.
soak: setup
	$(BIN)/python -m tests.soak --date "$$(date +%F)" $(SOAK)

# Whether runs that are killed at random and resumed give the right graph. KILLS='--kills 20 --served' ...
kills: setup
	$(BIN)/python -m tests.soak.kills --date "$$(date +%F)" $(KILLS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

# JupiterOne's own command line and data model, from the npm registry, for the tests that use them; needs Node.
tools: setup
	$(BIN)/python -m tests.real_tools.install

# Updates both lock files after a change of pyproject.toml; LOCK=--upgrade also takes newer versions of everything.
UV := build/uv/bin
COMPILE = $(UV)/uv pip compile --quiet --universal --generate-hashes --python-version 3.10 \
	--custom-compile-command "make lock" $(LOCK) pyproject.toml
lock:
	$(PYTHON) -m venv build/uv
	$(UV)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra test --constraint requirements.lock --output-file requirements-test.lock

docs: setup
	$(BIN)/collector document --questions docs/questions.md

clean:
	rm -rf $(VENV) demo build *.egg-info .mypy_cache .ruff_cache .hypothesis
