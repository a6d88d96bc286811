"""What an API operator asks of Daraja: exactly what goes over the wire, and what each answer is taken for."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.settings import DarajaSettings
from core.payments.outcomes import Accepted, Failed, Unknown
from core.payments.ports import BalanceQuestion, PayoutRequest, RefundRequest, TransactionQuestion
from core.providers.daraja.client import BALANCE_PATH, PAYOUT_PATH, REVERSAL_PATH, STATUS_PATH, Daraja
from core.providers.daraja.credential import NoCredential, security_credential

from .scripted import SETTINGS, Scripted, envelope

URLS = {"result_url": "https://mtaa.example/pay/s/b2c/1/result", "timeout_url": "https://mtaa.example/pay/s/b2c/1/timeout"}
PAYOUT = PayoutRequest(payout="p-1", phone=Phone("+254712345678"), amount=Money(1_000_00), remarks="Withdrawal", **URLS)
TAKEN = {
    "ConversationID": "AG_20261123_1",
    "OriginatorConversationID": "p-1",
    "ResponseCode": "0",
    "ResponseDescription": "Accept the service request successfully.",
}
SENT = {"QueueTimeOutURL": URLS["timeout_url"], "ResultURL": URLS["result_url"]}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: Any, encoding: serialization.Encoding = serialization.Encoding.PEM) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "Safaricom")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    return (
        built.not_valid_before(now).not_valid_after(now + timedelta(days=999)).sign(key, hashes.SHA256()).public_bytes(encoding)
    )


@pytest.fixture
def operator(daraja: Daraja, tmp_path: Path) -> Daraja:
    (tmp_path / "safaricom.cer").write_bytes(certificate(KEY))
    account = {"initiator": "mtaa", "initiator_password": "s3cret", "certificate": str(tmp_path / "safaricom.cer")}
    daraja._settings = DarajaSettings(**SETTINGS, **account)
    return daraja


def last(daraja_says: Scripted) -> dict[str, Any]:
    """The request, with the credential replaced by what it says to whoever has the key."""
    content = dict(daraja_says.requests[-1][2])
    content["SecurityCredential"] = KEY.decrypt(base64.b64decode(content["SecurityCredential"]), PKCS1v15()).decode()
    return content


async def test_payout_sends_what_safaricom_documents(operator: Daraja, daraja_says: Scripted) -> None:
    daraja_says.answers[PAYOUT_PATH] = (200, TAKEN)

    assert await operator.payout(PAYOUT) == Accepted("AG_20261123_1", "p-1")

    assert last(daraja_says) == {
        "InitiatorName": "mtaa",
        "SecurityCredential": "s3cret",
        "OriginatorConversationID": "p-1",
        "CommandID": "BusinessPayment",
        "Amount": 1000,
        "PartyA": 174379,
        "PartyB": 254712345678,
        "Remarks": "Withdrawal",
        "Occassion": "",
        **SENT,
    }


@pytest.mark.parametrize(
    ("question", "named"),
    [({"receipt": "UKN7RT61SV"}, {"TransactionID": "UKN7RT61SV"}), ({"payout": "p-1"}, {"OriginalConversationID": "p-1"})],
)
async def test_question_sends_one_name_of_the_transaction(
    operator: Daraja, daraja_says: Scripted, question: dict[str, str], named: dict[str, str]
) -> None:
    daraja_says.answers[STATUS_PATH] = (200, TAKEN)

    assert await operator.query_transaction(TransactionQuestion(**URLS, **question)) == Accepted("AG_20261123_1", "p-1")

    assert last(daraja_says) == {
        "Initiator": "mtaa",
        "SecurityCredential": "s3cret",
        "CommandID": "TransactionStatusQuery",
        "PartyA": 174379,
        "IdentifierType": "4",
        "Remarks": "Status",
        "Occasion": "",
        **named,
        **SENT,
    }


@pytest.mark.parametrize("question", [{}, {"receipt": "UKN7RT61SV", "payout": "p-1"}])
async def test_question_about_nothing_or_two_things_is_a_bug_of_the_caller(operator: Daraja, question: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="receipt or"):
        await operator.query_transaction(TransactionQuestion(**URLS, **question))


async def test_refund_and_balance_send_what_safaricom_documents(operator: Daraja, daraja_says: Scripted) -> None:
    daraja_says.answers |= {REVERSAL_PATH: (200, TAKEN), BALANCE_PATH: (200, TAKEN)}
    asking = {"Initiator": "mtaa", "SecurityCredential": "s3cret", **SENT}

    await operator.refund(RefundRequest(receipt="UKN7RT61SV", amount=Money(5_00), remarks="Twice", **URLS))
    assert last(daraja_says) == {
        **asking,
        "CommandID": "TransactionReversal",
        "TransactionID": "UKN7RT61SV",
        "Amount": 5,
        "ReceiverParty": 174379,
        "RecieverIdentifierType": "11",
        "Remarks": "Twice",
        "Occasion": "",
    }

    await operator.ask_balance(BalanceQuestion(**URLS))
    assert last(daraja_says) == {
        **asking,
        "CommandID": "AccountBalance",
        "PartyA": 174379,
        "IdentifierType": "4",
        "Remarks": "Balance",
    }


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (500, envelope("500.002.1001", "Duplicate OriginatorConversationID."), Accepted("")),
        (400, envelope("400.002.02", "Bad Request - Invalid PartyB"), Failed("400.002.02", "Bad Request - Invalid PartyB")),
        (429, envelope("500.003.02", "Spike Arrest Violation"), Failed("busy", "500.003.02 Spike Arrest Violation", "busy")),
        (200, {"ResponseCode": "21", "ResponseDescription": "Not allowed"}, Failed("21", "Not allowed")),
        (200, {**TAKEN, "ResponseCode": 0}, Accepted("AG_20261123_1", "p-1")),
        (500, envelope("500.002.1001", "System internal error"), Unknown),
        (500, envelope("500.001.1001", "Unable to lock subscriber"), Unknown),
        (500, envelope("500.003.1001", "Internal Server Error"), Unknown),
        (500, envelope("500.003.02", "System is busy. Please try again in few minutes."), Unknown),
        (503, b"<html>", Unknown),
        (200, {"ResponseCode": "0"}, Unknown),
        (200, {"ResponseCode": "1", "ConversationID": "AG_1"}, Unknown),
    ],
)
async def test_payout_is_failed_only_on_proof_and_sent_once(
    operator: Daraja, daraja_says: Scripted, status: int, content: Any, outcome: Any
) -> None:
    daraja_says.answers[PAYOUT_PATH] = (status, content)

    answer = await operator.payout(PAYOUT)

    assert isinstance(answer, Unknown) if outcome is Unknown else answer == outcome
    assert daraja_says.seen[PAYOUT_PATH] == 1


async def test_payout_when_the_connection_breaks_is_unknown_and_sent_once(operator: Daraja, daraja_says: Scripted) -> None:
    daraja_says.answers[PAYOUT_PATH] = ConnectionError()

    assert isinstance(await operator.payout(PAYOUT), Unknown)
    assert daraja_says.seen[PAYOUT_PATH] == 1


async def test_payout_when_there_is_no_operator_is_never_sent(daraja: Daraja, daraja_says: Scripted) -> None:
    outcome = await daraja.payout(PAYOUT)

    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.reason) == ("unreachable", "not-sent")
    assert "DARAJA_INITIATOR" in outcome.description
    assert daraja_says.requests == []


@pytest.mark.parametrize("encoding", [serialization.Encoding.PEM, serialization.Encoding.DER])
def test_credential_says_the_password_to_the_owner_of_the_key(tmp_path: Path, encoding: serialization.Encoding) -> None:
    (tmp_path / "c").write_bytes(certificate(KEY, encoding))

    credential = security_credential(tmp_path / "c", "s3cret")

    assert KEY.decrypt(base64.b64decode(credential), PKCS1v15()) == b"s3cret"


@pytest.mark.parametrize("content", [None, b"", b"not a certificate", certificate(ec.generate_private_key(ec.SECP256R1()))])
def test_credential_when_the_certificate_is_no_use_says_so_without_the_password(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "c").write_bytes(content)

    with pytest.raises(NoCredential, match="DARAJA_CERTIFICATE") as problem:
        security_credential(tmp_path / "c", "s3cret")

    assert "s3cret" not in str(problem.value)
