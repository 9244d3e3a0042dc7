#!/usr/bin/env bash
# Serves the page on loopback venues: a simulated market a coin, told by every
# venue in its own protocol, two hours of it within a quarter of an hour. The lake is
# one of its own. Something goes wrong on demand: ./halcyon exchange --help
#
#	scripts/run-loopback.sh [FLAG ...]   flags of halcyon serve
set -euo pipefail
cd "$(dirname "$0")/.."

venues=${VENUES_LISTEN:-127.0.0.1:9100}
./halcyon exchange --listen "$venues" --past "${PAST:-2h}" &
street=$!
trap 'kill "$street" 2>/dev/null; wait "$street" 2>/dev/null || true' EXIT
./halcyon serve --live all --venue-url "all=http://$venues" --lake "${LAKE:-loopback}" "$@"
