# sohoa: scanned Vietnamese official letters to tables. `make` alone lists the targets.
SHELL := /bin/bash
INPUT ?= samples
OUTPUT ?= output
WORKERS ?=
REAL ?= $(or $(SOHOA_REAL_DATA),../shared/real)
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := tesseract-ocr tesseract-ocr-vie tesseract-ocr-osd poppler-utils
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup system extract test faults check fix bench eval samples train stamps lines docs calibrate

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: system $(READY) ## Install what is missing: system packages, virtual environment, locked packages

system:
	@bin/install-system-packages $(PACKAGES)

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || python3 -m venv $(VENV) || { rm -rf $(VENV); bin/install-system-packages python3-venv && python3 -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

extract: setup ## Read the letters of INPUT (a file or folder) into tables in OUTPUT
	@$(BIN)/sohoa extract "$(INPUT)" --output "$(OUTPUT)" $(if $(WORKERS),--workers $(WORKERS))

test: setup ## Run the tests
	@$(BIN)/python -m pytest -q

faults: setup ## Run the long tests of kills and resumes; writes docs/reliability.md
	@$(BIN)/python -m pytest -q -m "slow or not slow" tests/faults
	@$(BIN)/python tests/faults/reliability_report.py

check: setup ## Check format, lint, types and import layers; writes nothing
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_layers.py

fix: setup ## Format and mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup ## Measure reading and citations; writes docs/benchmarks.md
	@$(BIN)/python tests/bench/ocr_report.py --out docs/benchmarks.md
	@$(BIN)/python tests/bench/page_report.py "$(REAL)" --out docs/benchmarks.md
	@$(BIN)/python tests/bench/batch_report.py "$(REAL)"
	@$(BIN)/python tests/bench/citation_report.py --write docs/citations.md

eval: setup ## Score the letters of SOHOA_REAL_DATA against their truth; writes docs/accuracy.md
	@$(BIN)/python tests/bench/accuracy_report.py "$(REAL)"

calibrate: setup ## Measure confidence again from the truth sets; writes models/calibration.toml
	@$(BIN)/sohoa extract "$(REAL)/letters" --output output/calibration/letters
	@$(BIN)/python -m models.first_pages "$(REAL)/more" output/calibration/first-pages
	@$(BIN)/sohoa extract output/calibration/first-pages --output output/calibration/more
	@$(BIN)/sohoa extract samples --output output/calibration/samples
	@$(BIN)/python -m models.calibrate output/calibration/letters "$(REAL)/truth" \
	    output/calibration/more "$(REAL)/more/headers.tsv" \
	    output/calibration/samples samples/truth --judged models/judged.tsv --report docs/trust.md

samples: setup ## Make the sample letters again (needs the fonts that samples/README.md names)
	@$(BIN)/python samples/make_samples.py

train: setup ## Train the handwriting reader again (see models/handwriting/README.md)
	@bin/install-system-packages $$(awk -F'\t' 'NR > 1 { print $$2 }' models/handwriting/fonts.tsv | sort -u)
	@$(BIN)/python -m models.handwriting.cut_real --real "$(REAL)" --out output/handwriting
	@test -x output/handwriting/venv/bin/python || python3 -m venv output/handwriting/venv
	@output/handwriting/venv/bin/python -m pip install --quiet -r models/handwriting/requirements.txt
	@output/handwriting/venv/bin/python models/handwriting/train.py --digits "$(REAL)/digits" \
	    --real output/handwriting --out output/handwriting/readers.pt --workers 2
	@output/handwriting/venv/bin/python models/handwriting/measure.py \
	    --readers output/handwriting/readers.pt --real output/handwriting

stamps: setup ## Train the reader of stamped names again (see models/stamped/README.md)
	@bin/install-system-packages npm $$(awk -F'\t' '$$2 == "debian" { print $$3 }' models/stamped/fonts.tsv | sort -u)
	@mkdir -p output/stamped/fonts
	@cd output/stamped/fonts && awk -F'\t' '$$2 == "npm" { print $$3 "@" $$4 }' $(CURDIR)/models/stamped/fonts.tsv | sort -u | xargs -n 1 npm pack --silent
	@test -x output/stamped/venv/bin/python || python3 -m venv output/stamped/venv
	@output/stamped/venv/bin/python -m pip install --quiet -r models/stamped/requirements.txt
	@output/stamped/venv/bin/python models/stamped/train.py --fonts output/stamped/fonts --out models/stamped/reader.onnx --workers $$(nproc)
	@output/stamped/venv/bin/python models/stamped/measure.py --fonts output/stamped/fonts

lines: ## Train the reader of printed lines again (see models/printed/README.md)
	@bin/install-system-packages $$(awk -F'\t' 'NR > 1 { print $$2 }' models/printed/fonts.tsv | sort -u)
	@test ! -d "$(REAL)/more" || $(BIN)/python -m models.printed.cut_real --real "$(REAL)" --out output/printed
	@test -x output/printed/venv/bin/python || python3 -m venv output/printed/venv
	@output/printed/venv/bin/python -m pip install --quiet -r models/printed/requirements.txt
	@real=output/printed/real; \
	    output/printed/venv/bin/python models/printed/train.py --out models/printed/reader.onnx \
	    $$(test ! -f $${real}_train.npz || echo --real $${real}_train.npz --test $${real}_test.npz)
	@real=output/printed/real_test.npz; \
	    $(BIN)/python -m models.printed.measure $$(test ! -f $$real || echo --real $$real)

docs: setup ## Write docs/cli.md and docs/tables.md again
	@$(BIN)/python -m pipeline.cli.reference > docs/cli.md
	@$(BIN)/python -m pipeline.export.dictionary en > docs/tables.md
	@$(BIN)/python -m pipeline.export.dictionary vi > docs/tables.vi.md
