# make run starts the app, make test passes the tests; both set up .venv by themselves.
PYTHON ?= python3
BIN := .venv/bin
# Two OpenMP threads on two busy cores are far slower than one.
export OMP_NUM_THREADS ?= 1

.PHONY: run test lint lock bench mutants results samples screenshots wheel fuzz chromium

run: .venv/installed
	$(BIN)/streamlit run streamlit_app.py

test: .venv/installed-dev chromium
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The wheel, in dist/, after one of the same files was installed into a fresh environment and used.
wheel: .venv/installed-dev
	$(BIN)/python -m pytest tests/test_wheel.py
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

bench: .venv/installed
	$(BIN)/python benchmarks/training.py

# Puts the faults of benchmarks/mutants.toml into a copy, one by one; fails when the tests miss one. About 8 minutes.
mutants: .venv/installed-dev
	$(BIN)/python benchmarks/mutants.py

# Spoilt files of graphs and runs, each read or refused with a sentence: make fuzz SECONDS=600 SEED=7.
fuzz: .venv/installed-dev
	$(BIN)/python benchmarks/fuzz.py --seconds $(or $(SECONDS),60) --seed $(or $(SEED),0)

# Trains what is missing in docs/results.json (everything anew with --fresh: about two hours of two cores) and
# writes docs/results.md and docs/figures.
results: .venv/installed-dev
	$(BIN)/python benchmarks/accuracy.py --table

# Draws every page in real Chromium, in both themes and at two widths, from the sample runs: docs/screenshots.
screenshots: .venv/installed-dev chromium
	A2Q_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/browser/test_pages.py

# Trains the sample runs that come with the app anew; about two minutes of one core.
samples: .venv/installed
	$(BIN)/python -m a2q_studio.samples

# The browser tests use Chromium from PATH, or $CHROMIUM; as root on Debian its shell without windows is installed.
chromium:
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || test -n "$$CHROMIUM" || \
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-dejavu-core; } || true

# Everything by version and hash, as locked; torch, which has a build for each kind of machine, by its version alone.
.venv/installed: requirements.txt requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/pip install --quiet -r requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/installed-dev: .venv/installed $(wildcard requirements-*.txt) requirements-dev.lock
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	touch $@

# What torch alone needs, where it is built for CUDA, and asks for by version.
CUDA := cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti nvidia-cuda-nvrtc \
	nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusolver nvidia-cusparse \
	nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx triton
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	$(addprefix --no-emit-package ,torch $(CUDA))
BUILD := printf 'hatchling\neditables\n'

# After a change of the requirements: every package that they bring along, by version and hash, for every platform.
# Versions that still fit stay; delete a lock file to have the newest.
lock: .venv/installed-dev
	$(BUILD) | $(LOCK) --constraint requirements-dev.txt --output-file requirements.lock requirements.txt -
	$(BUILD) | $(LOCK) --constraint requirements.lock --output-file requirements-dev.lock requirements-dev.txt \
	requirements-postgres.txt -
