#!/usr/bin/env bash
# Finds Chromium for the browser tests; on Debian, as root, installs it.
set -euo pipefail

for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
	if [ -n "$candidate" ] && command -v "$candidate" >/dev/null; then exit 0; fi
done
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
	echo "installing Debian's chromium for the browser tests"
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
	exit 0
fi
echo "missing: Chromium. Install it (Debian: sudo apt-get install chromium), or name one in CHROMIUM." >&2
exit 1
