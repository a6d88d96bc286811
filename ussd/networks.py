"""How much each network shows of a screen, by the code that the gateway sends with every hop.

Safaricom's and Airtel's figures are from Africa's Talking's help centre (article 1284096). Where nothing is published the
smallest of them is taken: what fits there fits everywhere, and no network ever pages a screen of ours with keys of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

SAFARICOM_SEPTETS = 160
AIRTEL_SEPTETS = 184
# A screen with one character outside the GSM alphabet (3GPP TS 23.038, section 6.1.2.3: 160 octets of two each).
UCS2_UNITS = 80


@dataclass(frozen=True)
class Network:
    """A network's name, as figures are kept by it, and the septets that one of its screens holds."""

    name: str
    septets: int = SAFARICOM_SEPTETS


UNKNOWN = Network("unknown")
NETWORKS: dict[str, Network] = {
    "63902": Network("safaricom"),
    "63903": Network("airtel", AIRTEL_SEPTETS),
    "63907": Network("telkom"),
    "63999": Network("equitel"),
    "99999": Network("sandbox"),
}


def network_of(code: str) -> Network:
    """The network with this code."""
    return NETWORKS.get(code, UNKNOWN)
