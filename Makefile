.DEFAULT_GOAL := help
.PHONY: help setup demo test test-cloud golden lint fuzz benchmark audit lock clean
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

PYTHON := $(shell for name in python3.13 python3 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then echo $$name; break; fi; done)
BIN := .venv/bin
# Some containers set this; every `pulumi up` would then compile the providers' large SDKs again.
unexport PYTHONDONTWRITEBYTECODE

# Tests also wait for emulators: one worker more than processors uses that time.
WORKERS := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

# $(call timed,WHAT,COMMAND) announces the command, runs it, and prints how long it took.
timed = @begun=$$(date +%s); echo "== $(1)"; $(2) && echo "== $(1): done in $$(($$(date +%s) - begun)) s"

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST)

setup: ## install everything the project needs; does nothing if nothing changed
ifeq ($(PYTHON),)
	@echo "Twinlens needs Python 3.13 on PATH, as python3.13 or python3: see https://www.python.org/downloads/." >&2; exit 1
endif
	$(call timed,Setting up,$(PYTHON) -m local.toolchain.bootstrap && $(BIN)/python -m local.toolchain)

demo: setup ## process the sample photos on both emulated clouds and write out/report.html
	$(call timed,The demo,$(BIN)/python -m cli.demo)

test: setup lint ## run all checks and all tests, end-to-end tests included
	$(call timed,Looking for a browser,$(BIN)/python -m local.toolchain chromium)
	@echo "== Running the tests"
	@$(BIN)/python -m pytest --cov --numprocesses $(WORKERS) --maxprocesses 4 --dist loadgroup --no-loadscope-reorder

test-cloud: $(if $(STACK)$(NEW),setup) ## test your own stack (STACK=aws), or a new one until it is destroyed (NEW=aws)
ifeq ($(STACK)$(NEW),)
	@echo "Name the stack to test, make test-cloud STACK=aws, or the one to make another like it, NEW=aws" >&2; exit 2
endif
	@STACK=$(STACK) NEW=$(NEW) $(BIN)/python -m pytest tests/cloud -m cloud

golden: setup ## write the golden pictures whose name contains NAME: make golden NAME=sepia
ifeq ($(NAME),)
	@echo "Name the golden pictures to write: make golden NAME=sepia" >&2; exit 2
endif
	@TWINLENS_WRITE_GOLDEN=1 $(BIN)/python -m pytest -q tests/unit/core/photo/test_golden.py -k "$(NAME)"
	@git status --short tests/unit/core/photo/golden

lint: setup ## check style, types and import rules
	$(call timed,Checking the style,$(BIN)/ruff check && $(BIN)/ruff format --check)
	$(call timed,Checking the types,$(BIN)/python -m tools.check_types)
	$(call timed,Checking the import rules,$(BIN)/lint-imports)

fuzz: setup ## mutate 100,000 photos, then search for what takes more memory than the rule says
	$(call timed,Mutating photos,$(BIN)/python -m tools.fuzz --inputs 100000)
	$(call timed,Searching for the worst,$(BIN)/python -m tools.worst --seconds 300)

benchmark: setup ## compare the photo core with plain Pillow, sharp and libvips
	@npm ci --prefix benchmarks --no-audit --no-fund || echo "sharp could not be installed; it is left out of the comparison." >&2
	@$(BIN)/uv run --no-project --python 3.13 --with-requirements locks/benchmarks.txt benchmarks/photo.py

audit: setup ## check for known vulnerabilities and write bills of materials to out/sbom
	@$(BIN)/uv run --no-project --python 3.13 --with-requirements locks/audit.txt tools/audit.py

COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.13
GROUPS := aws-lambda aws-durable azure-functions ministack azure-host node go benchmarks audit

lock: setup ## resolve new dependencies into locks/; UPGRADE=--upgrade upgrades all of them
	$(call timed,Locking,$(COMPILE) $(UPGRADE) pyproject.toml --extra local --group dev -o locks/project.txt && \
		for group in $(GROUPS); do \
			$(COMPILE) $(UPGRADE) --group pyproject.toml:$$group -o locks/$$group.txt || exit 1; \
		done)

clean: ## stop the emulators and delete everything installed or generated here, except runs/
	@if [ -x $(BIN)/twinlens ]; then $(BIN)/twinlens local down; fi
	rm -rf .venv .venvs local/node_modules benchmarks/node_modules .twinlens build out .coverage*
	rm -rf .ruff_cache .pytest_cache .import_linter_cache .hypothesis
