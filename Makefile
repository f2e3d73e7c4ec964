# Every target that needs Python makes its own .venv first.
PYTHON ?= python3.11
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup demo test bench thousand check audit release canonical picture lab lock clean

help:
	@echo "make demo       grade a made-up class and show what came of it"
	@echo "make test       run all tests"
	@echo "make bench      measure grading against stock nbgrader (docs/performance.md)"
	@echo "make thousand   grade a thousand submissions, and again while it is killed five times"
	@echo "make setup      only make .venv, with everything pinned"
	@echo "make lab        open the course in JupyterLab"
	@echo "make check      lint and types"
	@echo "make audit      prove that the checks tell right from wrong"
	@echo "make canonical  give source notebooks their canonical form"
	@echo "make release    make release/ and solutions/ from source/"
	@echo "make picture    make the README's picture (needs chromium)"
	@echo "make lock       make requirements.lock anew from pyproject.toml"

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" sh .ci/setup

demo: setup
	@torchmarks demo

test: setup
	@$(BIN)/python -m pytest
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary

bench: setup
	@$(BIN)/python -m benchmarks.grading --write

thousand: setup
	@$(BIN)/python -m benchmarks.thousand --write

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

audit: setup
	@torchmarks audit

release: setup
	@torchmarks release

# 88 columns are what JupyterLab shows of a cell beside its file browser.
NOTEBOOKS := source/*/*.ipynb
canonical: setup
	@ruff format --quiet --line-length 88 $(NOTEBOOKS)
	@torchmarks canonical

picture: setup
	@$(BIN)/python docs/picture.py

lab: setup
	@$(BIN)/jupyter lab release

lock:
	@PYTHON="$(PYTHON)" sh .ci/lock

clean:
	rm -rf build .pytest_cache .mypy_cache .ruff_cache
