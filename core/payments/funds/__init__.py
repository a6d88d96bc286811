"""Proof of funds: what M-Pesa holds for us against what the books say, every hour, for everybody to see."""
