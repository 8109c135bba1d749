# Retrace from nothing: `make run` opens the console on a sample day, `make test` proves that it keeps its promises.
# Both find out what this machine lacks, say what they install, and are quick when nothing is missing.

SHELL       := /bin/bash
export PATH := $(CURDIR)/.tools/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)

# The log that `make run` opens: the sample day, unless another is named (make run LOG=~/desk.retrace).
DATA   := $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/retrace
SAMPLE := $(DATA)/sample.retrace
LOG    ?= $(SAMPLE)
# Where its replay begins, and how many of its seconds pass in one.
FROM   ?= 2026-03-02T09:00:00+08:00
SPEED  ?= 300

CARGO_TARGET_DIR ?= target
RETRACE := $(CARGO_TARGET_DIR)/debug/retrace
WINDOW  := $(CARGO_TARGET_DIR)/debug/retrace-window
UI_SOURCES = $(shell git ls-files -co --exclude-standard ui | grep -v '^ui/dist/')

.PHONY: help run test faults bench fmt lint ui window-shots deny package setup-run setup-test

help:  ## Lists these
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup-run ui  ## Opens the console on the sample day, or on LOG; without a display it serves the same console
	cargo build --quiet -p console
	@if [ "$(LOG)" = "$(SAMPLE)" ] && [ ! -e "$(SAMPLE)" ]; then \
	  echo "making up a sample day in $(SAMPLE)"; \
	  $(RETRACE) --log "$(SAMPLE)" simulate --seed 7 --days 1 --agents 24; fi
	@play=; if [ "$(LOG)" = "$(SAMPLE)" ]; then play="--play $(SPEED) --from $(FROM)"; fi; \
	if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  cargo build --quiet -p retrace --features custom-protocol && exec $(WINDOW) --log "$(LOG)" $$play; \
	else exec $(RETRACE) --log "$(LOG)" serve $$play; fi

test: setup-test ui  ## Proves everything: formats, lints, types, unit, property, crash and window specs
	npm --prefix ui run --silent check
	npm --prefix ui run --silent lint
	npm --prefix ui run --silent test
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
	cargo build --quiet -p console -p retrace --features retrace/custom-protocol
	cargo test

faults: setup-test  ## Breaks everything on purpose: every write, sync, bit and disk in tests/faults; prints the table (12 min)
	@set -o pipefail; FAULTS=all cargo test --quiet -p tests --test faults --test crash -- --nocapture 2>&1 | tee $(CARGO_TARGET_DIR)/faults.txt
	@printf '\n| fault | injector | cases | acked events lost | unresumable | wrong | panics |\n|---|---|---|---|---|---|---|\n'
	@grep -o '| R[0-9].*' $(CARGO_TARGET_DIR)/faults.txt | grep -v '| R0 |' | sort -V
	@grep -o 'skipped: .*' $(CARGO_TARGET_DIR)/faults.txt || true

bench: setup-run  ## Measures append, import, replay and memory beside peers, in one interleaved run
	cargo build --quiet --release -p console
	cargo run --quiet --release -p bench

fmt: setup-run  ## Formats Rust and TypeScript
	cargo fmt --all
	npm --prefix ui run --silent format

lint: setup-run ui  ## The linters alone
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	npm --prefix ui run --silent lint
	npm --prefix ui run --silent check

window-shots: setup-test ui  ## Pictures of every screen, language and theme of the real window, in window-shots/
	cargo build --quiet -p console -p retrace --features retrace/custom-protocol
	WINDOW_SHOTS=$(CURDIR)/window-shots cargo test --quiet -p tests --test window -- shots

deny:  ## Licences, bans and sources of every dependency (installs cargo-deny)
	command -v cargo-deny >/dev/null || cargo install cargo-deny --locked
	cargo deny check licenses bans sources

package: setup-run ui  ## A Debian package
	npm --prefix ui exec --yes -- @tauri-apps/cli@2.12.5 build --bundles deb

ui: ui/dist/.built  ## The window's files

ui/dist/.built: $(UI_SOURCES) | setup-run
	npm --prefix ui run --silent build -- --logLevel warn
	@touch $@

setup-run:
	@.ci/setup run

setup-test:
	@.ci/setup test
