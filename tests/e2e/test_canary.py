"""Secrets that nobody would type by chance, on every way in; afterwards they are looked for everywhere that something is kept.

Every column of every table, every key of Redis, every line of every process's log at its most talkative, the metrics, and what
a failing process says. What is looked for stands alone, as somebody typed it: digits inside of a digest or a time are no find.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pyotp
import pytest
from redis.asyncio import Redis

from core.kernel.embedded import start
from tests.e2e.product import Product, World, until, world_of
from tests.e2e.story import BACKUP_CODE, Player
from tests.e2e.story import KEY as KEY_SHAPE

WANJIRU, OTIENO = "254712000001", "254722000002"
PIN, WRONG_PIN, NEW_PIN, OTHER_PIN, TYPED_PIN = "739205", "604718", "861394", "518637", "927451"
MPESA_PIN = "8642"
WRONG_CODE = "390517"
NAME = "Kipepeo Mwitu"
MADE_UP_KEY = "mtaa_" + "K1pepe0" * 6 + "x"
TOKEN, KEY = "cafe0123456789c4ff3ec0de", "a-key-that-flew-over-the-cuckoos-nest-1975"  # pragma: allowlist secret - made up


class Talkative(Product):
    """The product with secrets of our own, saying all that it can."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"LOG_LEVEL": "DEBUG", "CALLBACK_TOKEN": TOKEN, "SECRET_KEYS": KEY}


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    product = Talkative(tmp_path / "product")
    try:
        await product.start()
        yield product
    finally:
        await product.stop()


def standing_alone(secret: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9A-Za-z.]){re.escape(secret)}(?![0-9A-Za-z])")


async def live(world: World) -> dict[str, str]:
    """A day on both channels, with mistakes; what was secret on the way, by name."""
    wanjiru, otieno = Player(world, WANJIRU, {}), Player(world, OTIENO, {})
    practice = (await world.get("state"))["practice"]["code"]
    await wanjiru.screens("dial *384*77#", "1", "1", NAME, PIN, PIN)
    assert "Wrong PIN" in await wanjiru.screens("dial *384*77#", "1", WRONG_PIN)
    assert "balance" in await wanjiru.screens(PIN)
    await wanjiru.screens("dial *384*77#", "2", "500", "1", PIN)
    await wanjiru.screens(f"mpesa {MPESA_PIN}")
    assert "joined" in await wanjiru.screens("dial *384*77#", "4", "8", practice, "1")

    await otieno.screens("chat /start", "contact")
    code = re.findall(r"\b\d{6}\b", await otieno.screens("sms"))[0]
    await otieno.screens("code", "tap English", "tap Register: I agree", "chat Otieno Odhiambo", f"pin {OTHER_PIN}")
    assert "Welcome" in await otieno.screens(f"pin {OTHER_PIN}")
    await otieno.screens("chat /balance")
    # What a person types into the chat where the keypad asks for it.
    await otieno.screens(f"chat {TYPED_PIN}")
    await otieno.screens(f"pin {WRONG_PIN}", f"pin {OTHER_PIN}")
    await otieno.screens("chat /deposit", "chat 300", "tap Confirm", f"pin {OTHER_PIN}", f"mpesa {MPESA_PIN}", "wait")

    mail = await add_email(world, wanjiru)
    return {"a code by SMS": code, "a code by e-mail": mail} | await two_steps(world, wanjiru)


async def two_steps(world: World, player: Player) -> dict[str, str]:
    """Her authenticator, set up on the feature phone: its key, a code, a wrong code and the backup codes."""
    await to_option(player, "Security")
    await player.screens("1")

    async def sent() -> Any:
        texts = [sms["text"] for sms in (await world.person(WANJIRU))["sms"]]
        return [found[1] for one in texts if (found := re.search(r"(\d{6}) is your Mtaa DAO code to turn on", one))]

    (sms,) = await until(sent)
    shown = await player.screens(sms)
    found = KEY_SHAPE.search(shown)
    assert found is not None, shown
    key = found.group().replace(" ", "")
    app = pyotp.TOTP(key)
    assert "not the code" in await player.screens(WRONG_CODE)
    code = app.now()
    await player.screens(code)
    codes = BACKUP_CODE.findall(await player.screens(PIN))
    assert len(codes) == 10
    backup = {f"backup code {place}": one.replace(" ", "") for place, one in enumerate(codes)}
    typed = {f"backup code {place}, in fours": one for place, one in enumerate(codes)}
    return {"an app's key": key, "an app's key in fours": found.group(), "an app's code": code, "an approving code": sms,
            "a wrong code": WRONG_CODE} | backup | typed  # fmt: skip


