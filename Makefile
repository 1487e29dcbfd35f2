# Sugar over run.py, which needs no make. `make` prints this help.
PYTHON ?= python3

help:
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 14

demo: ## try it: the whole service with sample data and fake providers
	@$(PYTHON) run.py demo

serve: ## run the service
	@$(PYTHON) run.py serve

test: ## format, lint, types, floors and all tests, on SQLite and PostgreSQL
	@$(PYTHON) run.py test

format: ## put the code in order
	@$(PYTHON) run.py format

bench: ## measure it
	@$(PYTHON) run.py bench

faults: ## break it and see what holds
	@$(PYTHON) run.py faults

lock: ## after a change of pyproject.toml: write uv.lock and requirements.lock anew (needs uv)
	@uv lock
	@uv export --quiet --locked --no-default-groups --no-emit-project --format requirements-txt --output-file requirements.lock

.PHONY: help demo serve test format bench faults lock
