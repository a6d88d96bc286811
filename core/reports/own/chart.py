"""Her last twelve months as bars: dark for her own money, light above it for what she has saved in groups."""

from __future__ import annotations

from PIL import Image, ImageDraw

from core.kernel.money import Money
from core.kernel.texts import catalogue, text
from core.notifications.drawing import GREEN, GREY, INK, MARGIN, WHITE, WIDTH, Pen, fitting, png
from core.reports.own.figures import MONTHS, Month, OwnStatement

HEIGHT, TOP, BOTTOM = 720, 300, 620
LIGHT, PALE = "#7fb89a", "#e3ece7"
GAP = 10


def as_chart(statement: OwnStatement, *, language: str) -> bytes:
    """A PNG: the sum now in large letters, then a bar for each month."""

    def say(key: str, **given: object) -> str:
        return catalogue().say(language, text(key, **given))

    canvas = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    draw = ImageDraw.Draw(canvas)
    pen, now = Pen(draw, 28), statement.months[-1]
    pen.line(say("own-chart-title"), size=34, colour=GREY)
    pen.line(say("own-chart-sum", amount=now.own + now.saved), size=72, bold=True, gap=24)
    for colour, said in ((GREEN, say("own-chart-own", amount=now.own)), (LIGHT, say("own-chart-saved", amount=now.saved))):
        _key(draw, pen.y, colour, said)
        pen.y += 40
    highest = max(_total(month).minor for month in statement.months)
    _scale(draw, say("own-chart-sum", amount=Money(highest)) if highest > 0 else "")
    for number, month in enumerate(statement.months):
        _bar(draw, number, month, highest)
    return png(canvas)


def _total(month: Month) -> Money:
    return month.own + month.saved


def _key(draw: ImageDraw.ImageDraw, y: int, colour: str, said: str) -> None:
    draw.rectangle((MARGIN, y + 4, MARGIN + 24, y + 28), fill=colour)
    draw.text((MARGIN + 40, y), said, font=fitting(said, 30, WIDTH - 2 * MARGIN - 40), fill=INK)


def _scale(draw: ImageDraw.ImageDraw, highest: str) -> None:
    draw.line((MARGIN, TOP, WIDTH - MARGIN, TOP), fill=PALE, width=2)
    draw.text((MARGIN, TOP - 34), highest, font=fitting(highest, 26, WIDTH), fill=GREY)
    draw.line((MARGIN, BOTTOM, WIDTH - MARGIN, BOTTOM), fill=INK, width=3)


def _bar(draw: ImageDraw.ImageDraw, number: int, month: Month, highest: int) -> None:
    """From the ground up; a sum that isn't nothing is always seen."""
    pitch = (WIDTH - 2 * MARGIN) / MONTHS
    left, right = MARGIN + number * pitch + GAP / 2, MARGIN + (number + 1) * pitch - GAP / 2
    ground = float(BOTTOM)
    for amount, colour in ((month.own, GREEN), (month.saved, LIGHT)):
        tall = (BOTTOM - TOP) * max(amount.minor, 0) / max(highest, 1)
        if tall > 0:
            top = ground - max(tall, 3)
            draw.rectangle((left, top, right, ground - 1), fill=colour)
            ground = top
    middle = (left + right) / 2
    draw.text((middle, BOTTOM + 12), str(month.first.month), font=fitting("12", 28, int(pitch)), fill=INK, anchor="ma")
    if month.first.month == 1 or (number == 0 and month.first.month < MONTHS):
        # Once for each year: beside every month there's no room for it in letters that can be read, nor side by side.
        draw.text(
            (middle, BOTTOM + 48), str(month.first.year), font=fitting("2026", 26, int(2 * pitch)), fill=GREY, anchor="ma"
        )
