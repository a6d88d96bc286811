"""Signing a program in with number and PIN, keeping it signed in, and signing it out.

The same gate and the same counts as on the phone. Whether a number is a member's, whether the PIN or the code was wrong and
whether the account is locked all look alike. A program that isn't known here needs a second factor besides the PIN: a code of
her authenticator, or by SMS where she has none; one that she trusts needs the PIN alone, to sign in and for nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core.identity.access_tokens import LIFETIME
from core.identity.attempts import Origin, note_attempt
from core.identity.codes import CodeGate, has_open_code, issue_code
from core.identity.device_list import KnownProgram, fingerprint_of, known_program, remember_program, trust_device
from core.identity.idle import code_proves_nobody
from core.identity.members import Member, find, find_by_phone
from core.identity.sessions import RefreshDesk, Session, SignIn, begin_session, end_session, prove_again
from core.identity.signing_out import revoke_everything
from core.identity.strangers import NOBODY
from core.identity.two_factor import guess_second_factor, has_two_factor
from core.kernel.phone import Phone, parse_phone
from core.kernel.secrets import random_token
from core.web.api.callers import counted
from core.web.api.errors import BadLogin, SecondFactorNeeded
from core.web.api.limits import LOGIN_BY_ADDRESS, LOGIN_BY_NUMBER
from core.web.api.me import written
from core.web.api.operations import NO_CONTENT, Access, Answer, Call, Operation
from core.web.api.schemas import CODE, NAME, PIN, TOKEN, ref, thing

CHANNEL, UNKNOWN_PROGRAM = "api", "program:unknown"
PURPOSE = "login"
DEVICE_BYTES = 32
TRUST_LASTS = timedelta(days=30)


@dataclass(frozen=True)
class Proven:
    """Who has proven herself and how; `program` is None for one that isn't known here."""

    member: Member
    methods: list[str]
    program: KnownProgram | None


async def login(call: Call) -> Answer:
    """Number and PIN, and a code where the program isn't trusted."""
    phone = parse_phone(call.body["phone"])
    await _count_login(call, phone)
    proven = await _prove(call, phone)
    secret = call.body.get("device_token") if proven.program else None
    fresh = random_token(DEVICE_BYTES)
    async with call.services.database.unit() as uow:
        device, _ = await remember_program(
            uow,
            member=proven.member.id,
            secret=secret or fresh,
            name=call.body.get("device_name", ""),
            address=call.address,
            agent=call.agent,
        )
        if call.body.get("trust_device") and len(proven.methods) > 1:
            await trust_device(uow, device=device)
        signed_in = await begin_session(
            uow, member=proven.member.id, device=device, methods=proven.methods, address=call.address, agent=call.agent
        )
    return tokens(call, signed_in, device_token=None if secret else fresh)


async def refresh(call: Call) -> Answer:
    """The next pair of tokens."""
    desk = RefreshDesk(call.services.database)
    token = call.body["refresh_token"]
    return tokens(call, await desk.refresh(token, address=call.address, agent=call.agent, key=call.key))


async def logout(call: Call) -> Answer:
    """This program, or everything that was ever proven anywhere."""
    async with call.services.database.unit() as uow:
        if call.body.get("everywhere"):
            await revoke_everything(uow, member=call.me, reason="member")
        else:
            await end_session(uow, session=call.signed_in.id, address=call.address)
    return NO_CONTENT


async def step_up(call: Call) -> Answer:
    """Prove herself again, by PIN and code, for one change of how she proves herself within five minutes.

    A session that no PIN was given in yet (by Google, say) may give it alone: then private things are shown, and no more.
    """
    async with call.services.database.unit() as uow:
        member = await find(uow, call.me)
    if member is None:
        raise BadLogin
    await _count_login(call, member.phone)
    methods = [await _pin(call, member, member.phone, device=await _here(call))]
    async with call.services.database.unit() as uow:
        has_app = await has_two_factor(uow, member=member.id)
    if has_app:
        methods.append(await _authenticator(call, member))
    elif call.signed_in.proven or "code" in call.body:
        methods.append(await _by_sms(call, member))
    async with call.services.database.unit() as uow:
        return Answer(session_shown(await prove_again(uow, session=call.signed_in.id, methods=methods)))


def tokens(call: Call, signed_in: SignIn, *, device_token: str | None = None) -> Answer:
    """What a program keeps: both tokens, and its own name for the next time."""
    body = {
        "access_token": call.services.access_tokens.issue(signed_in.session),
        "token_type": "Bearer",
        "expires_in": int(LIFETIME.total_seconds()),
        "refresh_token": signed_in.refresh_token,
        "refresh_expires_at": written(signed_in.refresh_expires_at),
        "session": session_shown(signed_in.session),
    }
    return Answer(body | ({"device_token": device_token} if device_token else {}))


def session_shown(session: Session) -> dict[str, object]:
    """A session as programs see it."""
    return {
        "id": str(session.id),
        "methods": list(session.methods),
        "authenticated_at": written(session.authenticated_at),
        "expires_at": written(session.expires_at),
    }


