"""Everybody who keeps something that is settled when a member goes. Whoever keeps another sort is added here, in one line."""

from __future__ import annotations

from core.daos.dues.parting import Dues
from core.daos.loans.parting import Loans
from core.daos.parting import Parting
from core.daos.rotation.parting import Merry
from core.daos.savings_parting import Savings
from core.daos.shares.parting import Shares

PARTINGS: tuple[Parting, ...] = (Savings(), Dues(), Loans(), Merry(), Shares())
