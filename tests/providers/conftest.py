"""A scripted Daraja and the adapter that speaks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from core.kernel.settings import DarajaSettings
from core.providers.daraja.client import Daraja

from .companies import serving
from .scripted import SETTINGS, Scripted


@pytest.fixture
def daraja_says() -> Scripted:
    return Scripted()


@pytest.fixture
async def daraja(daraja_says: Scripted, clock: Any) -> AsyncIterator[Daraja]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", daraja_says.handle)
    async with serving(app) as url:
        adapter = Daraja(DarajaSettings(base_url=url, **SETTINGS), clock=clock)
        yield adapter
        await adapter.aclose()
