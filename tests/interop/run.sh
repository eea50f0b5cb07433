#!/usr/bin/env bash
# Runs the driver for the Python device (unmodified azure-iot-device from PyPI) and for the Rust example.
# Needs: cargo, python3 >= 3.10 with venv, a free port 8883.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-$PWD/target}"
venv="$target/interop-venv"
[[ -x $venv/bin/python ]] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/interop/requirements.txt
cargo build --quiet --package device-model-cli
cargo build --quiet --example environmental_sensor

export DEVICE_MODEL_BIN="$target/debug/device-model"
export DEVICE_MODEL_EXAMPLE="$target/debug/examples/environmental_sensor"
export PYTHONDONTWRITEBYTECODE=1
result=0
for device in python rust; do
  echo "== $device"
  "$venv/bin/python" tests/interop/driver.py "$device" || result=1
done
exit $result
