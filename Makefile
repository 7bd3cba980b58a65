# `make demo` and `make test` set up everything they need in $(VENV) first.
#
#     make test PYTHON=python3.12 VENV=/somewhere/else

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
SITE ?= site
DOCS_READY := $(VENV)/.docs-installed
BENCH_VENV ?= .venv-bench
BENCH_READY := $(BENCH_VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test test-course test-exports lint format tutorials docs bench clean

help:  ## list these habits
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s%s\n", $$1, $$2}' \
	  $(MAKEFILE_LIST)

demo: $(READY)  ## train on the embedded images, then generate, film, export
	$(BIN)/progan train --run-dir demo
	$(BIN)/progan generate demo --seed 7 --output demo/generated.png
	$(BIN)/progan timelapse demo --output demo/timelapse.gif
	$(BIN)/progan export demo --output demo/saved_model --overwrite

test: $(READY)  ## run every test but those below
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not course"

test-course: $(READY)  ## run all lessons and solutions, on small budgets
	$(BIN)/python -m pytest -n 2 -m course tests/tutorials

test-exports: $(READY)  ## run exports in fresh environments, from PyPI
	PROGAN_KERAS_TEST_EXPORTS=1 $(BIN)/python -m pytest -s \
	  tests/export/test_fresh_environments.py

lint: $(READY)  ## check style, and that what is generated is of now
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tutorials/build.py --check
	$(BIN)/python saved_models/build.py --check

format: $(READY)  ## put the code in its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

tutorials: $(READY)  ## rebuild and execute the notebooks
	$(BIN)/python tutorials/build.py

docs: $(DOCS_READY)  ## build the documentation in site/html
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet \
	  --conf-dir docs --doctree-dir $(SITE)/doctrees . $(SITE)/html
	@echo "Open $(SITE)/html/index.html"

bench: $(READY) $(BENCH_READY)  ## measure beside others, for two hours
	$(BIN)/python benchmarks/steps.py --write \
	  --bench-python $(BENCH_VENV)/bin/python $(BENCH_OPTIONS)
	$(BIN)/python benchmarks/others.py --write \
	  --bench-python $(BENCH_VENV)/bin/python
	$(BIN)/python benchmarks/scaling.py --write
	$(BIN)/python benchmarks/quality.py --write \
	  --bench-python $(BENCH_VENV)/bin/python

clean:  ## remove the environment and caches; runs and demo/ stay
	rm -rf $(VENV) $(BENCH_VENV) $(SITE) build dist *.egg-info .pytest_cache \
	  .ruff_cache
	find progan_keras tests tutorials -name __pycache__ -prune -exec rm -rf {} +

# The environment, made again when what it is made from has changed.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c "import sys; (3, 10) <= sys.version_info < (3, 14) or \
	  sys.exit('TensorFlow has wheels for Python 3.10 to 3.13. Choose one, ' \
	  'for example: make PYTHON=python3.12. Received: ' + sys.version)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -r requirements.txt -e .
	@touch $@

$(DOCS_READY): docs/requirements.txt $(READY)
	$(BIN)/python -m pip install -r docs/requirements.txt
	@touch $@

# PyTorch and pro-gan-pth, away from TensorFlow. The latter asks for versions
# of 2021 of what it does not need here.
$(BENCH_READY): benchmarks/requirements.txt
	$(PYTHON) -m venv $(BENCH_VENV)
	echo '*' > $(BENCH_VENV)/.gitignore
	$(BENCH_VENV)/bin/python -m pip install -r benchmarks/requirements.txt
	$(BENCH_VENV)/bin/python -m pip install --no-deps pro-gan-pth==3.4
	@touch $@
