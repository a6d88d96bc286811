"""The USSD gateway: a dialled code becomes a session that the application answers hop by hop.

It keeps to the network's limits: time to answer, silence, total time, characters on the screen. A session that ends, however
it ends, is reported to the application by one event, which isn't repeated: the application can't rely on it.
"""

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from typing import Any

from core.sandbox import identifiers
from core.sandbox.africastalking import hops
from core.sandbox.africastalking.screen import BACK, MORE, Screen, lay_out
from core.sandbox.networks import NETWORKS
from core.sandbox.people import Person
from core.sandbox.world import World

NETWORK_ERROR = "Network technical problem. Please try again later."
WRONG_CODE = "Connection problem or invalid MMI code."
TIMED_OUT = "Session timed out. Please dial again."
_DIALLED = re.compile(r"\*\d[\d*]*#")
_LOG_LENGTH = 500


class NotPossible(Exception):
    """The handset can't do that now; the message says why."""


@dataclass
class Handset:
    """What the feature phone shows. `session` None: there never was one (a wrong code)."""

    session: hops.Session | None
    pages: list[Screen]
    page: int = 0
    waiting: bool = False
    error: bool = False
    timer: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self.session is not None and self.session.open

    @property
    def screen(self) -> Screen:
        return self.pages[self.page]


