# make run   sets everything up and opens the dashboard on the sample community
# make test  sets everything up, headless browser included, and runs every test
.PHONY: run test lint format setup sample
run:
	@.ci/setup run
	@.venv/bin/levee demo

test: lint
	@.venv/bin/python -m pytest -n auto --dist loadfile

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

setup:
	@.ci/setup test

format: setup
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

sample: setup
	@.venv/bin/python data/sample/simulate.py
