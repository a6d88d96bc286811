"""Cards as pictures: plain, large letters, dark on white, a few kilobytes, readable on a small and scratched screen."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass

import segno
from PIL import Image, ImageDraw, ImageFont

from core.notifications.cards import Card

WIDTH, MARGIN = 720, 40
WHITE, INK, GREY, GREEN, PALE = "#ffffff", "#111111", "#555555", "#0b5d3b", "#e3ece7"
TITLE, AMOUNT, PARTY, LABEL, VALUE, SMALLEST = 38, 92, 52, 28, 38, 18
# Where a chat shows the picture as wide as a small phone, smaller letters can't be read: what needs them gets a second line.
READABLE = 32
# Letters of names that don't come apart into a plain one and its accent; the font has plain ones only.
SPELLED_OUT = str.maketrans({"Ø": "O", "ø": "o", "Æ": "Ae", "æ": "ae", "ß": "ss"})
QR_PIXELS_A_MODULE, QR_QUIET = 7, 4
COLOURS = 8


@dataclass
class Pen:
    """Where the next line goes on a canvas."""

    draw: ImageDraw.ImageDraw
    y: int = 0

    def line(self, said: str, *, size: int, colour: str = INK, bold: bool = False, gap: int = 10, width: int = 0) -> None:
        """One line at the left, as large as fits between the margins; or two, where its letters would be too small."""
        width, said = width or WIDTH - 2 * MARGIN, drawable(said)
        is_long = fitting(said, size, width, bold=bold).size < min(size, READABLE)
        parts = halves(said) if is_long else (said,)
        size = min(size, *(int(fitting(part, size, width, bold=bold).size) for part in parts)) if is_long else size
        for part in parts:
            font = fitting(part, size, width, bold=bold)
            shown = shortened(part, font, width)
            self.draw.text((MARGIN, self.y), shown, font=font, fill=colour, stroke_width=int(bold), stroke_fill=colour)
            self.y += size + (gap if part is parts[-1] else 4)


def drawable(said: str) -> str:
    """The words in letters that the font has: é as e. Anything else would be an empty box."""
    apart = unicodedata.normalize("NFKD", said.translate(SPELLED_OUT))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return plain.encode("ascii", "replace").decode()


def halves(said: str) -> tuple[str, str]:
    """Two lines of about the same length, parted between words where there are several."""
    middle = len(said) // 2
    spaces = [place for place, letter in enumerate(said) if letter == " "]
    place = min(spaces, key=lambda one: abs(one - middle), default=middle)
    return said[:place], said[place:].strip()


def fitting(said: str, size: int, width: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The font of this size, or the largest smaller one in which the words are no wider than this."""
    while True:
        font = ImageFont.load_default(size)
        assert isinstance(font, ImageFont.FreeTypeFont)  # noqa: S101 - the library is built with FreeType
        if size <= SMALLEST or font.getlength(said) + 2 * bold <= width:
            return font
        size -= 2


def shortened(said: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The words, or their beginning and three dots, no wider than this."""
    if font.getlength(said) <= width:
        return said
    while said and font.getlength(f"{said}...") > width:
        said = said[:-1]
    return f"{said}..."


def card_png(card: Card, *, link: str = "") -> bytes:
    """The card as a PNG. `link`: where the check of its code is, by default the code itself."""
    code = _qr(link or card.code) if card.code else None
    height = 480 + 140 * len(card.rows) + (code.height + 60 if code else 0)
    canvas = Image.new("RGB", (WIDTH, height), WHITE)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, 0, WIDTH, 96), fill=GREEN)
    pen = Pen(draw, 28)
    pen.line(card.title, size=TITLE, colour=WHITE, bold=True)
    pen.y = 128
    pen.line(card.amount, size=AMOUNT, bold=True, gap=26)
    pen.line(card.party, size=PARTY, bold=True, gap=28)
    for label, value in card.rows:
        draw.line((MARGIN, pen.y, WIDTH - MARGIN, pen.y), fill=PALE, width=3)
        pen.y += 10
        pen.line(label, size=LABEL, colour=GREY, gap=4)
        pen.line(value, size=VALUE, gap=12)
    if code is not None:
        canvas.paste(code, ((WIDTH - code.width) // 2, pen.y))
        pen.y += code.height
        pen.line(card.check, size=LABEL, colour=GREY)
    return png(canvas.crop((0, 0, WIDTH, pen.y + MARGIN // 2)))


def png(canvas: Image.Image) -> bytes:
    """The picture in few colours, so that it costs little airtime."""
    out = io.BytesIO()
    canvas.quantize(COLOURS).save(out, format="PNG", optimize=True)
    return out.getvalue()


def _qr(content: str) -> Image.Image:
    out = io.BytesIO()
    segno.make(content, micro=False, error="m").save(out, kind="png", scale=QR_PIXELS_A_MODULE, border=QR_QUIET)
    return Image.open(out).convert("RGB")
