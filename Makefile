# Needs Python 3.11 or newer (with venv) and make; everything else is set up here, locked and repeatable.
#   make run     set up and start the daemon on the shipped config/ (SQLite, http://127.0.0.1:9877)
#   make demo    set up and watch simulated vendors live through a bad hour, in minutes
#   make test    set up and run the tests
#   make readme  write the tables of the README that the code knows better
#   make dashboards  write grafana/dashboards/ anew, from grafana/generate/
#   make prometheusrule  write grafana/kubernetes/prometheusrule.yaml anew, from grafana/prometheus/rules/
#   make check   what CI runs: format, lint, types, import contracts, tests
.DELETE_ON_ERROR:
.PHONY: run demo test check lint types contracts bench readme dashboards prometheusrule clean

UV_VERSION := 0.13.9
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)

BIN := .venv/bin
UV := .bootstrap/bin/uv
# One interpreter, the one found above: uv must not fetch another.
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
unexport VIRTUAL_ENV

run: .venv/.run
	exec $(BIN)/vendorwatch run --config config

demo: .venv/.run
	exec $(BIN)/vendorwatch demo

test: .venv/.dev
	$(BIN)/pytest $(PYTEST_ARGS)

check: lint types contracts test

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.dev
	$(BIN)/mypy

contracts: .venv/.dev
	$(BIN)/lint-imports

bench: .venv/.dev
	$(BIN)/python -m tests.benchmarks

readme: .venv/.dev
	$(BIN)/python -m tests.support.readme

dashboards: .venv/.dev
	$(BIN)/python -m grafana.generate

prometheusrule: .venv/.dev
	$(BIN)/python -m grafana.generate.prometheusrule

# What running needs; what developing needs is left alone where it is already there.
.venv/.run: pyproject.toml uv.lock $(UV)
	$(UV) sync --quiet --locked --no-dev --inexact --python "$$(.bootstrap/bin/python3 -c 'import sys; print(sys._base_executable)')"
	@touch $@

.venv/.dev: pyproject.toml uv.lock $(UV)
	$(UV) sync --quiet --locked --python "$$(.bootstrap/bin/python3 -c 'import sys; print(sys._base_executable)')"
	@touch $@ .venv/.run

$(UV): Makefile
	@test -n "$(PYTHON)" || { echo "vendorwatch needs Python 3.11 or newer with its venv module (Debian: apt install python3-venv)" >&2; exit 1; }
	"$(PYTHON)" -m venv --clear .bootstrap
	.bootstrap/bin/pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@touch $@

clean:
	rm -rf .venv .bootstrap .mypy_cache .ruff_cache .pytest_cache .hypothesis
