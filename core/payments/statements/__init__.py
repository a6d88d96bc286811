"""The organisation's statement against our books: every row of M-Pesa's, matched, booked, or open for a person."""
