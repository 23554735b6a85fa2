"""Certificates of the sandbox's own making, for clients that speak nothing but TLS."""

from dataclasses import dataclass
from pathlib import Path

NAMES = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files: ``authority`` is what clients must trust, ``key`` is private (mode 0600)."""

    authority: Path
    certificate: Path
    key: Path


def make(folder: Path) -> Certificates:
    """A new authority, which exists nowhere else, and a certificate of it for the loopback names."""
    import trustme

    authority = trustme.CA(organization_name="supportctl sandbox")
    issued = authority.issue_cert(*NAMES)
    made = Certificates(folder / "sandbox-ca.pem", folder / "sandbox-cert.pem", folder / "sandbox-key.pem")
    made.key.unlink(missing_ok=True)
    made.key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(made.key)
    made.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(made.authority)
    return made
