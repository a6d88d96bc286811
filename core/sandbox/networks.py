"""The mobile networks a phone can be on, with the limits that each puts on a USSD screen.

Safaricom's and Airtel's figures are from Africa's Talking's help articles 1284096 and 1284071; the others get the GSM
standard's own (3GPP TS 23.038 §6.1.2.3: 182 septets or 80 UCS-2 units). `sandbox` is their simulator, which neither pages
nor ends idle sessions.
"""

from dataclasses import dataclass
from typing import Literal

NetworkName = Literal["safaricom", "airtel", "telkom", "equitel", "sandbox"]
UCS2_UNITS = 80
GSM_SEPTETS = 182


@dataclass(frozen=True)
class Network:
    """Limits of one network. `septets` is what a screen holds; `typed` how many characters an answer may have."""

    key: NetworkName
    name: str
    code: str
    septets: int
    typed: int
    pages: bool = True
    ends_idle_sessions: bool = True


NETWORKS: dict[str, Network] = {
    network.key: network
    for network in (
        Network("safaricom", "Safaricom", "63902", septets=160, typed=80),
        Network("airtel", "Airtel", "63903", septets=184, typed=90),
        Network("telkom", "Telkom", "63907", septets=GSM_SEPTETS, typed=GSM_SEPTETS),
        Network("equitel", "Equitel", "63999", septets=GSM_SEPTETS, typed=GSM_SEPTETS),
        Network("sandbox", "AT simulator", "99999", GSM_SEPTETS, GSM_SEPTETS, pages=False, ends_idle_sessions=False),
    )
}
# Two digits after 0 tell most of the old number ranges apart; ported numbers make it a default only.
_AIRTEL = ("73", "75", "78", "10")
_TELKOM = ("77",)
_EQUITEL = ("76",)


def likely_network(phone: str) -> NetworkName:
    """The network that a number (`+2547…`) was first issued on."""
    start = phone[4:6]
    if start in _AIRTEL:
        return "airtel"
    if start in _TELKOM:
        return "telkom"
    return "equitel" if start in _EQUITEL else "safaricom"
