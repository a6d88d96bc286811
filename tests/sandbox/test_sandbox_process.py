"""The sandbox as a process: its settings, its ports, its memory over a restart, its end."""

import asyncio
import base64
import json
import os
import signal
import socket
import sys
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from core.sandbox.box import PortTaken, Sandbox
from core.sandbox.settings import Address, BadEnvironment, SandboxSettings
from core.sandbox.store import DamagedFile

WANJIRU, CHAT = "254712000001", 1712000001
TOKEN = "7000000001:sandbox-practice-bot-token-0000000"


def test_settings_when_nothing_is_said_listen_where_the_application_calls():
    settings = SandboxSettings.from_environ({})

    assert settings == SandboxSettings()
    assert (settings.africastalking, settings.page) == (Address("127.0.0.1", 8101), Address("127.0.0.1", 8105))


def test_settings_when_addresses_are_given_listen_there():
    settings = SandboxSettings.from_environ(
        {
            "AT_BASE_URL": "http://localhost:9101/",
            "SMTP_URL": "smtp://127.0.0.1:9104",
            "DARAJA_BASE_URL": "https://api.safaricom.co.ke",
            "TELEGRAM_BASE_URL": "http://[::1]:9103",
            "USSD_CODE": "*1*2#",
            "MTAA_HOME": "/somewhere",
        }
    )

    assert settings.africastalking == Address("127.0.0.1", 9101)
    assert settings.smtp == Address("127.0.0.1", 9104)
    assert settings.telegram == Address("::1", 9103)
    assert settings.daraja is None  # the real one is used
    assert (settings.ussd_code, str(settings.home)) == ("*1*2#", "/somewhere")


@pytest.mark.parametrize(
    "environ",
    [
        {"AT_BASE_URL": "http://127.0.0.1:99999"},
        {"AT_BASE_URL": "8101"},
        {"SANDBOX_URL": "http://example.com:8105"},
        {"TELEGRAM_TOKEN": "secret"},
        {"USSD_CODE": "384"},
    ],
)
def test_settings_when_something_is_unusable_say_which(environ):
    with pytest.raises(BadEnvironment, match=next(iter(environ))):
        SandboxSettings.from_environ(environ)


def test_settings_when_printed_show_no_secret():
    printed = repr(SandboxSettings(callback_token="tokentoken", at_api_key="keykey", telegram_token="1:bottoken"))

    assert not any(secret in printed for secret in ("tokentoken", "keykey", "bottoken", "development-only-secret"))


async def test_start_when_a_port_is_taken_says_which_and_lets_go_of_the_others(settings, unused_tcp_port_factory):
    free = unused_tcp_port_factory()
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        values = {**vars(settings), "africastalking": Address("127.0.0.1", free), "smtp": Address("127.0.0.1", taken)}
        with pytest.raises(PortTaken, match=rf"Mail: 127.0.0.1:{taken} is taken by another program; .* SMTP_URL"):
            await Sandbox(SandboxSettings(**values)).start()

    socket.create_server(("127.0.0.1", free)).close()


async def test_start_when_a_part_is_real_leaves_it_out(settings):
    box = Sandbox(SandboxSettings(**{**vars(settings), "daraja": None, "smtp": None}))
    await box.start()

    assert set(box.addresses) == {"africastalking", "telegram", "page"}
    await box.stop()


async def test_start_when_memory_is_damaged_says_which_file(settings):
    (settings.home / "sandbox").mkdir()
    (settings.home / "sandbox" / "telegram.json").write_text("{")

    with pytest.raises(DamagedFile, match=r"telegram\.json is damaged: remove it"):
        await Sandbox(settings).start()


async def test_restart_remembers_people_money_messages_and_numbers(settings, http, application):
    first = Sandbox(settings)
    await first.start()
    base = f"{first.addresses['page']}/phone/api"
    api = f"{first.addresses['telegram']}/bot{TOKEN}"

    async def post(to, **content):
        async with http.post(to, json=content) as response:
            assert response.status in (200, 201), await response.text()
            return await response.json()

    await post(f"{base}/people", name="Achieng", phone="254733000009")
    await post(f"{base}/practice", code="123456")
    await post(f"{base}/people/{WANJIRU}/telegram/text", text="/start")
    sent = await post(f"{api}/sendMessage", chat_id=CHAT, text="<b>hi</b>", parse_mode="HTML")
    await post(f"{api}/setMyCommands", commands=[{"command": "balance", "description": "Balance"}])
    await post(f"{api}/setWebhook", url=f"{application.url}/hook")
    before = await (await http.get(f"{base}/state")).json()
    await first.stop()

    second = Sandbox(settings)
    await second.start()
    base = f"{second.addresses['page']}/phone/api"
    api = f"{second.addresses['telegram']}/bot{TOKEN}"
    after = await (await http.get(f"{base}/state")).json()
    again = await post(f"{api}/sendMessage", chat_id=CHAT, text="again")
    info = await post(f"{api}/getWebhookInfo")
    await post(f"{api}/editMessageText", chat_id=CHAT, message_id=sent["result"]["message_id"], text="changed")
    await second.stop()

    assert after == before
    assert again["result"]["message_id"] == sent["result"]["message_id"] + 1
    assert info["result"]["url"] == f"{application.url}/hook"


