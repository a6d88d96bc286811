"""How each gateway can be told to misbehave, and which misbehaviour is armed now.

A fault waits at a place (`daraja.callback`) for its chance and is used up after `times` chances, or never. It may be meant
for one phone only. Places ask `take` when the chance is there; what isn't armed costs nothing.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from core.sandbox import identifiers
from core.sandbox.mischief import BAD_DAY, Mischief

CATALOGUE: dict[str, dict[str, str]] = {
    "ussd.hop": {
        "duplicate": "the same request is sent twice at once; the handset shows the first answer",
        "late_duplicate": "the same request is sent again `seconds` after the answer (1)",
        "drop": "the request never reaches the application; the handset shows a network error",
        "drop_answer": "the application is asked, but its answer never reaches the handset",
        "mangle": "@ arrives as ¡, as some networks do",
        "slow": "the request is on its way for `seconds` (5)",
    },
    "ussd.event": {
        "lose": "the end-of-session event is never sent",
        "double": "it is sent twice",
    },
    "sms.send": {
        "reject": "the recipient is refused with the status `code` (406)",
        "http_500": "nothing is sent and the answer is HTTP 500",
        "html": "nothing is sent and the answer is a web page with HTTP 502",
        "hang": "the message is sent, but the answer takes `seconds` (30)",
        "unauthorised": "the API key is refused",
    },
    "sms.delivery": {
        "lose": "the delivery report is never sent",
        "double": "it is sent twice",
        "delay": "it comes `seconds` later (30)",
        "fail": "the message isn't delivered, for the `reason` (DeliveryFailure)",
        "reorder": "Success is followed by the earlier status Sent",
    },
    "sim.ask": {
        "http_500": "the question is not taken and the answer is HTTP 500",
        "hang": "the question is taken, but the answer to the request takes `seconds` (30)",
    },
    "sim.answer": {
        "lose": "whether the SIM was swapped is never answered",
        "delay": "it is answered `seconds` later (30)",
        "double": "it is answered twice",
        "swapped": "the answer says that the SIM was swapped `seconds` ago (3600)",
    },
    "daraja.oauth": {
        "http_500": "no token, HTTP 500",
        "hang": "the answer takes `seconds` (30)",
    },
    "daraja.push": {
        "hang": "the request is accepted, but the answer takes `seconds` (30)",
        "http_500": "refused with HTTP 500 and Daraja's error envelope",
        "http_429": "refused with HTTP 429, spike arrest",
        "html": "refused with a web page and HTTP 503",
    },
    "daraja.callback": {
        "lose": "the result is never sent",
        "delay": "it comes `seconds` later (30)",
        "reorder": "it is held back until another callback has gone, or for `seconds` (5)",
        "double": "it is sent twice at once",
        "late_duplicate": "it is sent again `seconds` later (1)",
        "before_answer": "the request is answered only after its result was sent, or after `seconds` (8)",
        "success_after_failure": "a cancelled payment (1032) turns out paid `seconds` later (2)",
        "forge_amount": "the result claims the whole shillings in `amount` (100000) instead of what was paid",
        "forge_success": "while the prompt is open, a success that never happened is reported",
        "success_without_receipt": "the result says paid, but has no metadata",
    },
    "daraja.payout": {
        "http_500": "refused with HTTP 500 and Daraja's error envelope; nothing is paid",
        "http_500_after": "taken, but answered with HTTP 500 and Daraja's error envelope",
        "http_429": "refused with HTTP 429, spike arrest",
        "html": "refused with a web page and HTTP 503",
        "html_after": "taken, but answered with a web page and HTTP 503",
        "hang": "taken, but the answer takes `seconds` (30)",
        "before_answer": "answered only after its result was sent, or after `seconds` (8)",
        "queue_timeout": "QueueTimeOutURL is called, and it is paid `seconds` (5) later; with any `code` no result is sent",
        "fail": "it isn't paid, and the result says so with the `code` (1)",
    },
    "daraja.result": {
        "lose": "the result of a payout, a question or a reversal is never sent",
        "delay": "it comes `seconds` later (30)",
        "reorder": "it is held back until another callback has gone, or for `seconds` (5)",
        "double": "it is sent twice at once",
        "late_duplicate": "it is sent again `seconds` later (1)",
    },
    "daraja.confirmation": {
        "lose": "the confirmation of a payment to the paybill is never sent",
        "delay": "it comes `seconds` later (30)",
        "reorder": "it is held back until another callback has gone, or for `seconds` (5)",
        "double": "it is sent twice at once",
        "late_duplicate": "it is sent again `seconds` later (1)",
        "forge": "a confirmation of `amount` shillings (100000) that nobody paid follows it",
    },
    "daraja.status": {
        "http_500": "refused with HTTP 500 and Daraja's error envelope",
        "http_429": "refused with HTTP 429, spike arrest",
        "html": "refused with a web page and HTTP 503",
        "hang": "the answer takes `seconds` (30)",
    },
    "daraja.pull": {
        "none": "the answer says that there are no payments, as for an account that may not ask",
        "http_500": "refused with HTTP 500 and Daraja's error envelope",
        "http_429": "refused with HTTP 429, spike arrest",
        "html": "refused with a web page and HTTP 503",
    },
    "daraja.query": {
        "pending": "the answer says that the payment is still being processed",
        "contradict": "the answer says cancelled for what was paid, and paid for what failed",
        "http_429": "refused with HTTP 429, spike arrest",
        "html": "refused with a web page and HTTP 503",
        "hang": "the answer takes `seconds` (30)",
    },
    "telegram.call": {
        "http_429": "refused: too many requests, retry after `seconds` (1); `method` limits it to one method",
        "http_500": "refused with HTTP 500; `method` limits it to one method",
        "hang": "not executed, the answer takes `seconds` (30); `method` limits it to one method",
        "hang_after": "executed, then the connection is closed without an answer; `method` limits it to one method",
    },
    "telegram.update": {
        "double": "the update is delivered twice, with one update_id",
        "delay": "the update comes `seconds` later (2)",
    },
}


class UnknownFault(Exception):
    """No such place or misbehaviour, or a figure it can't have; the message says what there is."""


