"""One hop of a USSD session: the form that Africa's Talking posts, and what it makes of the answer.

The wire is as captured from their gateway: five form fields in this order, the whole history of inputs in `text`, a plain
text answer that starts with `CON ` or `END `. Anything else ends the session with a network error on the handset.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from core.sandbox.networks import Network

USER_AGENT = "at-ussd-api/1.0"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
METADATA_HEADER = "at-ussd-hop-metadata"
_LONGEST_METADATA = 99
_LONGEST_ANSWER_BYTES = 64 * 1024
_STARTS = ("CON ", "END ")


@dataclass
class Session:
    """One dial until it ends.

    `inputs` is all that was typed; it may hold a PIN and is never written anywhere. `began` is the sandbox clock's elapsed
    seconds.
    """

    id: str
    phone: str
    network: Network
    service_code: str
    began: float
    inputs: list[str] = field(default_factory=list)
    hops: int = 0
    step_names: list[str] = field(default_factory=list)
    last_answer: str = ""
    open: bool = True

    def form(self, *, mangled: bool = False) -> str:
        text = "*".join(self.inputs)
        return urlencode(
            [
                ("phoneNumber", self.phone),
                ("serviceCode", self.service_code),
                ("text", text.replace("@", "¡") if mangled else text),
                ("sessionId", self.id),
                ("networkCode", self.network.code),
            ]
        )


@dataclass(frozen=True)
class Answer:
    """What came back. `problem` is None for a usable answer, else the gateway's words for what was wrong."""

    status: int
    body: str
    step_name: str = ""
    problem: str | None = None

    @property
    def ends(self) -> bool:
        return self.body.startswith("END ")

    @property
    def text(self) -> str:
        return self.body[4:]


async def post(http: aiohttp.ClientSession, url: str, form: str, *, step_name: str, patience: float) -> Answer:
    """Ask the application once. Never raises: a dead application is an answer with a problem."""
    headers = {"Content-Type": FORM, "User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
    if step_name:
        headers[METADATA_HEADER] = step_name
    try:
        return await _post(http, url, form, headers, patience)
    except TimeoutError:
        return Answer(0, "", problem="Request timed out")
    except aiohttp.ClientError:
        return Answer(0, "", problem="Could not connect to the callback URL")


async def _post(http: aiohttp.ClientSession, url: str, form: str, headers: dict[str, str], patience: float) -> Answer:
    limit = aiohttp.ClientTimeout(total=patience)
    async with http.post(url, data=form.encode(), headers=headers, timeout=limit, allow_redirects=False) as response:
        raw = await response.content.read(_LONGEST_ANSWER_BYTES)
        body = raw.decode("utf-8", errors="replace")
        name = response.headers.get(METADATA_HEADER, "")
        problem = _problem(response.status, response.content_type, body, name)
        return Answer(response.status, body, name, problem)


def _problem(status: int, content_type: str, body: str, step_name: str) -> str | None:
    if status != 200:  # noqa: PLR2004 - the one status the gateway takes
        return f"Received unexpected response code: {status}"
    if content_type != "text/plain":
        return f"Received unexpected content type: {content_type}"
    if not body.startswith(_STARTS) or "�" in body:
        return "The response must be UTF-8 text that starts with CON or END"
    if len(step_name) > _LONGEST_METADATA or "|" in step_name:
        return f"{METADATA_HEADER} must have at most {_LONGEST_METADATA} characters and no |"
    return None


async def post_event(http: aiohttp.ClientSession, url: str, form: list[tuple[str, str]]) -> None:
    """Tell the application that a session ended. Sent once: whether it arrives is nobody's concern."""
    headers = {"Content-Type": FORM, "User-Agent": USER_AGENT}
    limit = aiohttp.ClientTimeout(total=10)
    with suppress(aiohttp.ClientError, TimeoutError):
        async with http.post(url, data=urlencode(form).encode(), headers=headers, timeout=limit) as response:
            await response.read()