async def _count_login(call: Call, phone: Phone) -> None:
    vault = call.services.vault
    address, number = vault.digest(call.address, context="address"), vault.digest(phone, context="number")
    await counted(call.services, [(f"login {address}", LOGIN_BY_ADDRESS), (f"login {number}", LOGIN_BY_NUMBER)])


async def _prove(call: Call, phone: Phone) -> Proven:
    """Raises BadLogin, SecondFactorNeeded, Busy."""
    async with call.services.database.unit() as uow:
        member = await find_by_phone(uow, phone)
        whose = member.id if member else NOBODY
        program = await known_program(uow, member=whose, secret=call.body.get("device_token", ""))
    method = await _pin(call, member, phone, device=program.fingerprint if program else UNKNOWN_PROGRAM)
    if member is None:
        raise BadLogin
    trusted = program is not None and program.is_trusted(call.services.clock.now(), lasts=TRUST_LASTS)
    methods = [method] if trusted else [method, await _second_factor(call, member)]
    return Proven(member, methods, program)


async def _pin(call: Call, member: Member | None, phone: Phone, *, device: str) -> str:
    outcome = await call.services.pins.check(
        member=member.id if member else NOBODY,
        pin=call.body["pin"],
        channel=CHANNEL,
        event_id=random_token(),
        address=call.address,
        device=device,
        claimed=phone,
        agent=call.agent,
    )
    if outcome.verdict != "right":
        raise BadLogin
    return "pin"


async def _here(call: Call) -> str:
    """What wrong PINs count against: her own door only where she has given her PIN before."""
    if call.signed_in.proven:
        return ""
    async with call.services.database.unit() as uow:
        return await fingerprint_of(uow, device=call.signed_in.device)


async def _second_factor(call: Call, member: Member) -> str:
    async with call.services.database.unit() as uow:
        has_app = await has_two_factor(uow, member=member.id)
        # As on a phone (threat U9): only a recovery by her contacts, or her authenticator, lets her in.
        if not has_app and await code_proves_nobody(uow, member=member.id):
            raise BadLogin
    return await (_authenticator if has_app else _by_sms)(call, member)


async def _authenticator(call: Call, member: Member) -> str:
    if "code" not in call.body:
        raise SecondFactorNeeded("authenticator")
    async with call.services.database.unit() as uow:
        outcome, method = await guess_second_factor(uow, member=member.id, code=call.body["code"])
        await note_attempt(
            uow,
            member=member.id,
            claimed=member.phone,
            way=method,
            verdict=outcome.verdict,
            event_id=random_token(),
            origin=Origin(CHANNEL, call.address, call.agent),
        )
    if outcome.verdict != "right":
        raise BadLogin
    return method


async def _by_sms(call: Call, member: Member) -> str:
    if "code" not in call.body:
        await _send_code(call, member)
        raise SecondFactorNeeded("sms")
    gate, subject = CodeGate(call.services.database), str(member.id)
    where = {"event_id": random_token(), "address": call.address, "agent": call.agent}
    outcome = await gate.check(purpose=PURPOSE, subject=subject, code=call.body["code"], **where)
    if outcome.verdict != "right":
        raise BadLogin
    return "sms"


async def _send_code(call: Call, member: Member) -> None:
    """A code by SMS, unless the last one is still good. Raises TooManyCodes."""
    subject = str(member.id)
    async with call.services.database.unit() as uow:
        if not await has_open_code(uow, purpose=PURPOSE, subject=subject):
            requester = f"{CHANNEL} {uow.vault.digest(call.address, context='address')[:32]}"
            await issue_code(
                uow,
                purpose=PURPOSE,
                subject=subject,
                phone=member.phone,
                language=member.language,
                member=member.id,
                requester=requester,
            )


LOGIN = thing(
    {"phone": {"type": "string", "minLength": 9, "maxLength": 24, "description": "Her Kenyan mobile number"}, "pin": PIN},
    {
        "code": CODE,
        "device_token": {**TOKEN, "description": "From an earlier answer: the same program again"},
        "device_name": {**NAME, "description": "What she sees in her list of devices"},
        "trust_device": {"type": "boolean", "description": "Next time the PIN is enough to sign in here, for 30 days"},
    },
)
OPERATIONS = (
    Operation("login", "POST", "/auth/login", "Sign a program in", login, Access.ANYONE, {200: ref("Tokens")}, body=LOGIN,
              refuses=(401, 503)),
    Operation("refresh", "POST", "/auth/refresh", "The next tokens; each refresh token is good once", refresh, Access.ANYONE,
              {200: ref("Tokens")}, body=thing({"refresh_token": TOKEN}), refuses=(401,), takes_key=True),
    Operation("logout", "POST", "/auth/logout", "Sign this program out, or everything everywhere", logout, Access.SESSION,
              {204: None}, body=thing({}, {"everywhere": {"type": "boolean"}})),
    Operation("stepUp", "POST", "/auth/step-up", "Prove herself again, by PIN and code, for one sensitive change", step_up,
              Access.SESSION, {200: ref("Session")}, body=thing({"pin": PIN}, {"code": CODE}), refuses=(503,)),
)  # fmt: skip