@dataclass
class Fault:
    """One armed misbehaviour. `times` None: again and again. `phone` (+2547…) None: anybody's."""

    id: str
    where: str
    what: str
    times: int | None = 1
    phone: str | None = None
    seconds: float | None = None
    code: int | None = None
    amount: int | None = None
    reason: str | None = None
    method: str | None = None

    def seconds_or(self, usual: float) -> float:
        return usual if self.seconds is None else self.seconds

    def shown(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None or name in ("times", "phone")}


class Faults:
    """The armed ones, oldest first."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self.mischief = Mischief()

    @property
    def armed(self) -> list[Fault]:
        return list(self._armed)

    def arm(self, wanted: dict[str, Any]) -> Fault:
        """Arm a fault from its JSON form. Raises UnknownFault."""
        fault = Fault(id=identifiers.short_id(), **_checked(wanted))
        self._armed.append(fault)
        return fault

    def clear(self) -> None:
        self._armed.clear()
        self.mischief = Mischief()

    def take(self, where: str, what: str, *, phone: str | None = None, method: str | None = None) -> Fault | None:
        """Use up one chance of the first fault that fits, if any is armed; else the dice decide."""
        for fault in self._armed:
            fits = fault.where == where and fault.what == what
            if fits and fault.phone in (None, phone) and fault.method in (None, method):
                self._use(fault)
                return fault
        if self.mischief.strikes(where, what, phone):
            return Fault(id="dice", where=where, what=what, phone=phone, seconds=self.mischief.seconds)
        return None

    def throw_dice(self, wanted: dict[str, Any]) -> Mischief:
        """Have faults happen by themselves, from {seed, rates, seconds}; rates may be "bad-day". Raises UnknownFault."""
        rates = BAD_DAY if wanted.get("rates") == "bad-day" else wanted.get("rates", {})
        seed, seconds = wanted.get("seed", 0), wanted.get("seconds")
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise UnknownFault("seed must be a whole number")
        if seconds is not None and (not isinstance(seconds, int | float) or isinstance(seconds, bool)):
            raise UnknownFault("seconds must be a number of seconds")
        _check_figures({"seconds": seconds})
        self.mischief = Mischief(seed, _checked_rates(rates), seconds)
        return self.mischief

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self._armed.remove(fault)


def _checked(wanted: dict[str, Any]) -> dict[str, Any]:
    where, what = wanted.get("where"), wanted.get("what")
    if not isinstance(where, str) or where not in CATALOGUE:
        raise UnknownFault(f"where is one of {', '.join(CATALOGUE)}")
    if not isinstance(what, str) or what not in CATALOGUE[where]:
        raise UnknownFault(f"what is one of {', '.join(CATALOGUE[where])} at {where}")
    names = {field.name for field in fields(Fault)} - {"id"}
    if unknown := set(wanted) - names:
        raise UnknownFault(f"a fault has no {', '.join(sorted(unknown))}")
    for name, kinds, what_it_is in _KINDS:
        value = wanted.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, kinds)):
            raise UnknownFault(f"{name} must be {what_it_is}")
    _check_figures(wanted)
    phone, method = wanted.get("phone"), wanted.get("method")
    spelt = {"phone": f"+{phone.lstrip('+')}" if phone else None, "method": method.lower() if method else None}
    return {**wanted, **spelt}


def _checked_rates(rates: Any) -> dict[str, dict[str, float]]:
    """Places and faults that there are, each with a share. Raises UnknownFault."""
    if not isinstance(rates, dict):
        raise UnknownFault('rates is "bad-day", or places with faults with shares from 0 to 1')
    for where, faults in rates.items():
        if where not in CATALOGUE or not isinstance(faults, dict):
            raise UnknownFault(f"where is one of {', '.join(CATALOGUE)}")
        for what, rate in faults.items():
            if what not in CATALOGUE[where]:
                raise UnknownFault(f"what is one of {', '.join(CATALOGUE[where])} at {where}")
            if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 <= rate <= 1:
                raise UnknownFault("a share is from 0 to 1")
    return {where: dict(faults) for where, faults in rates.items()}


_KINDS: tuple[tuple[str, Any, str], ...] = (
    ("times", int, "a whole number or null"),
    ("phone", str, "a phone number such as +254712000001"),
    ("seconds", int | float, "a number of seconds"),
    ("code", int, "a whole number"),
    ("amount", int, "a whole number of shillings"),
    ("reason", str, "a text"),
    ("method", str, "the name of a Bot API method"),
)


def _check_figures(wanted: dict[str, Any]) -> None:
    times, seconds = wanted.get("times", 1), wanted.get("seconds")
    if times is not None and times < 1:
        raise UnknownFault("times must be 1 or more, or null for always")
    if seconds is not None and not 0 <= seconds <= 86_400:  # noqa: PLR2004 - one day
        raise UnknownFault("seconds must be from 0 to 86400")
