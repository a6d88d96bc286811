"""A QR code as a PNG, drawn when it's sent and kept nowhere: what it says may be a secret."""

from __future__ import annotations

import io

import segno

# Large enough to be scanned from another screen at arm's length; four modules of quiet around it is what ISO/IEC 18004 wants.
PIXELS_A_MODULE, QUIET_MODULES = 8, 4


def qr_png(content: str) -> bytes:
    """The picture of this text."""
    out = io.BytesIO()
    segno.make(content, micro=False).save(out, kind="png", scale=PIXELS_A_MODULE, border=QUIET_MODULES)
    return out.getvalue()