async def test_memory_when_a_number_was_given_out_is_on_the_disk_already(settings, http):
    box = Sandbox(settings)
    await box.start()
    url = f"{box.addresses['page']}/phone/api/people/{WANJIRU}/telegram/text"
    async with http.post(url, json={"text": "/start"}) as response:
        await response.read()

    # Read before the sandbox had any reason to tidy up: as after a kill -9.
    kept = json.loads((settings.home / "sandbox" / "telegram.json").read_text())

    assert kept["next_update_id"] == kept["updates"][-1]["id"] + 1
    assert (settings.home / "sandbox" / "telegram.json").stat().st_mode & 0o077 == 0
    await box.stop()


async def push(http, daraja, settings, callback):
    basic = aiohttp.encode_basic_auth(settings.consumer_key, settings.consumer_secret)
    url = f"{daraja}/oauth/v1/generate?grant_type=client_credentials"
    async with http.get(url, headers={"Authorization": basic}) as response:
        token = (await response.json())["access_token"]
    stamp = f"{datetime.now(UTC) + timedelta(hours=3):%Y%m%d%H%M%S}"
    wanted = {
        "BusinessShortCode": settings.shortcode,
        "Password": base64.b64encode(f"{settings.shortcode}{settings.passkey}{stamp}".encode()).decode(),
        "Timestamp": stamp,
        "TransactionType": "CustomerPayBillOnline",
        "Amount": 500,
        "PartyA": WANJIRU,
        "PartyB": settings.shortcode,
        "PhoneNumber": WANJIRU,
        "CallBackURL": callback,
        "AccountReference": "UMOJA1",
    }
    url = f"{daraja}/mpesa/stkpush/v1/processrequest"
    async with http.post(url, json=wanted, headers={"Authorization": f"Bearer {token}"}) as response:
        return (await response.json())["CheckoutRequestID"]


async def test_restart_when_a_prompt_was_open_lets_it_be_paid(settings, http, application):
    first = Sandbox(settings)
    await first.start()
    checkout = await push(http, first.addresses["daraja"], settings, f"{application.url}/pay")
    base = f"{first.addresses['page']}/phone/api/people/{WANJIRU}"
    async with asyncio.timeout(10):
        while (await (await http.get(base)).json())["mpesa"]["prompt"] is None:
            await asyncio.sleep(0.02)
    await first.stop()

    second = Sandbox(settings)
    await second.start()
    url = f"{second.addresses['page']}/phone/api/people/{WANJIRU}/mpesa"
    async with http.post(url, json={"prompt": checkout, "action": "pay", "pin": "1234"}) as response:
        person = await response.json()
    await application.wait_for("/pay")
    await second.stop()

    assert person["mpesa"]["balance"] == 19_500


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_process_when_told_to_stop_ends_cleanly(tmp_path, unused_tcp_port_factory, number):
    names = ("AT_BASE_URL", "DARAJA_BASE_URL", "TELEGRAM_BASE_URL", "SANDBOX_URL")
    environ = {name: f"http://127.0.0.1:{unused_tcp_port_factory()}" for name in names}
    environ |= {"SMTP_URL": f"smtp://127.0.0.1:{unused_tcp_port_factory()}", "MTAA_HOME": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "core.sandbox",
        env={**os.environ, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(5)]

    process.send_signal(number)
    _, errors = await asyncio.wait_for(process.communicate(), 20)

    assert process.returncode == 0
    assert lines[-1] == f"sandbox: Phone page at {environ['SANDBOX_URL']}/phone"
    assert b"Traceback" not in errors


async def test_process_when_a_port_is_taken_says_so_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        environ = {"AT_BASE_URL": f"http://127.0.0.1:{taken}", "MTAA_HOME": str(tmp_path)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "core.sandbox", env={**os.environ, **environ}, stderr=asyncio.subprocess.PIPE
        )
        _, errors = await asyncio.wait_for(process.communicate(), 20)

    assert process.returncode == 1
    message = f"Africa's Talking: 127.0.0.1:{taken} is taken by another program; stop it or set AT_BASE_URL to a free port"
    assert errors.decode().strip() == f"The sandbox can't start: {message}"
