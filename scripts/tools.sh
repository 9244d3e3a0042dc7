#!/usr/bin/env bash
# Says which toolchain is missing or too old, and where it comes from.
set -euo pipefail

missing=0
need() { # name, found version, wanted version, advice
	if [ -z "$2" ]; then
		echo "missing: $1 $3 or newer. $4" >&2
		missing=1
	elif [ "$(printf '%s\n%s\n' "$3" "$2" | sort -V | head -n1)" != "$3" ]; then
		echo "too old: $1 $2, want $3 or newer. $4" >&2
		missing=1
	fi
}
go_version=$(go env GOVERSION 2>/dev/null | sed 's/^go//' || true)
node_version=$(node --version 2>/dev/null | sed 's/^v//' || true)
npm_version=$(npm --version 2>/dev/null || true)
need Go "$go_version" 1.26 "See https://go.dev/dl/."
need Node.js "$node_version" 20.19 "See https://nodejs.org/ or your distribution's package nodejs."
need npm "$npm_version" 10 "It comes with Node.js."
exit $missing
