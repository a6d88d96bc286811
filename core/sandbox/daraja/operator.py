"""The API operator: who may move our money out, proven by a password that is encrypted for Safaricom.

The key pair is made once per sandbox. The certificate lies in its folder as `daraja.pem`, where the application is pointed
to by DARAJA_CERTIFICATE, as it would be to the one that Safaricom gives out.
"""

import base64
import binascii
import os
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from core.sandbox.world import World

CERTIFICATE, KEY = "daraja.pem", "daraja.key"
_KEY_BITS = 2048
_VALID = timedelta(days=3650)


class Operator:
    def __init__(self, world: World) -> None:
        self._world = world
        self._key: rsa.RSAPrivateKey | None = None

    @property
    def certificate(self) -> Path:
        return self._world.store.folder / CERTIFICATE

    def prepare(self) -> None:
        """Make the key pair unless it is there. Takes a tenth of a second of computing."""
        place = self._world.store.folder / KEY
        if place.is_file() and self.certificate.is_file():
            self._key = _private(place.read_bytes())
            return
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
        plain = serialization.NoEncryption()
        pem = self._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
        self.certificate.write_bytes(self._signed(self._key).public_bytes(serialization.Encoding.PEM))

    def knows(self, name: object, credential: object) -> bool:
        """Whether this is our operator with the right password."""
        settings = self._world.settings
        if self._key is None or not settings.initiator_password or not isinstance(credential, str):
            return False
        try:
            password = self._key.decrypt(base64.b64decode(credential, validate=True), PKCS1v15())
        except (binascii.Error, ValueError):
            return False
        return name == settings.initiator and password == settings.initiator_password.encode()

    def _signed(self, key: rsa.RSAPrivateKey) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "M-PESA sandbox")])
        now = self._world.clock.wall()
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + _VALID)
            .sign(key, hashes.SHA256())
        )


def _private(pem: bytes) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the sandbox's key is an RSA key")
    return key
