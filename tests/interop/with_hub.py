"""Runs a command beside a local hub.

    with_hub.py COMMAND...

DEVICE_MODEL_BIN names the `device-model` binary. The command finds in its environment HUB (the hub's line of JSON),
NODE_EXTRA_CA_CERTS (the hub's authority), DEVICE_CERTIFICATE, DEVICE_KEY, DEVICE_THUMBPRINT (of a device called
`certified`), and CHAIN, CHAIN_KEY (of a device called `chained` and its intermediate) with CHAIN_ROOT. The service API is on port 443 where that can be bound. Ends with the command's exit code.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from certificates import Authority, DeviceCertificate
from hub import Hub, can_bind

MODELS = Path(__file__).resolve().parent.parent.parent / "models"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder, Hub(os.environ["DEVICE_MODEL_BIN"], str(MODELS), 443 if can_bind(443) else 0) as hub:
        certificate = DeviceCertificate(folder, "certified")
        root = Authority("root of the tests")
        chained = DeviceCertificate(folder, "chained", Authority("intermediate", root))
        root_file = Path(folder) / "root.pem"
        root_file.write_text(root.pem)
        environment = {
            **os.environ,
            "HUB": json.dumps(hub.facts),
            "NODE_EXTRA_CA_CERTS": hub.facts["ca_file"],
            "DEVICE_CERTIFICATE": str(certificate.certificate_file),
            "DEVICE_KEY": str(certificate.key_file),
            "DEVICE_THUMBPRINT": certificate.thumbprint,
            "CHAIN": str(chained.certificate_file),
            "CHAIN_KEY": str(chained.key_file),
            "CHAIN_ROOT": str(root_file),
        }
        sys.exit(subprocess.run(sys.argv[1:], env=environment).returncode)


if __name__ == "__main__":
    main()
