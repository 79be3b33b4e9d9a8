# The commands of this project. `make` alone lists them.

PYTHON ?= python3
STAGE ?= sandbox
VENV := .venv/bin
UV := uv==$(shell sed -n 's/^uv==//p' requirements.txt)

# Another environment's Python must not leak into ours, nor its packages.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME CONDA_PREFIX
# uv trusts what the machine trusts, also where a company signs with a root of its own.
export UV_SYSTEM_CERTS := 1
# The CDK still works with Node 20, whose own support has ended.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

.DEFAULT_GOAL := help
.PHONY: help setup run up down night credit-file redrive test check format types tidy synth deploy openapi bench bench-decision bench-night simulate flash-sale scorecard clean

help: ## what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1\t/p' Makefile | expand -t 20

setup: .venv/.installed node_modules/.installed ## the Python environment and the Node tools, as pinned

.venv/.installed: requirements.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed; name it with make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) --version); name another with make PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up .venv ..."
	@test -x $(VENV)/python || $(PYTHON) -m venv .venv || { echo "Python lacks its venv module; on Debian: apt-get install python3-venv"; exit 1; }
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check "$(UV)"
	@$(VENV)/uv pip sync --quiet --python $(VENV)/python requirements.txt
	@touch $@

node_modules/.installed: package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or newer with npm is needed (22 is better): https://nodejs.org"; exit 1; }
	@echo "Setting up node_modules ..."
	@npm ci --silent --no-audit --no-fund
	@touch $@

run: setup ## the whole platform on this machine, one borrower through a loan, nothing left running
	@$(VENV)/python -m infra.local run

up: setup ## the platform on this machine, kept running; its data survives
	@$(VENV)/python -m infra.local up

down: setup ## stop what `make up` started
	@$(VENV)/python -m infra.local down

night: setup ## every market's night on what `make up` keeps, on the date that its calendar shows
	@$(VENV)/python -m infra.local night

credit-file: setup ## the credit file of each market's last reference date, on what `make up` keeps
	@$(VENV)/python -m infra.local credit-file

redrive: setup ## messages that failed too often go back to their queues, on what `make up` keeps
	@$(VENV)/python -m infra.local redrive

test: setup ## all tests
	@$(VENV)/python -m pytest -q

check: setup ## format, lint, types, layers
	@echo "Format ..."; $(VENV)/ruff format --check --quiet .
	@echo "Lint ..."; $(VENV)/ruff check --quiet .
	@echo "Types ..."; $(VENV)/mypy
	@echo "Layers ..."; $(VENV)/python -m pytest -q tests/test_tidy.py

format: setup ## put the code into its form
	@$(VENV)/ruff format . && $(VENV)/ruff check --fix .

synth: setup ## the template of STAGE, in cdk.out
	@node_modules/.bin/cdk synth --quiet --no-notices -c stage=$(STAGE)

deploy: setup ## deploy STAGE (sandbox or production) to the AWS account of your credentials
	@node_modules/.bin/cdk deploy --no-notices -c stage=$(STAGE)

openapi: setup ## write the OpenAPI document from the code
	@$(VENV)/python -m infra.openapi

bench: setup ## what a loan's life costs in the books, a decision, the engine beside other packages, a door's cold start
	@$(VENV)/python -m tests.benchmarks.bench_cost
	@$(VENV)/python -m tests.benchmarks.bench_score
	@$(VENV)/python -m tests.benchmarks.bench_start
	@$(VENV)/uv run --quiet --no-project --python $(VENV)/python --with amortization --with mortgagemath --with pyxirr \
		python -m tests.benchmarks.bench_numbers

bench-decision: setup ## applications at several rates through the deployed local stack, each decision recomputed
	@$(VENV)/python -m tests.benchmarks.bench_decision

bench-night: setup ## one night over LOANS="2000 20000" overdue beside ten times as many others more at will
	@$(VENV)/python -m tests.benchmarks.bench_night $(LOANS)

simulate: setup ## 18 months of 200 loans on this machine, faults and all, against an oracle; SEED repeats a run
	@SEED=$(SEED) $(VENV)/python -m tests.simulation

flash-sale: setup ## 1,000 checkouts at once on this machine against a stock of limits, then an audit of the books
	@$(VENV)/python -m tests.flash_sale

scorecard: setup ## make the tables of points again from the credit data, and their model card
	@$(VENV)/uv run --quiet --no-project --python $(VENV)/python --with-requirements infra/scorecard/requirements.txt \
		python -m infra.scorecard

clean: ## remove what was built; .venv, node_modules and local data stay
	@rm -rf build cdk.out .pytest_cache .mypy_cache .ruff_cache .hypothesis
