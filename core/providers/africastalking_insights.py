"""Whether a SIM was swapped, by Africa's Talking Insights: asked here, answered later by a callback.

A question costs money and has no key against asking twice, so what may have been taken isn't asked again: the check fails,
which is "unknown", and the next payout asks anew.
"""

from __future__ import annotations

from typing import Any

import aiohttp

from core.kernel.phone import Phone
from core.kernel.settings import AfricasTalkingSettings
from core.notifications.ports import Accepted, Outcome, Rejected, Unknown

TIMEOUT = aiohttp.ClientTimeout(total=12, connect=3)
PATH = "/v1/sim-swap"
LONGEST_ID = 100
SUCCESS = range(200, 300)
SERVER_ERROR = 500


class AfricasTalkingInsights:
    """Asks one number at a time. One object serves a whole process."""

    def __init__(self, settings: AfricasTalkingSettings) -> None:
        self._settings = settings
        self._http: aiohttp.ClientSession | None = None

    async def ask(self, phone: Phone) -> Outcome:
        """Ask when this number's SIM was last swapped."""
        body = {"username": self._settings.username, "phoneNumbers": [phone]}
        headers = {"apiKey": self._settings.api_key, "Accept": "application/json"}
        try:
            async with self._session().post(
                self._settings.insights_url + PATH, json=body, headers=headers, timeout=TIMEOUT
            ) as answer:
                if answer.status not in SUCCESS:
                    return _refused(answer.status)
                return _read(await answer.json(content_type=None))
        except aiohttp.ClientConnectorError as problem:
            return Rejected(f"no connection: {type(problem).__name__}", retry=True)
        except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
            return Unknown(f"no answer: {type(problem).__name__}")

    async def aclose(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    def _session(self) -> aiohttp.ClientSession:
        """Made on first use, because it belongs to the running loop."""
        if self._http is None:
            self._http = aiohttp.ClientSession()
        return self._http


def _refused(status: int) -> Outcome:
    return Rejected(f"status {status}") if status < SERVER_ERROR else Unknown(f"status {status}")


def _read(answer: Any) -> Outcome:
    """The id that the answer will come under: of the whole request, or of our one number in its list."""
    found = answer if isinstance(answer, dict) else {}
    listed = found.get("responses")
    one = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else found
    status, identifier = one.get("status", found.get("status")), one.get("requestId")
    if status == "Queued" and isinstance(identifier, str) and 0 < len(identifier) <= LONGEST_ID:
        return Accepted(identifier)
    return Rejected(f"not queued: {str(status)[:40]}")
