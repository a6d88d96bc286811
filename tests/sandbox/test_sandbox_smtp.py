"""The mail server, written to by the standard library."""

import asyncio
import smtplib
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def post(box):
    where = urlsplit(box.addresses["smtp"])

    def post(*messages):
        with smtplib.SMTP(where.hostname, where.port, timeout=10) as server:
            for message in messages:
                server.send_message(message)

    return lambda *messages: asyncio.to_thread(post, *messages)


def mail(subject="Habari", text="Karibu, 487.50 ✓\n", html=None):
    message = EmailMessage()
    message["From"], message["To"], message["Cc"] = "mtaa@localhost", "wanjiru@example.com", "otieno@example.com"
    message["Subject"] = subject
    if text is not None:
        message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


async def test_mail_when_sent_is_kept_with_its_text(post, control):
    await post(mail("Salio lako ✓ Umoja"), mail("second", html="<b>two</b>"))

    first, second = await control.get("mails")
    assert (first["from"], first["to"]) == ("mtaa@localhost", ["wanjiru@example.com", "otieno@example.com"])
    assert (first["subject"], first["text"]) == ("Salio lako ✓ Umoja", "Karibu, 487.50 ✓\n")
    assert second["text"] == "Karibu, 487.50 ✓\n"


async def test_mail_when_it_has_no_text_is_kept_too(post, control):
    await post(mail(text=None))

    (kept,) = await control.get("mails")
    assert kept["subject"] == "Habari"


async def test_mail_when_too_large_is_refused(post, control):
    with pytest.raises(smtplib.SMTPException):
        await post(mail(text="a" * 1_100_000))

    assert await control.get("mails") == []
