#!/usr/bin/env bash
# Starts the environmental sensor with its embedded hub, runs the browser test against its page, ends it with `q`
# and checks that it ends well. Needs: cargo, node 20, Chromium (CHROMIUM, default /usr/bin/chromium).
set -euo pipefail
cd "$(dirname "$0")/../.."
export ARTIFACTS="${ARTIFACTS:-$PWD/target/browser}"
mkdir -p "$ARTIFACTS"
(cd tests/browser && npm ci --silent --no-audit --no-fund)
cargo build --quiet --example environmental_sensor
cargo build --quiet -p device-model-cli

pipes=$(mktemp -d)
mkfifo "$pipes/in" "$pipes/out"
timeout 600 cargo run --quiet --example environmental_sensor -- --interval 1 <"$pipes/in" >"$pipes/out" 2>"$ARTIFACTS/device.log" &
device=$!
exec 3>"$pipes/in" 4<"$pipes/out"
trap 'kill "$device" 2>/dev/null || true; rm -r "$pipes"' EXIT

PAGE_URL=
while [[ -z $PAGE_URL ]] && IFS= read -r -t 120 line <&4; do
  echo "$line"
  [[ $line =~ (http://[^[:space:]]+) ]] && PAGE_URL=${BASH_REMATCH[1]}
done
if [[ -z $PAGE_URL ]]; then
  echo "the example printed no address of a page; its log:" >&2
  cat "$ARTIFACTS/device.log" >&2
  exit 1
fi
cat <&4 >"$ARTIFACTS/device.out" &

export PAGE_URL
result=0
npm --prefix tests/browser test || result=$?

echo q >&3
code=0
wait "$device" || code=$?
echo "the example ended with exit code $code"
[[ $result -eq 0 && $code -eq 0 ]]
