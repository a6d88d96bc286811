"""Every flow of the conversation. A new one is added to this list and to the language files."""

from core.dialogue.flows import (
    account,
    balance,
    contribute,
    deposit,
    devices,
    email,
    fees,
    groups,
    home,
    link,
    new_pin,
    paybill,
    register,
    security,
    step_up,
    withdraw,
)

FLOWS = (
    home,
    register,
    link,
    security,
    step_up,
    balance,
    deposit,
    contribute,
    groups,
    account,
    fees,
    new_pin,
    email,
    devices,
    withdraw,
    paybill,
)