async def use_programs(url: str, backup: list[str]) -> dict[str, str]:
    """A program signs in, loses its refresh token to a thief, signs in again and makes a key; every token, by name."""
    tokens: dict[str, str] = {}
    async with aiohttp.ClientSession(f"{url}/api/v1/") as http:

        async def call(method: str, path: str, body: Any = None, *, bearer: str = "", expect: int = 200) -> Any:
            headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
            async with http.request(method, path, json=body, headers=headers) as answer:
                found = await answer.json()
                assert answer.status == expect, found
                return found

        async def login(code: str, **more: str) -> Any:
            found = await call("POST", "auth/login", {"phone": f"+{WANJIRU}", "pin": PIN, "code": code, **more})
            number = len(tokens)
            wanted = ("access_token", "refresh_token", "device_token")
            tokens.update({f"{name} {number}": found[name] for name in wanted if name in found})
            return found

        await call("POST", "auth/login", {"phone": f"+{WANJIRU}", "pin": WRONG_PIN, "code": WRONG_CODE}, expect=401)
        first = await login(backup[0])
        used = {"refresh_token": first["refresh_token"]}
        second = await call("POST", "auth/refresh", used)
        tokens |= {"refreshed": second["refresh_token"], "refreshed access": second["access_token"]}
        await call("POST", "auth/refresh", used, expect=401)
        third = await login(backup[1], device_token=first["device_token"])
        bearer = third["access_token"]
        await call("POST", "auth/step-up", {"pin": PIN, "code": backup[2]}, bearer=bearer)
        wanted = {"name": "Book", "permissions": ["profile:read", "balances:read"]}
        key = await call("POST", "api-keys", wanted, bearer=bearer, expect=201)
        await call("GET", "me/balances", bearer=key["key"])
        await call("GET", "me/balances", bearer=MADE_UP_KEY, expect=401)
        return tokens | {"an API key": key["key"], "a made-up key": MADE_UP_KEY}


async def add_email(world: World, player: Player) -> str:
    """Her e-mail, by the menus wherever they put it; the code that came."""
    await to_option(player, "E-mail")
    await player.screens("1", "kipepeo at example dot org", PIN)

    async def arrived() -> Any:
        return await world.get("mails")

    (mail,) = await until(arrived)
    code = re.findall(r"\b\d{6}\b", str(mail))[0]
    await to_option(player, "E-mail")
    assert "The code is right" in await player.screens("1", code)
    return code


async def to_option(player: Player, label: str) -> str:
    shown = await player.screens("dial *384*77#", "5")
    while label not in shown:
        assert "98" in shown, shown
        shown = await player.screens("98")
    (line,) = [line for line in shown.splitlines() if label in line]
    return await player.screens(line.removeprefix("> ").split()[0])


async def kept_in_tables(url: str) -> dict[str, str]:
    """Every row of every table of ours and of the queue's, with bytes as the text that they hold."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        rows = {table["name"]: await connection.fetch(f"SELECT * FROM {table['name']}") for table in tables}
    finally:
        await connection.close()
    return {
        f"table {name}": "\n".join(written(value) for row in found for value in row.values()) for name, found in rows.items()
    }


def written(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


async def kept_in_redis(url: str) -> dict[str, str]:
    redis = Redis.from_url(url)
    kept: dict[str, str] = {}
    async for key in redis.scan_iter():
        kind = (await redis.type(key)).decode()
        reading = {"string": redis.get, "hash": redis.hgetall, "set": redis.smembers}[kind]
        kept[f"redis {key.decode()}"] = f"{key.decode()} {written(await reading(key))}"
    await redis.aclose()
    return kept


async def everything_kept(product: Product) -> dict[str, str]:
    lease = await start(product.home)
    try:
        await settled(lease.servers.database_url)
        kept = await kept_in_tables(lease.servers.database_url) | await kept_in_redis(lease.servers.redis_url)
    finally:
        await lease.release()
    # The sandbox plays the world outside: it has to know what was sent to it.
    logs = [path for path in (product.home / "logs").glob("*.log") if path.stem != "sandbox"]
    assert {"web", "bot", "worker"} <= {path.stem for path in logs}
    kept |= {f"log of {path.stem}": path.read_text() for path in logs}
    async with aiohttp.ClientSession() as session, session.get(f"{product.url}/metrics") as answer:
        kept["metrics"] = await answer.text()
    return kept | {"output": "".join(product.output)}


async def settled(url: str) -> None:
    """Wait until the worker has sent everything, so that what is looked at is what stays."""
    connection = await asyncpg.connect(url)

    async def quiet() -> bool:
        return not await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE execute_after <= now()")

    try:
        await until(quiet)
    finally:
        await connection.close()


@pytest.mark.timeout(400)
async def test_after_a_day_on_both_channels_no_secret_is_kept_anywhere(product: Product) -> None:
    async with world_of(product) as world:
        codes = await live(world)
        codes |= await use_programs(product.url, [codes[f"backup code {place}"] for place in range(3)])
        kept = await everything_kept(product)
    pins = {"a PIN": PIN, "a wrong PIN": WRONG_PIN, "her PIN": OTHER_PIN, "a PIN in the chat": TYPED_PIN}
    # M-Pesa's own PIN never comes to us at all; four digits are found by chance, so only where they would be typed.
    others = {"the callbacks' token": TOKEN, "the key": KEY, "raw USSD text": f"1*{NAME}", "an M-PESA PIN": f"*{MPESA_PIN}"}

    found = [
        f"{name} in {place}: …{match.string[max(match.start() - 80, 0) : match.end() + 20]}…"
        for name, secret in (codes | pins | others).items()
        for place, content in kept.items()
        if (match := standing_alone(secret).search(content))
    ]

    assert found == []
    # What should be found is: the search itself works.
    assert any(standing_alone(NAME).search(content) for content in kept.values())
    assert any("hop of +2547XX***001" in content for place, content in kept.items() if place.startswith("log"))
