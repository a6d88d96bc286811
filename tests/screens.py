"""`make screens`: one page with every text as a handset shows it, for a translator or a group's secretary.

Every text, in every language, on every kind of network, with ordinary values and with the longest that there can be.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from core.dialogue.screens import Asks, Screen
from core.dialogue.turn import Reply
from core.kernel.texts import LANGUAGES, Text, catalogue
from tests.extremes import UNBOUNDED, messages, ordinary, subjects, variables, worst
from ussd.networks import AIRTEL_SEPTETS, SAFARICOM_SEPTETS
from ussd.render import UssdRenderer, fits, septets

PROFILES = {"Safaricom, Telkom": SAFARICOM_SEPTETS, "Airtel": AIRTEL_SEPTETS}
VALUES = {"ordinary": ordinary, "longest": worst}
STYLE = """
body { font: 15px/1.4 sans-serif; margin: 1.5em; max-width: 75em } h2 { margin-top: 2em }
section { border-top: 1px solid #ccc; padding: .6em 0 } h3 { font: 13px monospace; margin: .2em 0 }
figure { display: inline-block; vertical-align: top; margin: .3em .6em .3em 0; width: 17em }
pre { font: 13px/1.3 monospace; white-space: pre-wrap; background: #eef3e4; border: 1px solid #9a9; border-radius: 4px; padding: .5em; margin: 0 }
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


def page() -> str:
    """The book as one HTML document that needs nothing else."""
    out = ["<!doctype html><meta charset=utf-8><title>Screen book</title>", f"<style>{STYLE}</style>", "<h1>Screen book</h1>"]
    subject = key = ""
    for one in shown():
        if subjects()[one.key] != subject:
            subject = subjects()[one.key]
            out.append(f"<h2>{escape(subject)}</h2>")
        if one.key != key:
            key = one.key
            out.append(f"<section><h3>{escape(key)}{' (may be longer than a screen)' if key in UNBOUNDED else ''}</h3>")
        out += [_figure(one, number, text) for number, text in enumerate(one.pages, 1)]
    return "\n".join(out) + "\n"


def _figure(one: Shown, number: int, text: str) -> str:
    place = f", page {number} of {len(one.pages)}" if len(one.pages) > 1 else ""
    caption = f"{one.language}, {one.profile}, {one.values} values{place}: {septets(text)} of {one.budget}"
    kind = "long" if one.values == "longest" else "usual"
    return f'<figure class="{kind}"><pre>{escape(text)}</pre><figcaption>{escape(caption)}</figcaption></figure>'


def main() -> int:
    """Write the page to the file that is named."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "screens.html")
    target.write_text(page(), encoding="utf-8")
    print(f"{target}: {len(messages('en'))} texts in {len(LANGUAGES)} languages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
