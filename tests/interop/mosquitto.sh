#!/usr/bin/env bash
# Debian's mosquitto clients as a device: telemetry, the twin, a method, a message; run by with_hub.py.
set -euo pipefail
cd "$(dirname "$0")"
passed=0 failed=0
device=mosquitto-device
python=${PYTHON:-python3}
fact() { "$python" -c 'import json,os,sys; print(json.loads(os.environ["HUB"])[sys.argv[1]])' "$1"; }
ca=$(fact ca_file)
page="http://$(fact http)/api"
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

# a device with keys of its own, and a token of it for an hour
curl --silent --fail --json "{\"id\":\"$device\"}" "$page/devices" >"$folder/device"
key=$(curl --silent --fail "$page/devices/$device/credentials" | "$python" -c 'import json,sys; print(json.load(sys.stdin)["primaryKey"])')
token() {
  "$python" - "$1" "$2" <<'PYTHON'
import sys, time, urllib.parse
from hub import sign
resource, expiry = urllib.parse.quote(sys.argv[1], safe=""), int(time.time()) + 3600
signature = urllib.parse.quote(sign(sys.argv[2], f"{resource}\n{expiry}"), safe="")
print(f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}")
PYTHON
}
password=$(token "localhost/devices/$device" "$key")
common=(--host localhost --port 8883 --cafile "$ca" --id "$device" --username "localhost/$device/?api-version=2021-04-12"
  --pw "$password" --protocol-version mqttv311 --qos 1)

# a request of the service API: method, path and JSON
service() {
  "$python" - "$@" <<'PYTHON'
import json, os, sys
from hub import Service
facts = json.loads(os.environ["HUB"])
body = json.loads(sys.argv[3]) if len(sys.argv) > 3 else None
print(json.dumps(Service(facts["service_connection_string"], facts["ca_file"]).call(sys.argv[1], sys.argv[2], body)))
PYTHON
}

check() {
  if [[ $2 == *"$3"* ]]; then
    passed=$((passed + 1)); echo "ok      $1"
  else
    failed=$((failed + 1)); echo "FAILED  $1: $2"
  fi
}

mosquitto_pub "${common[@]}" --topic "devices/$device/messages/events/%24.ct=application%2Fjson" --message '{"temp":21.5}'
check "telemetry arrives" "$(curl --silent "$page/devices/$device")" '21.5'

# this client publishes only, so the answer goes to nobody; mosquitto_rr, which asks and hears on one connection, subscribes to
# no wildcard, as the answers of a twin need
mosquitto_pub "${common[@]}" --topic '$iothub/twin/PATCH/properties/reported/?$rid=2' --message '{"state":true}'
check "a report is taken" "$(service GET "/twins/$device")" '"state": true'

# a message waits for a device that keeps its session, and a will is told when it is gone
mosquitto_sub "${common[@]}" --disable-clean-session --topic "devices/$device/messages/devicebound/#" -E
"$python" - "$device" <<'PYTHON'
import json, os, sys
from hub import Service
facts = json.loads(os.environ["HUB"])
status, answer = Service(facts["service_connection_string"], facts["ca_file"]).send(sys.argv[1], b"hello", {"iothub-messageid": "m-1"})
assert status == 204, (status, answer)
PYTHON
answer=$(mosquitto_sub "${common[@]}" --disable-clean-session --topic "devices/$device/messages/devicebound/#" -C 1 -W 20 -v)
check "a queued message arrives" "$answer" '%24.mid=m-1'
mosquitto_sub "${common[@]}" --topic '$iothub/methods/POST/#' --will-topic "devices/$device/messages/events/" --will-payload '{"temp":-1}' &
willed=$!
until curl --silent "$page/devices/$device" | grep --quiet '"connected":true'; do :; done
kill -KILL $willed
wait $willed 2>/dev/null || true
until curl --silent "$page/devices/$device" | grep --quiet '"connected":false'; do :; done
check "a will is delivered" "$(curl --silent "$page/devices/$device")" '"value":-1'

# a method: the request's topic says which one is answered, and none of the clients reads that and then publishes on the same
# connection, so the call gets no answer
mosquitto_sub "${common[@]}" --topic '$iothub/methods/POST/#' -C 1 -W 20 -v >"$folder/request" &
subscribed=$!
service POST "/twins/$device/methods" '{"methodName":"blink","payload":5,"connectTimeoutInSeconds":10,"responseTimeoutInSeconds":5}' >"$folder/answer" &
called=$!
wait $subscribed
check "a method arrives with its payload" "$(cat "$folder/request")" 'methods/POST/blink/?$rid='
wait $called
check "its call ends when the device leaves without an answer" "$(cat "$folder/answer")" '504101'

answer=$(mosquitto_pub "${common[@]}" --topic home/kitchen --message x 2>&1 || true)
check "an unknown topic is logged with its reason" "$(curl --silent "$page/log")" 'home/kitchen'

answer=$(mosquitto_pub --host localhost --port 8883 --cafile "$ca" --id "$device" --username "localhost/$device/?api-version=2021-04-12" \
  --pw wrong --topic "devices/$device/messages/events/" --message x 2>&1 || true)
check "a wrong password is refused" "$answer" 'not authorised'

answer=$(mosquitto_pub "${common[@]}" --protocol-version mqttv5 --topic "devices/$device/messages/events/" --message x 2>&1 || true)
check "another version of MQTT is refused" "$(curl --silent "$page/log")" 'another version of MQTT (level 5)'

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
