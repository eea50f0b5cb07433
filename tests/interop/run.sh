#!/usr/bin/env bash
# The official packages, unmodified, and Debian's mosquitto clients against the local hub; the hub's bridge against Debian's
# mosquitto broker; and the tutorial's device, in Python with azure-iot-device and in Rust as the example. Takes about a minute
# once everything is installed.
# Needs: cargo, python3 >= 3.10 with venv, node 20 with npm, curl, a free port 8883. What needs port 443, which some packages
# do not let one change, is skipped where it cannot be bound.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-$PWD/target}"
venv="$target/interop-venv"
[[ -x $venv/bin/python ]] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/interop/requirements.txt
(cd tests/interop/node && npm ci --silent --no-audit --no-fund)
if ! command -v mosquitto_pub >/dev/null || ! command -v mosquitto >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mosquitto mosquitto-clients >/dev/null
fi
cargo build --quiet --package device-model-cli
cargo build --quiet --example environmental_sensor

export DEVICE_MODEL_BIN="$target/debug/device-model"
export DEVICE_MODEL_EXAMPLE="$target/debug/examples/environmental_sensor"
export PYTHONDONTWRITEBYTECODE=1 PYTHON="$venv/bin/python" RUST_LOG="${RUST_LOG:-error}"
result=0
for device in python rust; do
  echo "== the tutorial's device: $device"
  "$PYTHON" tests/interop/driver.py "$device" || result=1
done
echo "== PyPI: azure-iot-device and azure-iot-hub"
timeout 300 "$PYTHON" -W ignore tests/interop/test_python.py || result=1
echo "== npm: azure-iot-device, azure-iot-provisioning-device, azure-iothub, azure-iot-provisioning-service"
timeout 300 "$PYTHON" tests/interop/with_hub.py npm --prefix tests/interop/node test || result=1
echo "== Debian: mosquitto_pub and mosquitto_sub"
timeout 300 "$PYTHON" tests/interop/with_hub.py tests/interop/mosquitto.sh || result=1
echo "== Debian: the broker mosquitto behind the bridge"
timeout 300 "$PYTHON" -W ignore tests/interop/test_bridge.py || result=1
exit $result
