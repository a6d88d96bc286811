"""The practice phone in a terminal: `mtaa dial` against the sandbox's own servers."""

import pytest
from aiohttp import web

from core.cli.dial import Handset, NotThere, play
from tests.sandbox.test_sandbox_daraja import RESULTS, Daraja

WANJIRU = "254712000001"
HOPS = "/ussd/c0ffee"


@pytest.fixture
async def handset(control, http):
    return await Handset.find(http, f"{control.url}/phone/api", WANJIRU)


def screens(*said):
    left = list(said)
    return lambda call: web.Response(text=left.pop(0) if call.path == HOPS else "")


class Typist:
    """Types one line after another and keeps what was said."""

    def __init__(self, *lines):
        self.lines, self.said = list(lines), []

    async def ask(self, _screen):
        return self.lines.pop(0) if self.lines else None


async def test_dial_when_lines_are_typed_shows_each_screen(handset, application):
    application.answer = screens("CON Karibu\n1. Balance", "END We'll send it by SMS")
    typist = Typist("1")

    await play(handset, "*384*77#", ask=typist.ask, say=typist.said.append, patience=0)

    assert typist.said == [
        f"{handset.name}, +254712000001, dials *384*77#",
        "Karibu\n1. Balance",
        "We'll send it by SMS",
    ]
    assert [call.fields["text"] for call in application.to(HOPS)] == ["", "1"]


async def test_dial_when_mpesa_asks_after_the_session_takes_the_pin_and_reads_out_the_sms(handset, http, box, application):
    daraja = Daraja(http, box.addresses["daraja"], application.url + RESULTS)
    await daraja.log_in()
    typist, hop = Typist("1234"), screens("END Wait for M-PESA")

    async def answer(call):
        if call.path == RESULTS:
            wanted = {"username": "sandbox", "to": "+254712000001", "message": "You have KES 500.00"}
            url = f"{box.addresses['africastalking']}/version1/messaging"
            await http.post(url, data=wanted, headers={"apiKey": "development-only-secret", "Accept": "application/json"})
        return hop(call)

    application.answer = answer

    await daraja.push()
    await play(handset, "*384*77#", ask=typist.ask, say=typist.said.append)

    assert "M-PESA: pay Ksh500 to MTAA GROUPS, account UMOJA1? M-PESA PIN, or 0 to cancel" in typist.said
    assert typist.said[-1].endswith("You have KES 500.00")
    assert typist.said[-1].startswith("SMS from ")


async def test_dial_when_the_lines_end_hangs_up(handset, control, application):
    application.answer = screens("CON Karibu\n1. Balance")

    await play(handset, "*384*77#", ask=Typist().ask, say=lambda _text: None)

    assert (await control.person(WANJIRU))["ussd"] is None


async def test_phone_when_nobody_has_it_is_not_there(control, http):
    with pytest.raises(NotThere, match="nobody"):
        await Handset.find(http, f"{control.url}/phone/api", "254799999999")
