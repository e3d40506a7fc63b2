VENV := .venv
PY := $(VENV)/bin/python
FITS := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
LOCK := $(VENV)/bin/uv pip compile -q --universal --no-header --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help run test bench lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## install what is needed, load the sample book, serve the dashboard on this machine only
	@test -f "$${RISK_HOME:-data/local}/sample.duckdb" || $(PY) -m riskcore sample --customers 2000
	@$(PY) -m streamlit run app.py

test: $(VENV)/dev.stamp ## lint, types and every test, those in a real browser too
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m tests.e2e.browser
	$(PY) -m pytest -rs -n auto --dist loadfile -m "not browser"
	$(PY) -m pytest -rs -m browser

bench: $(VENV)/dev.stamp ## measure pages, ledger, killed, assess, monitoring (ONLY=monitoring: one of them; BIG=1: ten million customers too)
	PYTHONPATH=. $(PY) tests/bench/run.py

lock: $(VENV)/dev.stamp ## remake requirements.txt and requirements-dev.txt from pyproject.toml
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --group dev -c requirements.txt -o requirements-dev.txt

clean: ## remove the environment and what the tools left behind; the books in data/local stay
	rm -rf $(VENV) .screenshots .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(PY):
	@for python in python3 python3.13 python3.12 python3.11; do \
	  if $$python -c "$(FITS)" >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$($$python --version)"; exec $$python -m venv --clear $(VENV); \
	  fi; \
	done; \
	echo "No Python 3.11, 3.12 or 3.13 with its venv module was found. Install one of them" \
	  "(on Debian and Ubuntu with the package python3-venv), then run make again." >&2; exit 1

$(VENV)/run.stamp: requirements.txt | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@
