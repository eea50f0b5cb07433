#!/usr/bin/env bash
# The same outages for this runtime and for Microsoft's device SDKs for Python and Node, unmodified, all at the same time on
# the same hub; prints a Markdown table. Takes about five minutes.
# Needs: cargo, python3 >= 3.10 with venv, node with npm, a free port 8883.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-$PWD/target}"
venv="$target/interop-venv"
[[ -x $venv/bin/python ]] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/interop/requirements.txt
mkdir -p "$target/outages"
cp tests/outages/package.json tests/outages/package-lock.json "$target/outages"
(cd "$target/outages" && npm ci --silent --no-audit --no-fund)

export OUTAGES_PYTHON="$venv/bin/python" NODE_PATH="$target/outages/node_modules" PYTHONDONTWRITEBYTECODE=1
exec cargo run --quiet --example outages -- "$@"
