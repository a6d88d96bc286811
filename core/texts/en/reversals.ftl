### Payments that M-Pesa took back, and payments that came back

told-reversed = M-PESA took back your payment of { $amount }, receipt { $receipt }. It is no longer on your balance. Our fee is returned.
told-reversed-spent = M-PESA took back your payment of { $amount }, receipt { $receipt }. It was used already. We will call you about it.
told-came-back = Your withdrawal of { $amount }, receipt { $receipt }, came back to us. It is on your balance again, fees included.
