"""How patient and how strict the played networks are. Everything can be turned while the sandbox runs."""

from dataclasses import dataclass, fields
from typing import Any

_LARGEST_PAGE = 10_000
DEEP_DIALS = ("text", "empty", "service_code")


class BadSetting(Exception):
    """A setting that doesn't exist, or a value it can't have; the message says which and why."""


@dataclass
class Behaviour:
    """Seconds are real seconds. A value of 0 for one of the session limits switches that limit off."""

    # A Safaricom session ends after 30 s of silence and 180 s in all; someone typing in a browser needs longer.
    idle_seconds: float = 180
    total_seconds: float = 600
    # Africa's Talking gives the application ten seconds to answer a hop.
    answer_seconds: float = 10
    # The first request of a deep dial carries the digits in `text`, in `serviceCode`, or nowhere: sources disagree.
    deep_dial: str = "text"
    # How long the handset shows an M-PESA prompt before it gives up.
    prompt_seconds: float = 60
    # Safaricom refuses the same amount from the same customer within two minutes (result 17).
    rule_17: bool = False
    # M-PESA tells the payer about each payment by an SMS of its own.
    mpesa_sms: bool = False
    # How long M-PESA takes to pay what we send to a phone, and to answer a question about a transaction.
    payout_seconds: float = 0.5
    answer_delay_seconds: float = 0.3
    # Whether the application is asked before a payment to the paybill is taken; in production it is switched on by request.
    validation: bool = False
    # Whether a prompt's result shows the payer's number masked, as is spreading.
    mask_phones: bool = False
    # How many payments one page of Pull has.
    pull_page: int = 100
    # How long the network takes to report an SMS as delivered.
    report_seconds: float = 0.3

    def change(self, wanted: dict[str, Any]) -> None:
        """Turn some of them, all or none. Raises BadSetting."""
        checked = {name: self._checked(name, value) for name, value in wanted.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def _checked(self, name: str, value: Any) -> Any:
        kinds = {field.name: field.type for field in fields(self)}
        if name not in kinds:
            raise BadSetting(f"there is no setting {name!r}; there are {', '.join(kinds)}")
        if name == "deep_dial" and value not in DEEP_DIALS:
            raise BadSetting(f"deep_dial is one of {', '.join(DEEP_DIALS)}")
        if kinds[name] is bool and not isinstance(value, bool):
            raise BadSetting(f"{name} is true or false")
        if kinds[name] is int and not (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST_PAGE):
            raise BadSetting(f"{name} is a whole number from 1 to {_LARGEST_PAGE}")
        if kinds[name] is float and not _is_seconds(value):
            raise BadSetting(f"{name} is a number of seconds from 0 to 86400")
        return value


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 86_400  # noqa: PLR2004
