#!/usr/bin/env bash
# Builds the hub and the environmental sensor and runs the browser tests against them; what failed, and where, are the last
# lines. Needs: cargo, node 20, Chromium, openssl. The variables stand in support/settings.mjs.
set -euo pipefail
cd "$(dirname "$0")/../.."
export ARTIFACTS="${ARTIFACTS:-$PWD/target/browser}"
mkdir -p "$ARTIFACTS"
rm -rf "$ARTIFACTS"/failed "$ARTIFACTS"/*.log
(cd tests/browser && npm ci --silent --no-audit --no-fund)
cargo build --quiet --package device-model --example environmental_sensor
cargo build --quiet --package device-model-cli

result=0
npm --silent --prefix tests/browser test || result=$?
cat "$ARTIFACTS/summary.txt"
exit "$result"
