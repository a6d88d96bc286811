"""What every mobile-money company promises: the same suite for the one in memory and for Daraja over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.kernel.ids import IntentId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.payments.outcomes import Accepted, Failed, Pending, Succeeded, Unknown
from core.payments.ports import CollectRequest
from core.payments.stk_callback import StkResult, read_stk_callback

from .companies import Company, Twin, played_daraja

PHONE = Phone("+254712000001")


@pytest.fixture(params=["twin", "daraja"])
async def company(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Company]:
    if request.param == "twin":
        yield Twin()
        return
    async with played_daraja(tmp_path) as played:
        yield played


def wanted(company: Company, **changed: Any) -> CollectRequest:
    given: dict[str, Any] = {
        "intent": IntentId(TimeOrderedIds().new()),
        "phone": PHONE,
        "amount": Money(500_00),
        "reference": "7K3M9QFX",
        "description": "Deposit",
        "callback_url": company.callback_url,
    }
    return CollectRequest(**{**given, **changed})


async def accepted(company: Company, **changed: Any) -> Accepted:
    outcome = await company.port.collect(wanted(company, **changed))
    assert isinstance(outcome, Accepted)
    return outcome


async def read(company: Company) -> StkResult:
    result = read_stk_callback(await company.callback())
    assert isinstance(result, StkResult)
    return result


async def test_push_when_taken_gives_ids_of_its_own(company: Company) -> None:
    first, second = await accepted(company), await accepted(company, phone=Phone("+254722000002"))

    assert first.reference.startswith("ws_CO_")
    assert len({first.reference, second.reference}) == 2
    assert first.second_reference


async def test_query_before_the_end_is_pending(company: Company) -> None:
    prompt = await accepted(company)

    assert await company.port.query_collection(reference=prompt.reference) == Pending()


async def test_query_about_what_nobody_knows_yet_is_pending(company: Company) -> None:
    assert await company.port.query_collection(reference="ws_CO_never") == Pending()


async def test_prompt_when_paid_reports_amount_receipt_and_time_and_queries_as_paid(company: Company) -> None:
    prompt = await accepted(company)
    await company.pay(PHONE)

    result = await read(company)
    assert (result.result_code, result.amount) == ("0", Decimal(500))
    assert result.checkout_request_id == prompt.reference
    assert result.merchant_request_id == prompt.second_reference
    assert result.receipt is not None
    assert len(result.receipt) == 10
    assert result.paid_at is not None
    assert result.phone == "+2547XX***001"
    answer = await company.port.query_collection(reference=prompt.reference)
    assert isinstance(answer, Succeeded)


@pytest.mark.parametrize(("end", "code"), [("cancel", "1032"), ("mistype", "2001"), ("ignore", "1037")])
async def test_prompt_when_it_ends_otherwise_reports_and_queries_the_same_code(company: Company, end: str, code: str) -> None:
    prompt = await accepted(company)
    await getattr(company, end)(PHONE)

    result = await read(company)
    assert (result.result_code, result.amount, result.receipt) == (code, None, None)
    answer = await company.port.query_collection(reference=prompt.reference)
    assert isinstance(answer, Unknown if code == "1037" else Failed)
    assert answer.code == code


@pytest.mark.parametrize("changed", [{"reference": "x" * 13}, {"description": "x" * 14}])
async def test_push_when_a_text_is_too_long_is_rejected_and_shows_nothing(company: Company, changed: dict[str, str]) -> None:
    outcome = await company.port.collect(wanted(company, **changed))

    assert isinstance(outcome, Failed)
    assert outcome.code == "400.002.02"
    assert company.prompts_shown() == 0


async def test_push_when_nobody_is_there_never_left_us(company: Company) -> None:
    company.go_away()

    outcome = await company.port.collect(wanted(company))

    assert isinstance(outcome, Failed)
    assert outcome.code == "unreachable"
    assert company.prompts_shown() == 0


async def test_push_when_the_answer_is_lost_is_unknown_and_the_phone_rang_once(company: Company) -> None:
    company.lose_answers()

    outcome = await company.port.collect(wanted(company))

    assert isinstance(outcome, Unknown)
    assert company.prompts_shown() == 1
    await company.pay(PHONE)
    assert (await read(company)).result_code == "0"


async def test_query_when_the_answer_is_no_answer_is_unknown(company: Company) -> None:
    prompt = await accepted(company)
    company.mumble()

    assert isinstance(await company.port.query_collection(reference=prompt.reference), Unknown)
