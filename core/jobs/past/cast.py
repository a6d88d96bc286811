"""Who belongs to the practice group of the year. The first two own the phones that the phone page shows at first."""

from __future__ import annotations

from dataclasses import dataclass

from core.kernel.phone import Phone

GROUP = "Tumaini"
# Everybody's. It opens nothing but this practice world, and is said when it starts.
PIN = "264815"


@dataclass(frozen=True)
class Member:
    """Somebody of the group: her office, and whether she is often late with what she owes."""

    name: str
    phone: Phone
    language: str = "en"
    office: str = ""
    late: bool = False


CAST = (
    Member("Wanjiru Kamau", Phone("+254712000001"), office="chair"),
    Member("Otieno Ouma", Phone("+254722000002"), "sw"),
    Member("Achieng Odhiambo", Phone("+254712000103"), office="secretary"),
    Member("Njeri Mwangi", Phone("+254712000104"), office="treasurer"),
    Member("Fatuma Hassan", Phone("+254712000105"), "sw", office="auditor"),
    Member("Baraka Kiprono", Phone("+254712000106"), late=True),
    Member("Mutua Musyoka", Phone("+254712000107")),
    Member("Halima Abdi", Phone("+254712000108"), "sw"),
)
WANJIRU, OTIENO, ACHIENG, NJERI, FATUMA, BARAKA, MUTUA, HALIMA = range(len(CAST))