class Gateway:
    """All running sessions, at most one per phone."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._handsets: dict[str, Handset] = {}
        # What was answered, never what was typed: a transcript may hold a PIN.
        self.log: deque[dict[str, Any]] = deque(maxlen=_LOG_LENGTH)

    def handset(self, phone: str) -> Handset | None:
        return self._handsets.get(phone)

    async def dial(self, person: Person, dialled: str) -> None:
        """Dial a code and wait for the first screen. A session still open is replaced by the new one."""
        code = dialled.replace(" ", "")
        if not _DIALLED.fullmatch(code):
            raise NotPossible("a USSD code starts with * and ends with #, such as *384*77#")
        self._leave(person, "Incomplete")
        found = self._service(code)
        if found is None:
            self._show_message(person, None, WRONG_CODE)
            return
        service_code, inputs = found
        network = NETWORKS[person.network]
        began = self._world.clock.elapsed()
        session = hops.Session(identifiers.session_id(), person.phone, network, service_code, began, inputs)
        self._handsets[person.phone] = Handset(session, lay_out("", network))
        await self._hop(person, self._handsets[person.phone])

    async def reply(self, person: Person, text: str) -> None:
        """Type an answer and wait for the next screen. Raises NotPossible."""
        handset = self._handsets.get(person.phone)
        if handset is None or handset.session is None or not handset.is_open:
            raise NotPossible("no USSD session is open: dial first")
        if handset.waiting:
            raise NotPossible("the network hasn't answered yet")
        if len(text) > handset.session.network.typed:
            raise NotPossible(f"{handset.session.network.name} takes at most {handset.session.network.typed} characters")
        if self._turned_page(person, handset, text):
            return
        handset.session.inputs.append(text)
        await self._hop(person, handset)

    def hang_up(self, person: Person) -> None:
        """End the session, or put away the last screen of one that ended."""
        self._leave(person, "Incomplete")
        if self._handsets.pop(person.phone, None) is not None:
            self._world.changed(person.phone)

    def _service(self, code: str) -> tuple[str, list[str]] | None:
        """The service code and first inputs of a dialled code, or None when it isn't ours."""
        root = self._world.settings.ussd_code
        if code == root:
            return root, []
        if not code.startswith(root[:-1] + "*"):
            return None
        deeper = code[len(root) : -1].split("*")
        form = self._world.behaviour.deep_dial
        return (code if form == "service_code" else root), (deeper if form == "text" else [])

    def _turned_page(self, person: Person, handset: Handset, text: str) -> bool:
        """The network's own menu comes first on a screen that it had to cut."""
        turn = {MORE: 1 if handset.screen.has_more else 0, BACK: -1 if handset.screen.has_back else 0}.get(text, 0)
        if turn == 0:
            return False
        handset.page += turn
        self._wait_for_input(person, handset)
        self._world.changed(person.phone)
        return True

    async def _hop(self, person: Person, handset: Handset) -> None:
        session = handset.session
        assert session is not None  # noqa: S101 - only sessions hop
        self._stop_timer(handset)
        handset.waiting, session.hops = True, session.hops + 1
        self._world.changed(person.phone)
        answer = await self._ask(session)
        if not session.open:
            return  # hung up, or dialled anew, while the network was asking
        handset.waiting = False
        self._take(person, handset, session, answer)

    def _take(self, person: Person, handset: Handset, session: hops.Session, answer: hops.Answer) -> None:
        session.last_answer = answer.body
        if answer.problem is not None:
            self._end(session, "Failed", answer.problem)
            self._show_message(person, session, NETWORK_ERROR)
            return
        if answer.step_name:
            session.step_names.append(answer.step_name)
        handset.pages, handset.page = lay_out(answer.text, session.network), 0
        if answer.ends:
            self._end(session, "Success")
        else:
            self._wait_for_input(person, handset)
        self._world.changed(person.phone)

    async def _ask(self, session: hops.Session) -> hops.Answer:
        faults, phone = self._world.faults, session.phone
        if slow := faults.take("ussd.hop", "slow", phone=phone):
            await self._world.clock.sleep(slow.seconds_or(5))
        if faults.take("ussd.hop", "drop", phone=phone):
            return hops.Answer(0, "", problem="The request was lost")
        form = session.form(mangled=faults.take("ussd.hop", "mangle", phone=phone) is not None)
        if faults.take("ussd.hop", "duplicate", phone=phone):
            answers = list(await asyncio.gather(self._post(session, form), self._post(session, form)))
        else:
            answers = [await self._post(session, form)]
        self._note(session, answers)
        if late := faults.take("ussd.hop", "late_duplicate", phone=phone):
            self._world.errands.run(self._repeat(session, form, late.seconds_or(1)))
        if faults.take("ussd.hop", "drop_answer", phone=phone):
            return hops.Answer(0, "", problem="The response was lost")
        return answers[0]

    async def _repeat(self, session: hops.Session, form: str, seconds: float) -> None:
        await self._world.clock.sleep(seconds)
        self._note(session, [await self._post(session, form)])

    async def _post(self, session: hops.Session, form: str) -> hops.Answer:
        step_name = session.step_names[-1] if session.step_names else ""
        patience = self._world.behaviour.answer_seconds or 10
        return await hops.post(self._world.http, self._callback(), form, step_name=step_name, patience=patience)

    def _note(self, session: hops.Session, answers: list[hops.Answer]) -> None:
        shown = [{"status": answer.status, "body": answer.body, "problem": answer.problem} for answer in answers]
        entry = {"session": session.id, "phone": session.phone, "inputs": len(session.inputs), "answers": shown}
        self.log.append(entry)

    def _wait_for_input(self, person: Person, handset: Handset) -> None:
        """Start the network's patience anew: a silent or an endless session is cut off."""
        self._stop_timer(handset)
        session, behaviour = handset.session, self._world.behaviour
        if session is None or not session.network.ends_idle_sessions:
            return
        now = self._world.clock.elapsed()
        limits = [now + behaviour.idle_seconds] if behaviour.idle_seconds else []
        limits += [session.began + behaviour.total_seconds] if behaviour.total_seconds else []
        if limits:
            handset.timer = self._world.errands.run(self._time_out(person, handset, min(limits)))

    async def _time_out(self, person: Person, handset: Handset, deadline: float) -> None:
        await self._world.clock.sleep_until(deadline)
        if handset.session is not None and handset.is_open and not handset.waiting:
            self._end(handset.session, "Incomplete")
            self._show_message(person, handset.session, TIMED_OUT)

    def _stop_timer(self, handset: Handset) -> None:
        if handset.timer is not None:
            handset.timer.cancel()
            handset.timer = None

    def _leave(self, person: Person, status: str) -> None:
        handset = self._handsets.get(person.phone)
        if handset is not None and handset.session is not None and handset.is_open:
            self._stop_timer(handset)
            self._end(handset.session, status)

    def _show_message(self, person: Person, session: hops.Session | None, text: str) -> None:
        network = NETWORKS[person.network]
        self._handsets[person.phone] = Handset(session, lay_out(text, network), error=True)
        self._world.changed(person.phone)

    def _end(self, session: hops.Session, status: str, problem: str | None = None) -> None:
        session.open = False
        if self._world.faults.take("ussd.event", "lose", phone=session.phone):
            return
        times = 2 if self._world.faults.take("ussd.event", "double", phone=session.phone) else 1
        form = _event(session, status, problem, self._world)
        for _ in range(times):
            self._world.errands.run(self._report(form))

    async def _report(self, form: list[tuple[str, str]]) -> None:
        await hops.post_event(self._world.http, f"{self._callback()}/events", form)

    def _callback(self) -> str:
        settings = self._world.settings
        return f"{settings.app_url.rstrip('/')}/ussd/{settings.callback_token}"


def _event(session: hops.Session, status: str, problem: str | None, world: World) -> list[tuple[str, str]]:
    took = int((world.clock.elapsed() - session.began) * 1000)
    form = [
        ("date", f"{world.clock.now():%Y-%m-%d %H:%M:%S}"),
        ("sessionId", session.id),
        ("serviceCode", session.service_code),
        ("networkCode", session.network.code),
        ("phoneNumber", session.phone),
        ("status", status),
        ("cost", "0.00"),
        ("durationInMillis", str(took)),
        ("hopsCount", str(session.hops)),
        ("hopsMetadata", "|".join(session.step_names)),
        ("input", "*".join(session.inputs)),
        ("lastAppResponse", session.last_answer),
    ]
    return [*form, ("errorMessage", problem)] if problem else form
