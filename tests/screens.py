"""`make screens`: one page with every screen and every text as a handset shows it, for a translator or a group's secretary.

First the whole screens, with their options, as the conversation shows them (tests/screen_book.py); then every text by itself; each
in every language, on every kind of network, with ordinary values and with the longest that there can be. Then the pictures that
Telegram's chats get, which are also written as files beside the page.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from html import escape
from multiprocessing import get_context
from pathlib import Path

from bot.render import TelegramRenderer, View
from core.dialogue.screens import Asks, Screen
from core.dialogue.turn import USSD, Reply
from core.kernel.texts import LANGUAGES, Text, catalogue
from core.providers.redis_store import RedisStore
from tests.bench.servers import bench_servers
from tests.cards import cards
from tests.conftest import do_not_wait_for_the_disk, recreate, run_migrations
from tests.extremes import UNBOUNDED, messages, ordinary, subjects, variables, worst
from tests.screen_book import Walked, fresh_database, new_vault, walk
from tests.screen_walk import Whole
from ussd.networks import AIRTEL_SEPTETS, SAFARICOM_SEPTETS, UCS2_UNITS
from ussd.render import ALPHABET, UssdRenderer, fits, septets

PROFILES = {"Safaricom, Telkom": SAFARICOM_SEPTETS, "Airtel": AIRTEL_SEPTETS}
VALUES = {"ordinary": ordinary, "longest": worst}
STYLE = """
body { font: 15px/1.4 sans-serif; margin: 1.5em; max-width: 75em } h2 { margin-top: 2em }
section { border-top: 1px solid #ccc; padding: .6em 0 } h3 { font: 13px monospace; margin: .2em 0 }
figure { display: inline-block; vertical-align: top; margin: .3em .6em .3em 0; width: 17em }
pre { font: 13px/1.3 monospace; white-space: pre-wrap; overflow-wrap: anywhere; background: #eef3e4; border: 1px solid #9a9; border-radius: 4px; padding: .5em; margin: 0 }
img { max-width: 100%; border: 1px solid #ccc } nav a { margin-right: 1em }
figcaption { font-size: 12px; color: #555 } .long pre { background: #fdf0d5 }
"""


@dataclass(frozen=True)
class Shown:
    """One text as it is shown: its pages on one network, in one language, with one kind of values."""

    key: str
    language: str
    profile: str
    values: str
    pages: tuple[str, ...]
    budget: int

    @property
    def is_whole(self) -> bool:
        """Whether every page fits the network; what is only sent by SMS or read in a chat may take several."""
        return all(fits(page, self.budget) for page in self.pages)


def shown() -> Iterator[Shown]:
    """Every text in every way, in the order of the subjects."""
    for key in sorted(messages("en"), key=lambda key: (subjects()[key], key)):
        for language in LANGUAGES:
            message = messages(language)[key]
            assert message.value is not None, key
            for values, fill in VALUES.items():
                said = Text(key, fill(variables(message), language, subjects()[key]))
                for profile, budget in PROFILES.items():
                    reply = Reply(Screen(said, asks=Asks.NOTHING), language, 1)
                    pages = tuple(page.removeprefix("CON ") for page in UssdRenderer(catalogue(), budget)(reply))
                    yield Shown(key, language, profile, values, pages, budget)


def page(walked: Walked, pictures: Mapping[str, bytes]) -> str:
    """The book as one HTML document that needs nothing else."""
    parts = (_beginning(walked), _whole_screens(walked.screens), _texts(), _pictures(pictures))
    return "\n".join(line for part in parts for line in part) + "\n"


def _beginning(walked: Walked) -> Iterator[str]:
    yield "<!doctype html><html lang=en><meta charset=utf-8><title>Screen book</title>"
    yield f"<style>{STYLE}</style><h1>Screen book</h1>"
    yield "<nav><a href=#screens>Whole screens</a><a href=#texts>Texts</a><a href=#pictures>Pictures</a></nav>"
    yield f"<p>{len({one.name for one in walked.screens})} screens, each as it was come to, with its way: the numbers that are typed."
    if walked.missed:
        yield f"<p>Not come to: {escape(', '.join(walked.missed))}. Their texts are below."


def _whole_screens(screens: Sequence[Whole]) -> Iterator[str]:
    yield "<h1 id=screens>Whole screens</h1>"
    for name, found in itertools.groupby(sorted(screens, key=lambda one: one.name), key=lambda one: one.name):
        those = list(found)
        yield f"<section><h3>{escape(name)}</h3><p>{escape(' '.join(those[0].way)) or 'dial'}</p>"
        for one in those:
            if one.channel != USSD.name:
                yield _in_a_chat(one)
                continue
            for profile, budget in PROFILES.items():
                yield from _pages(one.pages(budget), f"{one.language}, {profile}, {one.values} values", budget, one.values)
        yield "</section>"


def _in_a_chat(one: Whole) -> str:
    """A screen that only chats have, with its buttons."""
    view = View.load(TelegramRenderer(catalogue())(one.reply)[0])
    rows = [" ".join(f"[{button.label}]" for button in row) for row in view.buttons] + (
        [f"[{view.contact}]"] if view.contact else []
    )
    kind = "long" if one.values == "longest" else "usual"
    text = "\n".join([view.body, *rows])
    caption = f"{one.language}, Telegram, {one.values} values"
    return f'<figure class="{kind}"><pre>{escape(text)}</pre><figcaption>{escape(caption)}</figcaption></figure>'


def _pages(pages: Sequence[str], what: str, budget: int, values: str) -> Iterator[str]:
    for number, written in enumerate(pages, 1):
        place = f", page {number} of {len(pages)}" if len(pages) > 1 else ""
        text = bare(written)
        units = len(text.encode("utf-16-le")) // 2
        used = f"{septets(text)} of {budget}" if set(text) <= ALPHABET else f"{units} of {UCS2_UNITS} (UCS-2)"
        kind = "long" if values == "longest" else "usual"
        yield f'<figure class="{kind}"><pre>{escape(text)}</pre><figcaption>{escape(what + place)}: {used}</figcaption></figure>'


def _pictures(pictures: Mapping[str, bytes]) -> Iterator[str]:
    yield "<h1 id=pictures>Pictures in Telegram</h1>"
    for name, content in pictures.items():
        data = base64.b64encode(content).decode()
        yield f'<figure><img alt="{escape(name)}" src="data:image/png;base64,{data}"><figcaption>{escape(name)}</figcaption></figure>'


def _texts() -> Iterator[str]:
    yield "<h1 id=texts>Texts</h1>"
    out: list[str] = []
    subject = key = ""
    for one in shown():
        if subjects()[one.key] != subject:
            subject = subjects()[one.key]
            out.append(f"<h2>{escape(subject)}</h2>")
        if one.key != key:
            key = one.key
            out.append(f"<section><h3>{escape(key)}{' (may be longer than a screen)' if key in UNBOUNDED else ''}</h3>")
        out += [_figure(one, number, text) for number, text in enumerate(one.pages, 1)]
    yield from out


def _figure(one: Shown, number: int, text: str) -> str:
    place = f", page {number} of {len(one.pages)}" if len(one.pages) > 1 else ""
    caption = f"{one.language}, {one.profile}, {one.values} values{place}: {septets(text)} of {one.budget}"
    kind = "long" if one.values == "longest" else "usual"
    return f'<figure class="{kind}"><pre>{escape(text)}</pre><figcaption>{escape(caption)}</figcaption></figure>'


def too_long(screens: Iterable[Whole]) -> list[str]:
    """The pages that don't fit their network; chats have room for all."""
    those = (
        (one, budget, page)
        for one in screens
        if one.channel == USSD.name
        for budget in PROFILES.values()
        for page in one.pages(budget)
    )
    return [f"{one.name} {one.language} {one.values}: {page}" for one, budget, page in those if not fits(bare(page), budget)]


def turned_over(refusals: Iterable[Whole]) -> set[str]:
    """The questions that a refusal pushes onto a second page of the smallest display, though they are on one by themselves."""
    those = {}
    for one in refusals:
        alone = UssdRenderer(catalogue())(replace(one.reply, note=None))
        if len(alone) == 1 and len(one.pages(SAFARICOM_SEPTETS)) > 1 and one.reply.note:
            those[f"{one.name}: {one.reply.note.key}"] = one
    return set(those)


def bare(page: str) -> str:
    """A page as the network counts it."""
    return page.removeprefix("CON ").removeprefix("END ")


async def collect() -> Walked:
    """Walk through the conversation on servers of its own, in all languages at once."""
    loop = asyncio.get_running_loop()
    async with bench_servers() as servers:
        await do_not_wait_for_the_disk(servers.database_url)
        with ProcessPoolExecutor(len(LANGUAGES), get_context("spawn")) as processes:
            each = [
                loop.run_in_executor(processes, _walked, servers.database_url, servers.redis_url, language)
                for language in LANGUAGES
            ]
            found = await asyncio.gather(*each)
    charts = {name: chart for one in found for name, chart in one.charts.items()}
    return Walked(
        [one for part in found for one in part.screens], sorted({name for one in found for name in one.missed}), charts
    )


def _walked(server_url: str, redis_url: str, language: str) -> Walked:
    return asyncio.run(_walk(server_url, redis_url, language))


async def _walk(server_url: str, redis_url: str, language: str) -> Walked:
    url = await recreate(server_url, f"screens_{language}")
    await asyncio.to_thread(run_migrations, url)
    vault = new_vault()
    database, store = fresh_database(url, vault), RedisStore(redis_url)
    try:
        # Who walked stays here with what was walked on.
        return replace(await walk(database, store, vault, language), walkers=[])
    finally:
        await store.aclose()
        await database.close()


def main() -> int:
    """Write the page to the file that is named, and the pictures into a folder beside it; 1 when a screen is missing or too long."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "screens.html")
    walked = asyncio.run(collect())
    pictures = {**dict(cards()), **walked.charts}
    target.write_text(page(walked, pictures), encoding="utf-8")
    folder = target.with_suffix("")
    folder.mkdir(exist_ok=True)
    for name, content in pictures.items():
        (folder / f"{name}.png").write_bytes(content)
    print(
        f"{target}: {len({one.name for one in walked.screens})} screens and {len(messages('en'))} texts in {len(LANGUAGES)} languages"
    )
    print(f"{folder}: {len(pictures)} pictures")
    wrong = [f"not come to: {name}" for name in walked.missed] + [f"too long: {one}" for one in too_long(walked.screens)]
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
