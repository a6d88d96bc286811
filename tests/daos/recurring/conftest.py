"""The village and the payments desk, as elsewhere."""

from tests.daos.dues.conftest import village
from tests.payments.conftest import desk

__all__ = ["desk", "village"]
