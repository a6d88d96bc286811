"""The security credential: the API operator's password, encrypted for Safaricom.

RSA with PKCS#1 v1.5 padding under the certificate that Safaricom gives out, one for its sandbox and another for production.
The same ciphertext may be used again, so it is made once.
"""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


class NoCredential(Exception):
    """The certificate can't be used; the message says why, without secrets."""


def security_credential(certificate: Path, password: str) -> str:
    """The password for M-Pesa alone, in base64. Raises NoCredential."""
    try:
        content = certificate.read_bytes()
        key = _certificate(content).public_key()
    except OSError as problem:
        raise NoCredential(f"DARAJA_CERTIFICATE can't be read: {problem.strerror}") from problem
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise NoCredential("DARAJA_CERTIFICATE is not an X.509 certificate") from problem
    if not isinstance(key, RSAPublicKey):
        raise NoCredential("DARAJA_CERTIFICATE has no RSA key")
    return base64.b64encode(key.encrypt(password.encode(), PKCS1v15())).decode()


def _certificate(content: bytes) -> x509.Certificate:
    """As text (PEM) or as it is (DER): Safaricom has given out both."""
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_certificate(content)
    return x509.load_der_x509_certificate(content)
