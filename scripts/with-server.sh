#!/usr/bin/env bash
# Runs a command while halcyon serves its demonstration on a free port:
#
#	scripts/with-server.sh COMMAND [ARG ...]
#
# HALCYON_URL tells the command where. The lake is kept in .cache/demo, so that
# the next time is quick; SIMULATED=1 shows the simulated market even where
# there are recorded data.
set -euo pipefail
cd "$(dirname "$0")/.."

lake=.cache/demo
if [ -n "${SIMULATED:-}" ]; then
	export HALCYON_DATA=/nonexistent
	lake=.cache/simulated
fi
mkdir -p .cache
log=$(mktemp)
./halcyon serve --demo --lake "$lake" --listen 127.0.0.1:0 >"$log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 1 1200); do
	if grep -q '^ready' "$log"; then
		HALCYON_URL=$(grep -o 'http://[0-9.:]*' "$log" | head -n1)
		export HALCYON_URL
		"$@"
		exit
	fi
	kill -0 "$server" 2>/dev/null || break
	sleep 0.1
done
echo "halcyon did not become ready:" >&2
cat "$log" >&2
exit 1
