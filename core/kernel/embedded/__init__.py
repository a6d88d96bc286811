"""Private PostgreSQL and Redis from wheels, for a machine that has nothing installed.

`start` gives a Lease with their addresses; processes with the same home share one pair of servers, and the last one out
stops them. The engines are those of production; the data stay in the home. With DATABASE_URL and REDIS_URL set nobody needs
this: deciding that is left to the callers.
"""

from core.kernel.embedded.errors import EmbeddedFailed
from core.kernel.embedded.lease import EmbeddedServers, Lease, start
from core.kernel.embedded.postgres_server import APPLICATION_ROLE

__all__ = ["APPLICATION_ROLE", "EmbeddedFailed", "EmbeddedServers", "Lease", "start"]
