# make run   sets everything up and opens the dashboard on the sample community
# make test  sets everything up, headless browser included, and runs every test
# make messages  finds every sentence in the code and brings the translations up to date
# make docs  builds the documentation into site/; warnings are errors
# make sbom  writes what a release contains, with versions and hashes, as CycloneDX
.PHONY: run test messages lint format setup sample docs sbom release-tools
run:
	@.ci/setup run
	@.venv/bin/levee demo

test: lint
	@.venv/bin/python -m pytest -n auto --dist loadfile

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports >/dev/null || .venv/bin/lint-imports

setup:
	@.ci/setup test

format: setup
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

sample: setup
	@.venv/bin/python data/sample/simulate.py

messages: setup
	@.venv/bin/pybabel -q extract -F babel.cfg --add-location=file --sort-by-file --no-wrap \
		--project=Levee -o dashboard/locales/levee.pot .
	@.venv/bin/pybabel -q update -D levee -i dashboard/locales/levee.pot -d dashboard/locales --no-wrap \
		--no-fuzzy-matching --ignore-obsolete

release-tools:
	@.ci/setup release

docs: release-tools
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build

sbom: release-tools
	@.venv/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-file levee.cdx.json
