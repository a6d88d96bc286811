### Payments that M-Pesa took back, and payments that came back

told-reversed = M-PESA took back your payment of { $amount }, receipt { $receipt }. It is no longer on your balance. Our fee is returned.
told-reversed-spent = M-PESA took back your payment of { $amount }, receipt { $receipt }. It was used already. We will call you about it.
told-came-back = Your withdrawal of { $amount }, receipt { $receipt }, came back to us. It is on your balance again, fees included.
told-recovered = We took { $amount } off your balance: M-PESA had paid it to you as well, receipt { $receipt }.
told-reassigned = { $amount } of M-PESA receipt { $receipt } was found to be yours. It is on your balance.
told-reassigned-away = M-PESA receipt { $receipt } was not yours: we took { $amount } off your balance and gave it to its owner.

error-not-correctable = Nothing of this name can be corrected in this way.
error-already-spent = Whoever got this money has used it already.
error-already-asked = Somebody has asked for a correction of this already.
error-nothing-asked = Nobody has asked for a correction of this.
