# The verbs of the project: book, test, live, clean, lock. Everything runs in .venv, made from the hashed lock.
PYTHON ?= python3.11
BIN := .venv/bin
RUN := PYTHONHASHSEED=0 $(BIN)/python -m

.DEFAULT_GOAL := book
.PHONY: book execute sync test live clean lock bench pdf zip offer addresses

.venv/.ready: requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

book: .venv/.ready            ## text -> executed notebooks -> site in _build/html
	$(RUN) proofbook build $(if $(FORCE),--force) $(if $(WHY),--why)

execute: .venv/.ready         ## run the notebooks that changed, without building pages
	$(RUN) proofbook execute $(if $(FORCE),--force) $(if $(WHY),--why)

sync: .venv/.ready            ## bring .md and .ipynb halves together; the newer one wins
	$(RUN) proofbook sync $(if $(KEEP),--keep $(KEEP))

test: book                    ## everything: unit, notebooks, pairing, browser
	$(RUN) pytest $(ARGS)

bench: book                   ## speed and size, as ratios; needs Node.js for Lighthouse
	$(RUN) tools.bench_simulation
	$(RUN) tools.bench $(PAGES)

live: .venv/.ready            ## read the book on loopback while you write; it is built again when a file changes
	$(RUN) proofbook live

pdf: book                     ## the whole book as one PDF, _build/kazakhstan-educational-mobility.pdf; needs Chromium
	$(RUN) proofbook.export pdf

zip: book                     ## the site as a zip that opens without a network, _build/kazakhstan-educational-mobility.zip
	$(RUN) proofbook.export zip

offer: pdf zip                ## put both into the site and name them at the foot of every page, before it is published
	$(RUN) proofbook.export offer

addresses: book               ## record the addresses of all pages, sections, figures, tables and claims; none may vanish afterwards
	$(RUN) proofbook.export addresses

lock:                         ## write requirements.txt anew; needs uv on the PATH
	uv pip compile pyproject.toml --extra test --extra dask --universal --generate-hashes --no-emit-index-url --no-header --output-file requirements.txt

clean:
	rm -rf _build
