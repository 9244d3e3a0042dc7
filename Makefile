# Two commands for a newcomer: make run, make test. Both do all of their own
# set-up and say what is missing when a toolchain is absent.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Tests, tools and the binary are compiled alike, so that all share one build
# cache: every package is compiled once and not twice.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath

VERSION := $(shell git describe --always --dirty 2>/dev/null || echo dev)
WEB_SOURCES := $(shell find web/src web/index.html web/*.ts web/*.json -type f 2>/dev/null)
LAKE ?= lake
# Venues to connect to: all, none, or names (./halcyon serve --help lists them).
LIVE ?= all

.PHONY: help
help:
	@echo "make run         build halcyon and open the page on http://127.0.0.1:8080"
	@echo "make run-loopback  the same on stand-ins of all venues, without a network"
	@echo "make test        all tests, Go and TypeScript, browser tests included"
	@echo "make build       the binary alone: ./halcyon"
	@echo "make bench       speed and memory, as a table and bench.json"
	@echo "make bench-web   speed of the page in a real browser"
	@echo "make score       the scorecard: tables and plots of docs/MODEL.md, score.html, score.json"
	@echo "make screenshots the pictures in docs/"

.PHONY: run
run: build
	./halcyon serve --live $(LIVE) --demo --open --lake $(LAKE)

# run-loopback shows every venue live without a network: see the script.
.PHONY: run-loopback
run-loopback: build
	scripts/run-loopback.sh --open

.PHONY: build
build: halcyon

halcyon: web/dist/index.html go.mod go.sum $(shell find . -name '*.go' -not -path './web/node_modules/*' 2>/dev/null)
	go build -ldflags '-s -w -X main.version=$(VERSION)' -o halcyon ./cmd/halcyon

web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	cd web && npm run --silent build

web/node_modules/.installed: web/package.json web/package-lock.json | tools
	cd web && npm ci --silent --no-audit --no-fund
	@touch $@

.PHONY: test
test: test-go test-web

# gotestsum names every test that was skipped, with its reason.
.PHONY: test-go
test-go: tools web/dist/index.html
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt'ed:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go tool gotestsum --format pkgname --format-hide-empty-pkg -- ./...

.PHONY: test-web
test-web: build browser
	cd web && npm run --silent typecheck && npm run --silent test && npm run --silent test:browser
	SIMULATED=1 scripts/with-server.sh npm --prefix web run --silent test:browser -- page optical

.PHONY: bench
bench: tools web/dist/index.html
	go run ./internal/bench -json bench.json

.PHONY: bench-web
bench-web: build browser
	scripts/with-server.sh npm --prefix web run --silent bench
	cd web && npm run --silent bench:day && npm run --silent bench:live

# score learns from the recorded sets, judges, and writes the tables of
# docs/MODEL.md anew: the same data give the same bytes. It takes a minute or two.
.PHONY: score
score:
	@go run ./cmd/halcyon score --html score.html --json score.json --learned score-params.json --into docs/MODEL.md --plots docs/plots > /dev/null
	@echo "wrote docs/MODEL.md, docs/plots, score.html, score.json and score-params.json"

# screenshots are the pictures that the browser tests judge, taken over recorded data.
.PHONY: screenshots
screenshots: build browser
	OUT=../docs/screenshots scripts/with-server.sh npm --prefix web run --silent screenshots

.PHONY: clean
clean:
	rm -rf halcyon web/node_modules web/dist/assets web/dist/index.html bench.json score.html score.json score-params.json

# tools says what is missing, and what to do about it.
.PHONY: tools
tools:
	@scripts/tools.sh

# browser makes sure that there is a Chromium for the browser tests.
.PHONY: browser
browser:
	@scripts/browser.sh
