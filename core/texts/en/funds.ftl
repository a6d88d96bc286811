### Proof of funds

error-not-frozen = Withdrawals are not waiting for a check of the books.

funds-menu = Proof of funds
funds-never = M-PESA has not told us yet what it holds for all members. Please look again later today.
funds-equal =
    Proof of funds { $at }
    M-PESA holds { $held } for all members.
    Our books say { $booked }.
    They are equal.
funds-way =
    Proof of funds { $at }
    M-PESA holds { $held }
    Our books { $booked }
    { $difference } is on its way. Nothing is missing.
funds-gap =
    Proof of funds { $at }
    M-PESA holds { $held }
    Our books { $booked }
    We are looking into { $difference }.
funds-frozen =
    Proof of funds { $at }
    M-PESA holds { $held }
    Our books { $booked }
    We look into { $difference }. Withdrawals wait.

withdraw-frozen = Withdrawals wait while we check our books.
withdraw-frozen-queued = Withdrawals wait while we check our books against M-PESA. Your { $amount } is set aside and is sent after that, or comes back to your balance.
