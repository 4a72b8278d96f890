# The verbs of the project; `make help` lists them. Everything runs in .venv, made from the hashed lock.
PYTHON ?= python3.11
BIN := .venv/bin
# OpenBLAS computes the last digits otherwise on each kind of processor: one kind is named where it can be.
KIND := $(shell grep -qs avx2 /proc/cpuinfo && echo OPENBLAS_CORETYPE=Haswell)
RUN := PYTHONHASHSEED=0 $(KIND) $(BIN)/python -m

.DEFAULT_GOAL := book
.PHONY: book execute sync test lint live clean lock bench pdf epub zip attach addresses help new-chapter new-table new-claim check-data measure verify changes

.venv/.ready: requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

help:                         ## list the verbs
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 14

book: .venv/.ready            ## text -> executed notebooks -> site in _build/html; WHY=1 says what runs, FORCE=1 runs all
	$(RUN) proofbook build $(if $(FORCE),--force) $(if $(WHY),--why)

execute: .venv/.ready         ## run the notebooks that changed, without building pages
	$(RUN) proofbook execute $(if $(FORCE),--force) $(if $(WHY),--why)

sync: .venv/.ready            ## bring .md and .ipynb halves together; KEEP=text or KEEP=notebook where both were edited
	$(RUN) proofbook sync $(if $(KEEP),--keep $(KEEP))

new-chapter: .venv/.ready     ## NAME=24-my-topic: its text, its notebook, its line in the contents
	$(RUN) proofbook new-chapter $(NAME)

new-table: .venv/.ready       ## NAME=official/my_table.csv: describe a CSV file below data/
	$(RUN) proofbook new-table $(NAME)

new-claim: .venv/.ready       ## NAME=c-eco-099: a row of the ledger that nothing decides yet
	$(RUN) proofbook new-claim $(NAME)

check-data: .venv/.ready      ## check every table and record its checksum, after a change that is meant
	$(RUN) proofbook.data

lint: .venv/.ready            ## form, types and the direction of imports, of the Python files
	$(BIN)/ruff format --check lib tests tools data/raw
	$(BIN)/ruff check lib tests tools data/raw
	$(BIN)/mypy
	PYTHONPATH=lib $(BIN)/lint-imports

test: lint book               ## everything: unit, notebooks, pairing, browser
	$(RUN) pytest $(ARGS)

bench: book                   ## speed and size, as ratios; needs Node.js for Lighthouse
	$(RUN) tools.bench_simulation
	$(RUN) tools.bench_times
	$(RUN) tools.bench $(PAGES)

live: .venv/.ready            ## read the book in a browser while you write: a saved file changes the page
	$(RUN) proofbook live

pdf: book                     ## the whole book as one PDF, _build/kazakhstan-educational-mobility.pdf; needs Chromium
	$(RUN) proofbook.export pdf

epub: book                    ## the whole book as EPUB 3, _build/kazakhstan-educational-mobility.epub; epubcheck judges it where it is installed
	$(RUN) proofbook.export epub
	@! command -v epubcheck >/dev/null || java -jar "$$(command -v epubcheck)" _build/*.epub

zip: book                     ## the site as a zip that opens without a network, _build/kazakhstan-educational-mobility.zip
	$(RUN) proofbook.export zip

attach: pdf epub zip           ## put all three into the site and name them at the foot of every page, before it is published
	$(RUN) proofbook.export attach

addresses: book               ## record the addresses of all pages, sections, figures, tables and claims; none may vanish afterwards
	$(RUN) proofbook.export addresses

measure: .venv/.ready         ## time, memory and disk of a whole build, for REPLICATION.md
	$(RUN) tools.measure

verify: book                  ## build, then compare every file with a published edition: make verify MANIFEST=manifest.json
	$(RUN) proofbook.replication $(MANIFEST)

changes: .venv/.ready         ## what differs between two sites: make changes OLD=folder NEW=folder
	$(RUN) proofbook.changes $(OLD) $(NEW)

lock:                         ## write requirements.txt anew; needs uv on the PATH
	uv pip compile pyproject.toml --extra test --extra dask --universal --generate-hashes --no-emit-index-url --no-header --output-file requirements.txt

clean:
	rm -rf _build
