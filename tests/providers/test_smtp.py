"""E-mail: one contract for the carrier in memory and the real adapter, then what a mail server may answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email import message_from_string
from pathlib import Path

import pytest

from core.notifications.ports import Accepted, Outcome, Rejected, Unknown
from core.providers.smtp import NotAnswering, Smtp
from tests.providers.carriers import MailTwin, PostOffice, played_mail

LETTER = {"to": "wanjiru@example.org", "subject": "Habari", "body": "Salio lako: Ksh 1,200\nAsante."}


@pytest.fixture(params=["twin", "smtp"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PostOffice]:
    if request.param == "twin":
        yield MailTwin()
        return
    async with played_mail(tmp_path) as played:
        yield played


async def test_mail_when_taken_then_arrives_and_has_an_id(office: PostOffice) -> None:
    first, second = await office.port.send(**LETTER), await office.port.send(**LETTER)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.message_id != second.message_id
    assert office.mails() == [{"to": LETTER["to"], "subject": LETTER["subject"], "text": LETTER["body"]}] * 2


async def test_mail_when_it_is_not_ascii_then_arrives_as_it_is(office: PostOffice) -> None:
    await office.port.send(to="zoe@example.org", subject="Ñandú – 😀", body="Zoë\n.\n..\nmwisho")
    (mail,) = office.mails()
    assert (mail["subject"], mail["text"]) == ("Ñandú – 😀", "Zoë\n.\n..\nmwisho")


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "wanjiru@example.org\nBcc: all@example.org"},
        {"subject": "Habari\nBcc: all@example.org"},
        {"to": "nobody"},
        {"to": ""},
        {"to": "a@example.org, b@example.org"},
    ],
)
async def test_mail_when_a_header_would_carry_more_than_it_may_then_rejected(office: PostOffice, wrong: dict[str, str]) -> None:
    outcome = await office.port.send(**{**LETTER, **wrong})
    assert isinstance(outcome, Rejected)
    assert (outcome.retry, office.mails()) == (False, [])


async def test_mail_when_server_cannot_be_reached_then_rejected_until_later(office: PostOffice) -> None:
    office.go_away()
    outcome = await office.port.send(**LETTER)
    assert isinstance(outcome, Rejected)
    assert outcome.retry


# From here on: the adapter alone.


async def test_ping_when_server_answers_then_quiet(tmp_path: Path) -> None:
    async with played_mail(tmp_path) as played:
        await played.port.ping()


async def test_ping_when_nobody_answers_then_says_so() -> None:
    with pytest.raises(NotAnswering):
        await Smtp("smtp://127.0.0.1:9", "mtaa@example.org").ping()


async def test_server_when_none_is_configured_then_rejected_and_ping_is_quiet() -> None:
    port = Smtp("", "mtaa@example.org")
    assert isinstance(await port.send(**LETTER), Rejected)
    await port.ping()


class Server:
    """A mail server that answers each command from a table, and goes silent where the table says so."""

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = answers
        self.received: list[str] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        in_data = False
        writer.write(b"220 played\r\n")
        while line := await reader.readline():
            text = line.decode().rstrip("\r\n")
            self.received.append(text)
            if in_data and text != ".":
                continue
            command = "." if in_data else text.split(" ")[0].upper()
            in_data = command == "DATA"
            answer = self._answers.get(command, "250 ok")
            if answer == "close":
                break
            writer.write(f"{'354 go on' if in_data else answer}\r\n".encode())
        writer.close()
        await writer.wait_closed()
        self.done.set_result(None)


async def ask(answers: dict[str, str], *, credentials: str = "") -> tuple[Outcome, Server]:
    played = Server(answers)
    server = await asyncio.start_server(played.talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outcome = await Smtp(f"smtp://{credentials}127.0.0.1:{port}", "Mtaa <mtaa@example.org>").send(**LETTER)
    server.close()
    await played.done
    return outcome, played


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({}, Accepted),
        ({"RCPT": "550 no such user"}, Rejected("the mail server refuses the message: 550")),
        ({"RCPT": "451 try later"}, Rejected("the mail server refuses the message: 451", retry=True)),
        ({"MAIL": "553 not you"}, Rejected("the mail server refuses the message: 553")),
        ({".": "554 spam"}, Rejected("the mail server refuses the message: 554")),
        ({".": "452 full"}, Rejected("the mail server refuses the message: 452", retry=True)),
        ({".": "close"}, Unknown("SMTPServerDisconnected")),
    ],
)
async def test_server_when_it_answers_then_understood(answers: dict[str, str], outcome: object) -> None:
    found, _ = await ask(answers)
    assert isinstance(found, Accepted) if outcome is Accepted else found == outcome


async def test_letter_when_written_then_has_the_headers_that_mail_needs() -> None:
    _, server = await ask({})
    start = server.received.index("DATA") + 1
    letter = message_from_string("\n".join(server.received[start:]))
    assert (letter["From"], letter["To"], letter["Subject"]) == ("Mtaa <mtaa@example.org>", LETTER["to"], "Habari")
    assert letter["Message-ID"].endswith("@example.org>")
    assert letter["Date"].endswith("+0000")


async def test_password_when_server_offers_no_tls_then_kept_on_this_machine_only() -> None:
    from urllib.parse import urlsplit

    from core.providers.smtp import _start_tls

    assert _start_tls(urlsplit("smtp://user:secret@mail.example.org:587")) is True
    assert _start_tls(urlsplit("smtp://user:secret@127.0.0.1:587")) is None
    assert _start_tls(urlsplit("smtps://user:secret@mail.example.org")) is False
    assert _start_tls(urlsplit("smtp://mail.example.org")) is None
