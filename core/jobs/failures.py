"""What happens to a job that raises: it waits and is tried again, and after the last time an operator sees it.

Neither the queue's log nor the dead letter holds an exception's message: it may carry what must not be kept. The process's
own log has the whole error, redacted.
"""

from __future__ import annotations

import logging
import traceback
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from core.jobs.models import JobFailure
from core.kernel.db import Database

log = logging.getLogger(__name__)

# A job that takes its worker down with it raises nothing; being picked this often more than it may raise is as bad.
PICKS_BEYOND_ATTEMPTS = 5


def what_and_where(error: BaseException) -> str:
    """The kind of error and the innermost place in the code, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name} ({frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{place}"


async def times_picked(database: Database, *, job_id: int) -> int:
    """How often any worker began this job."""
    async with database.unit() as uow:
        picked = text("SELECT count(*) FROM pgqueuer_log WHERE job_id = :job AND status = 'picked'")
        return int(await uow.session.scalar(picked, {"job": job_id}) or 0)


async def give_up(
    database: Database, *, job_id: int, job: str, payload: dict[str, Any], attempts: int, error: str, now: datetime
) -> None:
    """Keep the job as a dead letter; doing so twice keeps one."""
    row = {"job": job, "payload": payload, "attempts": attempts, "error": error, "failed_at": now}
    async with database.unit() as uow:
        letter = insert(JobFailure).values(job_id=job_id, **row)
        await uow.session.execute(letter.on_conflict_do_update(index_elements=[JobFailure.job_id], set_=row))
    log.error("job %s %d is given up after %d attempts: %s", job, job_id, attempts, error)
