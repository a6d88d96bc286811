"""Reading a posted form, so that a body that is no form is the caller's mistake and never ours."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from multidict import MultiDictProxy


async def read_post(request: web.Request) -> MultiDictProxy[Any]:
    """The form's fields. Raises HTTPBadRequest for an unknown charset, a broken multipart body and the like."""
    try:
        return await request.post()
    except (ValueError, LookupError):
        raise web.HTTPBadRequest(text="the form can't be read") from None
