"""What Africa's Talking tells the application about SMS: delivery reports, and messages that people send in.

Both are form posts without a signature, repeated until the application answers 200 or twelve hours are over.
"""

from urllib.parse import urlencode

import aiohttp

from core.sandbox import identifiers
from core.sandbox.africastalking.sms import Sms, SmsAccount
from core.sandbox.networks import NETWORKS
from core.sandbox.people import Person
from core.sandbox.world import World

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
GIVE_UP_SECONDS = 12 * 3600
SHORTCODE = "38477"
_LONGEST_WAIT_SECONDS = 600


class SmsCallbacks:
    """Sends them beside everything else, each with its own patience."""

    def __init__(self, world: World, account: SmsAccount) -> None:
        self._world = world
        self._account = account

    def resume(self) -> None:
        """Go on with the reports that the last run didn't get rid of."""
        for sms in self._account.messages:
            if sms.is_accepted and not sms.reported:
                self.report(sms)

    def report(self, sms: Sms) -> None:
        """Tell later how the delivery went."""
        faults = self._world.faults
        if faults.take("sms.delivery", "lose", phone=sms.to):
            self._account.mark_reported(sms)
            return
        delay = faults.take("sms.delivery", "delay", phone=sms.to)
        wait = self._world.behaviour.report_seconds + (delay.seconds_or(30) if delay else 0)
        statuses = [sms.report or "Success"]
        if faults.take("sms.delivery", "reorder", phone=sms.to):
            statuses.append("Sent")
        if faults.take("sms.delivery", "double", phone=sms.to):
            statuses.append(statuses[0])
        self._world.errands.run(self._report(sms, statuses, wait))

    async def _report(self, sms: Sms, statuses: list[str], wait: float) -> None:
        await self._world.clock.sleep(wait)
        for status in statuses:
            await self._post_until_taken("delivery", _report_form(sms, status, self._network(sms.to)))
        self._account.mark_reported(sms)

    def incoming(self, person: Person, *, text: str, to: str | None) -> None:
        """Somebody sends an SMS to our short code."""
        form = [
            ("date", f"{self._world.clock.now():%Y-%m-%d %H:%M:%S}"),
            ("from", person.phone),
            ("id", identifiers.request_id()),
            ("linkId", ""),
            ("text", text),
            ("to", to or SHORTCODE),
            ("cost", "0"),
            ("networkCode", NETWORKS[person.network].code),
        ]
        self._world.errands.run(self._post_until_taken("inbound", form))

    def _network(self, phone: str) -> str:
        person = self._world.people.by_phone(phone)
        return NETWORKS[person.network if person else "safaricom"].code

    async def _post_until_taken(self, path: str, form: list[tuple[str, str]]) -> None:
        settings, clock = self._world.settings, self._world.clock
        url = f"{settings.app_url.rstrip('/')}/sms/{settings.callback_token}/{path}"
        give_up, wait = clock.elapsed() + GIVE_UP_SECONDS, 1
        while not await _taken(self._world.http, url, urlencode(form).encode()) and clock.elapsed() < give_up:
            await clock.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)


def _report_form(sms: Sms, status: str, network_code: str) -> list[tuple[str, str]]:
    form = [("id", sms.id), ("status", status), ("phoneNumber", sms.to), ("networkCode", network_code)]
    if status == "Failed" and sms.reason:
        form.append(("failureReason", sms.reason))
    return [*form, ("retryCount", "0")]


async def _taken(http: aiohttp.ClientSession, url: str, body: bytes) -> bool:
    limit = aiohttp.ClientTimeout(total=10)
    try:
        async with http.post(url, data=body, headers={"Content-Type": FORM}, timeout=limit) as response:
            await response.read()
            return response.status == 200  # noqa: PLR2004 - the only status that counts
    except (aiohttp.ClientError, TimeoutError):
        return False
