"""Her last twelve months as bars: dark for her own money, light above it for what she has saved in groups."""

from __future__ import annotations

from PIL import Image, ImageDraw

from core.kernel.money import Money
from core.kernel.texts import catalogue, text
from core.notifications.drawing import GREEN, GREY, INK, MARGIN, WHITE, WIDTH, Pen, fitting, png
from core.reports.own.figures import Month, OwnStatement

HEIGHT, TOP, BOTTOM = 720, 250, 610
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
    _key(draw, pen.y, GREEN, say("own-chart-own", amount=now.own), left=MARGIN)
    _key(draw, pen.y, LIGHT, say("own-chart-saved", amount=now.saved), left=WIDTH // 2)
    highest = max(*(_total(month).minor for month in statement.months), 1)
    _scale(draw, say("own-chart-sum", amount=Money(highest)))
    for number, month in enumerate(statement.months):
        _bar(draw, number, month, highest)
    return png(canvas)


def _total(month: Month) -> Money:
    return month.own + month.saved


def _key(draw: ImageDraw.ImageDraw, y: int, colour: str, said: str, *, left: int) -> None:
    draw.rectangle((left, y + 4, left + 24, y + 28), fill=colour)
    draw.text((left + 36, y), said, font=fitting(said, 26, WIDTH // 2 - MARGIN - 40), fill=INK)


def _scale(draw: ImageDraw.ImageDraw, highest: str) -> None:
    draw.line((MARGIN, TOP, WIDTH - MARGIN, TOP), fill=PALE, width=2)
    draw.text((MARGIN, TOP - 30), highest, font=fitting(highest, 22, WIDTH), fill=GREY)
    draw.line((MARGIN, BOTTOM, WIDTH - MARGIN, BOTTOM), fill=INK, width=3)


def _bar(draw: ImageDraw.ImageDraw, number: int, month: Month, highest: int) -> None:
    """From the ground up; a sum that isn't nothing is always seen."""
    pitch = (WIDTH - 2 * MARGIN) / 12
    left, right = MARGIN + number * pitch + GAP / 2, MARGIN + (number + 1) * pitch - GAP / 2
    ground = float(BOTTOM)
    for amount, colour in ((month.own, GREEN), (month.saved, LIGHT)):
        tall = (BOTTOM - TOP) * max(amount.minor, 0) / highest
        if tall > 0:
            top = ground - max(tall, 3)
            draw.rectangle((left, top, right, ground - 1), fill=colour)
            ground = top
    said = f"{month.first.month}/{month.first:%y}"
    draw.text(((left + right) / 2, BOTTOM + 14), said, font=fitting(said, 22, int(pitch)), fill=INK, anchor="ma")
