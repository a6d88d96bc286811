"""Handing postings to the database inside the caller's unit."""

from __future__ import annotations

from collections.abc import Sequence

from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError
from core.ledger.postings import POST, POST_BATCH, BrokenPosting, Posted, Posting, batch_arguments, outcome, single_arguments


async def post(uow: UnitOfWork, posting: Posting) -> Posted:
    """Post one. Raises the refusal that the books answer with."""
    connection = await uow.session.connection()
    arguments = single_arguments(posting, transfer=uow.ids.new(), now=uow.clock.now())
    answer = outcome((await connection.exec_driver_sql(POST, arguments)).one())
    if isinstance(answer, Posted):
        return answer
    raise answer


async def post_all(uow: UnitOfWork, postings: Sequence[Posting]) -> list[Posted | CoreError | BrokenPosting]:
    """Post many in one call, each with its own answer: the only way to post more than one in a unit without lock circles."""
    if not postings:
        return []
    connection = await uow.session.connection()
    transfers = [uow.ids.new() for _ in postings]
    arguments = batch_arguments(postings, transfers=transfers, now=uow.clock.now())
    return [outcome(answer) for answer in await connection.exec_driver_sql(POST_BATCH, arguments)]
