"""SMS: one contract for the carrier in memory and the real adapter, then the traps of the SDK."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from core.kernel.phone import Phone
from core.kernel.settings import AfricasTalkingSettings
from core.notifications.ports import Accepted, Outcome, Rejected, Unknown
from core.providers.africastalking_sms import AfricasTalkingSms, NotAnswering, read_cost
from tests.providers.carriers import NOBODY_LISTENS, WANJIRU, PlayedSms, SmsCompany, SmsTwin, played_sms
from tests.providers.companies import serving

PHONE = Phone(WANJIRU)
SECRET = "482913"


@pytest.fixture(params=["twin", "africastalking"])
async def company(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmsCompany]:
    monkeypatch.setattr("core.providers.africastalking_sms.TIMEOUT", (1, 0.5))
    if request.param == "twin":
        yield SmsTwin()
        return
    async with played_sms(tmp_path) as played:
        yield played


async def send(company: SmsCompany, message: str = "Habari Wanjiru") -> Outcome:
    return await company.port.send(to=PHONE, message=message)


async def test_message_when_taken_then_arrives_and_has_an_id_and_a_cost(company: SmsCompany) -> None:
    first, second = await send(company), await send(company)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.message_id != second.message_id
    assert (first.cost, company.inbox()) == (Decimal("0.8"), ["Habari Wanjiru"] * 2)


async def test_message_when_long_then_each_part_costs(company: SmsCompany) -> None:
    outcome = await send(company, "x" * 161)
    assert isinstance(outcome, Accepted)
    assert outcome.cost == Decimal("1.6")


@pytest.mark.parametrize("message", ["a&b=c+d %41 ;", "mstari\nwa pili", "Ng'ang'a @ £5", "Zoë – 😀"])
async def test_message_when_it_has_odd_characters_then_arrives_as_it_is(company: SmsCompany, message: str) -> None:
    assert isinstance(await send(company, message), Accepted)
    assert company.inbox() == [message]


@pytest.mark.parametrize("code", [402, 403, 404, 406, 407, 409, 502])
async def test_message_when_refused_for_good_then_rejected(company: SmsCompany, code: int) -> None:
    company.refuse(code)
    outcome = await send(company)
    assert isinstance(outcome, Rejected)
    assert (outcome.retry, str(code) in outcome.reason, company.inbox()) == (False, True, [])


async def test_message_when_account_is_empty_then_rejected_until_later(company: SmsCompany) -> None:
    company.refuse(405)
    outcome = await send(company)
    assert isinstance(outcome, Rejected)
    assert outcome.retry


@pytest.mark.parametrize("code", [401, 500, 501])
async def test_message_when_status_says_neither_then_unknown(company: SmsCompany, code: int) -> None:
    company.refuse(code)
    assert isinstance(await send(company), Unknown)


async def test_message_when_gateway_breaks_down_then_unknown(company: SmsCompany) -> None:
    company.break_down()
    assert isinstance(await send(company), Unknown)


async def test_message_when_answer_is_lost_then_unknown_although_it_arrived(company: SmsCompany) -> None:
    company.lose_the_answer()
    assert isinstance(await send(company), Unknown)
    assert company.inbox() == ["Habari Wanjiru"]


async def test_message_when_key_is_refused_then_rejected_until_it_is_put_right(company: SmsCompany) -> None:
    company.forget_our_key()
    outcome = await send(company)
    assert isinstance(outcome, Rejected)
    assert (outcome.retry, company.inbox()) == (True, [])


async def test_message_when_gateway_cannot_be_reached_then_rejected_until_later(company: SmsCompany) -> None:
    company.go_away()
    outcome = await send(company)
    assert isinstance(outcome, Rejected)
    assert (outcome.retry, company.inbox()) == (True, [])


async def test_message_when_many_are_sent_at_once_then_all_arrive_once(company: SmsCompany) -> None:
    outcomes = await asyncio.gather(*(send(company, f"ujumbe {number}") for number in range(30)))
    assert len({outcome.message_id for outcome in outcomes if isinstance(outcome, Accepted)}) == 30
    assert sorted(company.inbox()) == sorted(f"ujumbe {number}" for number in range(30))


# From here on: the adapter alone.


@pytest.fixture
async def played(tmp_path: Path) -> AsyncIterator[PlayedSms]:
    async with played_sms(tmp_path) as company:
        yield company


async def test_ping_when_account_answers_then_its_balance(played: PlayedSms) -> None:
    assert await played.port.ping() == "KES 10000.0000"


async def test_ping_when_nobody_answers_then_says_so_without_the_key() -> None:
    port = AfricasTalkingSms(AfricasTalkingSettings(base_url=NOBODY_LISTENS, api_key=SECRET))
    with pytest.raises(NotAnswering) as problem:
        await port.ping()
    assert SECRET not in str(problem.value)
    assert problem.value.__cause__ is None
    await port.aclose()


async def test_sender_id_when_not_ours_then_rejected(played: PlayedSms) -> None:
    from dataclasses import replace

    port = AfricasTalkingSms(replace(played.settings, sender_id="SAFARICOM"))
    assert await port.send(to=PHONE, message="x") == Rejected("InvalidSenderId")
    await port.aclose()


async def test_message_when_whatever_happens_then_never_in_a_log(played: PlayedSms, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await send(played, f"nambari {SECRET}")
        played.break_down()
        await send(played, f"nambari {SECRET}")
        played.go_away()
        await send(played, f"nambari {SECRET}")
    assert SECRET not in caplog.text
    assert played.settings.api_key not in caplog.text


class Answering:
    """A gateway that answers with exactly this, and remembers what it was asked."""

    def __init__(self, body: str, *, status: int = 201, content_type: str = "application/json") -> None:
        self._body, self._status, self._type = body, status, content_type
        self.asked: list[dict[str, Any]] = []

    async def handle(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.asked.append({"path": request.path, "key": request.headers["apiKey"], **form})
        return web.Response(status=self._status, body=self._body.encode(), headers={"Content-Type": self._type})


async def ask(gateway: Answering, *, username: str = "sandbox") -> Outcome:
    app = web.Application()
    app.router.add_post("/{path:.*}", gateway.handle)
    async with serving(app) as url:
        port = AfricasTalkingSms(AfricasTalkingSettings(username=username, base_url=url, api_key="k", sender_id=""))
        outcome = await port.send(to=PHONE, message="Habari")
        await port.aclose()
    return outcome


def answer(**recipient: Any) -> str:
    usual = {"statusCode": 101, "number": WANJIRU, "status": "Success", "cost": "KES 0.8000", "messageId": "ATXid_1"}
    return json.dumps({"SMSMessageData": {"Message": "Sent", "Recipients": [{**usual, **recipient}]}})


@pytest.mark.parametrize("username", ["sandbox", "mtaa"])
async def test_request_when_sent_then_goes_to_our_address_whatever_the_user_is_called(username: str) -> None:
    gateway = Answering(answer())
    await ask(gateway, username=username)
    (asked,) = gateway.asked
    assert asked == {
        "path": "/version1/messaging",
        "key": "k",
        "username": username,
        "to": WANJIRU,
        "message": "Habari",
        "bulkSMSMode": "1",
    }


async def test_answer_when_its_content_type_has_a_charset_then_read_all_the_same() -> None:
    outcome = await ask(Answering(answer(), content_type="application/json; charset=utf-8"))
    assert outcome == Accepted("ATXid_1", Decimal("0.8000"))


@pytest.mark.parametrize("code", [100, 101, 102, "101"])
async def test_answer_when_message_is_processed_sent_or_queued_then_accepted(code: Any) -> None:
    assert isinstance(await ask(Answering(answer(statusCode=code))), Accepted)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Sent!",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"SMSMessageData": {}}',
        '{"SMSMessageData": {"Recipients": ["x"]}}',
        '{"SMSMessageData": {"Recipients": [{}]}}',
        '{"SMSMessageData": {"Recipients": [{"statusCode": "soon"}]}}',
        '{"SMSMessageData": {"Recipients": [{"statusCode": 999}]}}',
        "<html>",
    ],
)
async def test_answer_when_it_cannot_be_understood_then_unknown(body: str) -> None:
    assert isinstance(await ask(Answering(body)), Unknown)


@pytest.mark.parametrize("status", [500, 502, 503, 404])
async def test_answer_when_it_is_an_error_page_then_unknown(status: int) -> None:
    page = Answering("<html>trouble</html>", status=status, content_type="text/html")
    assert isinstance(await ask(page), Unknown)


async def test_answer_when_accepted_without_an_id_then_accepted_without_one() -> None:
    assert await ask(Answering(answer(messageId="None"))) == Accepted("", Decimal("0.8000"))


async def test_answer_when_cost_is_in_another_currency_then_no_cost() -> None:
    assert await ask(Answering(answer(cost="USD 0.0200"))) == Accepted("ATXid_1", None)


@pytest.mark.parametrize(
    ("written", "cost"),
    [
        ("KES 0.8000", Decimal("0.8000")),
        ("KES 1.6", Decimal("1.6")),
        ("KES 0", Decimal(0)),
        ("0", Decimal(0)),
        (" KES 0.8000 ", Decimal("0.8000")),
        ("0.8", None),
        ("USD 0.02", None),
        ("KES -1", None),
        ("KES 1e9", None),
        ("KES NaN", None),
        ("", None),
        ("free", None),
        ("KES ٨", None),
    ],
)
def test_cost_when_written_then_read_exactly_or_not_at_all(written: str, cost: Decimal | None) -> None:
    assert read_cost(written) == cost


async def test_messages_when_gateway_hangs_then_threads_stay_bounded_and_nobody_waits_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    monkeypatch.setattr("core.providers.africastalking_sms.TIMEOUT", (1, 1))
    monkeypatch.setattr("core.providers.africastalking_sms.CALL_SECONDS", 2)
    async with played_sms(tmp_path) as company:
        for _ in range(40):
            company.lose_the_answer()
        sending = asyncio.gather(*(send(company, "x") for _ in range(40)))
        await asyncio.sleep(0.5)
        assert sum(thread.name.startswith("sms") for thread in threading.enumerate()) <= 8
        assert all(isinstance(outcome, Unknown) for outcome in await sending)
