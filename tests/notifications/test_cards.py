"""Receipts as pictures: what they show, that they can be scanned, and that no picture ever stands in the way of the words."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image, ImageFont

from core.identity.names import GSM_LETTERS
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.texts import text
from core.notifications import jobs
from core.notifications.cards import Card, Receipt, ReceiptKind, card_of
from core.notifications.drawing import MARGIN, READABLE, WIDTH, card_png, drawable, halves
from core.notifications.ports import BLOCKED, Rejected
from core.notifications.service import send_receipt

from .fake_senders import LOST
from .post_office import PostOffice

CHAT = 501
AT = datetime(2026, 11, 28, 8, 30, tzinfo=UTC)
PAID = Receipt("withdrawal", Money(123_450), "WANJIRU KAMAU", AT, "7K39QFAB", "SG722NMVXQ", Money(99_999_999_99), "Umoja")


async def write(db: Database, receipt: Receipt = PAID) -> None:
    async with db.unit() as uow:
        await send_receipt(uow, chat=CHAT, what=text("sms-telegram-linked", name="Paid"), receipt=receipt, language="en")


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "Withdrawal paid|KES 1,234.50|M-PESA receipt|Our receipt|Time|Your new balance|Group|28/11/26 11:30"),
        ("sw", "Pesa zimetolewa|Ksh 1,234.50|Risiti ya M-PESA|Risiti yetu|Wakati|Salio lako jipya|Kikundi|28/11/26 11:30"),
    ],
)
def test_card_says_everything_that_a_receipt_needs_in_her_language(language: str, shown: str) -> None:
    card = card_of(PAID, language)
    said = [card.title, card.amount, card.party, *(word for row in card.rows for word in row)]

    assert {*shown.split("|"), "WANJIRU KAMAU", "7K39QFAB", "SG722NMVXQ", "Umoja"} <= set(said)
    assert Card.load(card.dump()) == card


@pytest.mark.parametrize("kind", ["deposit", "contribution", "loan", "repayment", "withdrawal"])
@pytest.mark.parametrize("language", ["en", "sw"])
def test_picture_is_small_has_few_colours_and_no_word_leaves_it(kind: ReceiptKind, language: str) -> None:
    worst = Receipt(
        kind, Money(99_999_999_99), "W" * 40, AT, "7K39QFAB", "SG722NMVXQ, SH722NMVXQ", Money(99_999_999_99), "M" * 40
    )
    png = card_png(card_of(worst, language), link="https://t.me/mtaa_dao_bot?start=check_7K39QFAB")
    picture = Image.open(io.BytesIO(png))

    assert len(png) < 40_000
    assert picture.width == WIDTH
    edge = picture.convert("L").crop((WIDTH - MARGIN // 2, 120, WIDTH, picture.height))
    assert edge.getextrema() == (255, 255)


async def test_receipt_is_one_message_picture_and_words(db: Database, office: PostOffice) -> None:
    await write(db)
    await office.work()

    assert office.chat.calls == ["picture"]
    assert "Paid" in office.chat.shown(CHAT)[0]


async def test_words_go_when_telegram_refuses_the_picture(db: Database, office: PostOffice) -> None:
    office.chat.refuses_pictures = True
    await write(db)
    await office.work()

    assert office.chat.calls == ["refused picture", "send"]
    assert (await office.row("chat_delivery_log"))["status"] == "sent"


async def test_words_go_when_the_picture_cannot_be_drawn(
    db: Database, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> bytes:
        raise MemoryError

    monkeypatch.setattr(jobs, "card_png", broken)
    await write(db)
    await office.work()

    assert office.chat.calls == ["send"]


async def test_receipt_when_its_answer_was_lost_comes_again_marked_as_a_copy_at_most_once(
    db: Database, office: PostOffice
) -> None:
    office.chat.then(LOST, arrives=True)
    office.chat.then(LOST, arrives=True)
    await write(db)
    await office.work()
    first, second = office.chat.shown(CHAT)

    assert office.chat.calls == ["picture", "send"]
    assert second == f"Copy of the same receipt:\n{first}"
    assert (await office.row("chat_delivery_log"))["status"] == "unknown"


async def test_receipt_when_chat_is_closed_is_not_tried_as_words(db: Database, office: PostOffice) -> None:
    office.chat.then(Rejected(BLOCKED))
    await write(db)
    await office.work()

    assert office.chat.calls == ["picture"]


def shown(said: str) -> Image.Image:
    """The row of a card that says this."""
    return Image.open(io.BytesIO(card_png(Card("Paid", "KES 5", said, rows=()))))


def test_a_name_that_would_be_too_small_to_read_gets_a_second_line() -> None:
    assert shown("Wanjiru Kamau").height == shown("Umoja").height
    assert shown("Wanjiru Wa Kamau Njoroge Muthoni Nyambur").height > shown("Umoja").height + READABLE
    assert halves("Wanjiru Wa Kamau Njoroge Muthoni Nyambur") == ("Wanjiru Wa Kamau", "Njoroge Muthoni Nyambur")
    assert halves("W" * 40) == ("W" * 20, "W" * 20)


def test_no_letter_is_an_empty_box() -> None:
    """The font has plain letters only: an accent that people may have in their names goes, as on a feature phone."""
    font = ImageFont.load_default(40)
    box = bytes(font.getmask("\uffff"))

    assert bytes(font.getmask("\u00e9")) == box, "or the accents may stay"
    for letter in sorted(GSM_LETTERS | set("'.- Aaz09,&/")):
        assert letter == " " or all(bytes(font.getmask(one)) != box for one in drawable(letter)), letter
    assert drawable("Chlo\u00e9 \u00d8rsted Ng'ang'a") == "Chloe Orsted Ng'ang'a"
