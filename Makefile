# make run    start TrendLab          make check  format, lint, types, unit tests
# make test   all but the slow ones   make slow   the slow tests
#                                     make bench  the table of speeds and sizes

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin

.PHONY: run test slow check bench clean

run: $(VENV)/runtime
	$(BIN)/streamlit run app.py

# On two cores, too: half of the time they wait for a browser.
test: $(VENV)/development
	$(BIN)/python tests/browser/ensure_browser.py
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder -m "not slow"

slow: $(VENV)/development
	$(BIN)/python tests/browser/ensure_browser.py
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m slow

check: $(VENV)/development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32
	$(BIN)/python -m pytest tests/unit tests/contract

bench: $(VENV)/development
	$(BIN)/python tests/browser/ensure_browser.py
	$(BIN)/python -m tests.bench

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

$(VENV)/runtime: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.txt
	touch $@

$(VENV)/development: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements-dev.txt
	touch $@ $(VENV)/runtime
