"""What a member approves when her PIN is not enough: one action, exactly as she read it.

The intent makes each approval one of a kind: the same amount to the same payee is approved anew, and an approval that was
given can't be carried to another payment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.kernel.texts import Text, text

# A code by SMS is the only number of six digits in its message, so a payee called "Chama 482913" is written in threes.
LONG_NUMBER = re.compile(r"\d{6,}")


def must_be_by_authenticator(*, as_official: bool, officials_two_factor: bool) -> bool:
    """Must this approval be by her authenticator? Yes where she acts for a group that wants it of its officials.

    Whoever knows the group's rules asks this and puts the answer into `Approval.by_role`, each time from the rules as they are
    then: an approval that was proven under other rules doesn't fit and is asked for again. All else follows from it:
    `step_up.still_to_prove` says AUTHENTICATOR or ENROLMENT whatever the amount, and `step_up.require_step_up`, in the unit
    that takes the approval, lets no code by SMS and no limit of hers stand in for it.
    """
    return as_official and officials_two_factor


@dataclass(frozen=True)
class Approval:
    """One action to approve. `action` picks the words for it; `payee` is who gets the money by name, `payee_id` by id.

    Without an amount it's a change of her security settings, which is always approved. `by_role`: her role wants her
    authenticator, whatever the amount, and no code by SMS will do (see `must_be_by_authenticator`).
    `if_enrolled`: a change, made on her phone, that takes her authenticator where she has one, and her PIN alone where she
    hasn't, because a code by SMS would come to the very phone in the hand of whoever makes it. Such a change waits
    (`waiting_time`).
    """

    action: str
    intent: IntentId
    amount: Money | None = None
    payee: str = ""
    payee_id: str = ""
    by_role: bool = False
    if_enrolled: bool = False

    def spelled_out(self) -> str:
        """Everything that is approved, in one string that differs whenever anything of it does."""
        amount = [self.amount.minor, self.amount.currency.code] if self.amount else None
        return json.dumps([self.action, str(self.intent), amount, self.payee, self.payee_id, self.by_role, self.if_enrolled])

    def said(self) -> Text:
        """What is approved, as a person reads it: "pay KES 500 to Umoja"."""
        named = LONG_NUMBER.sub(lambda found: _in_threes(found.group()), self.payee)
        return text("approval", action=self.action, amount=self.amount or "", payee=named)

    def keep(self) -> dict[str, Any]:
        """As a conversation's session keeps it."""
        return dict(vars(self))

    @staticmethod
    def kept(found: Mapping[str, Any]) -> Approval:
        """From what `keep` gave."""
        return Approval(**{**found, "intent": IntentId(UUID(str(found["intent"])))})


def _in_threes(digits: str) -> str:
    return " ".join(digits[place : place + 3] for place in range(0, len(digits), 3))
