"""Certificates for devices, made for one run of the tests: self-signed ones, and chains root -> intermediate -> device."""

import datetime
import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Somebody who signs: a root, or with `above` an intermediate. `chain` is what a device sends along: no root."""

    def __init__(self, name, above=None):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = subject(name)
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        self.certificate = signed(self.name, self.key, above or self, lambda builder: builder.add_extension(constraints, critical=True))
        self.pem = pem_of(self.certificate)
        self.chain = self.pem + above.chain if above else ""


class DeviceCertificate:
    """A certificate with its key, as files in `folder`; the common name is the device's id. It is self-signed unless there is
    a `signer`; then the file has the signer's chain, too."""

    def __init__(self, folder, name, signer=None):
        self.key, self.name = ec.generate_private_key(ec.SECP256R1()), subject(name)
        certificate = signed(self.name, self.key, signer or self)
        self.pem = pem_of(certificate) + (signer.chain if signer else "")
        self.key_pem = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
        self.certificate_file, self.key_file = Path(folder) / f"{name}.pem", Path(folder) / f"{name}.key"
        self.certificate_file.write_text(self.pem)
        self.key_file.write_text(self.key_pem)
        self.thumbprint = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest().upper()


def subject(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def pem_of(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def signed(name, key, signer, extend=lambda builder: builder):
    """A certificate of `name` that is valid today; the signer may be itself."""
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(signer.name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=2))
    return extend(builder).sign(signer.key, hashes.SHA256())
