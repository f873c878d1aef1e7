# Two commands do everything on a fresh machine: `make ask q="…"` and `make test`.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
q ?= What did Bayramov and Takei discuss?

.PHONY: ask chat eval test lint readme screenshots help

help:
	@echo 'make ask q="…"   answer a question from corpus/'
	@echo 'make chat        open the terminal UI'
	@echo 'make eval        ask the fixed set of test questions; more options: make eval options="--html report.html"'
	@echo 'make test        run the tests'
	@echo 'make lint        ruff and mypy'

ask: $(VENV)/installed
	@QUESTION='$(subst ','\'',$(q))' && $(BIN)/qa-assistant ask -- "$$QUESTION"

chat: $(VENV)/installed
	@$(BIN)/qa-assistant chat

eval: $(VENV)/installed
	@$(BIN)/qa-assistant eval tests/questions $(options)

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable '.[embedded]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) install --quiet --constraint constraints.txt --editable '.[embedded,dev]'
	@touch $@

readme: $(VENV)/installed-dev
	UPDATE_README=1 $(BIN)/python -m pytest tests/test_readme.py

screenshots: $(VENV)/installed-dev
	UPDATE_SCREENSHOTS=1 $(BIN)/python -m pytest tests/test_screenshots.py
	$(BIN)/qa-assistant eval tests/questions --html $(VENV)/report.html >/dev/null
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,1000 \
	  --screenshot=tests/screenshots/report.png file://$(CURDIR)/$(VENV)/report.html
