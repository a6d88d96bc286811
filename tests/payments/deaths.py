"""A process that is killed at any named step of what it does, once.

A kill is an exception that nothing catches, raised just before or just after the step; the unit it was in rolls back, and the
job stays in the queue, as it would.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from .desk import JOBS, Desk
from .fake_mobile_money import WorkerDied


@dataclass
class Death:
    """Kills the process once, before or after the step of this name; `happened` says whether it came to that."""

    after: bool
    happened: bool = False
    passed: list[str] = field(default_factory=list)

    def around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """The step with death around it; synchronous steps (a statement being made) die before they are carried out."""

        def mortal(*args: Any, **kwargs: Any) -> Any:
            if not self.after:
                self.strike()
            made = real(*args, **kwargs)
            return self.finish(made) if isinstance(made, Awaitable) else self.made(made)

        return mortal

    async def finish(self, made: Awaitable[Any]) -> Any:
        result = await made
        self.strike(only_if=self.after)
        return result

    def made(self, result: Any) -> Any:
        self.strike(only_if=self.after)
        return result

    def strike(self, *, only_if: bool = True) -> None:
        if only_if and not self.happened:
            self.happened = True
            raise WorkerDied


def deaths(steps: Mapping[str, tuple[Any, str]]) -> Any:
    """A fixture: the test is run once for each death, before and after each step. steps: as the module that calls it knows it."""

    @pytest.fixture(
        params=[(name, after) for name in steps for after in (False, True)],
        ids=lambda one: f"{'after' if one[1] else 'before'}: {one[0]}",
    )
    def death(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Death]:
        name, after = request.param
        module, step = steps[name]
        found = Death(after)
        monkeypatch.setattr(module, step, found.around(getattr(module, step)))
        yield found
        assert found.happened, f"nothing on the way came to this step: {name}"

    return death


async def survive(attempt: Callable[[], Awaitable[Any]]) -> None:
    """Somebody outside tries until it works: Safaricom's call, a member's turn. One death is all there is."""
    try:
        await attempt()
    except WorkerDied:
        await attempt()


async def take(desk: Desk, job: Any) -> None:
    try:
        await JOBS[job.entrypoint](desk, json.loads(job.payload))
    except WorkerDied:
        return
    await desk.rows("DELETE FROM pgqueuer WHERE id = :id RETURNING id", id=job.id)
