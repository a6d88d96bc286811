# Receipts as pictures, and what is sent beside them
card-title = { $receipt_kind ->
        [deposit] Deposit received
        [contribution] Contribution paid
        [loan] Loan paid out
        [repayment] Loan repayment
       *[withdrawal] Withdrawal paid
    }
card-label = { $fact ->
        [mpesa] M-PESA receipt
        [reference] Our receipt
        [time] Time
        [balance] Your new balance
       *[group] Group
    }
card-sum = { $amount }
card-moment = { $at }
card-check = Scan to check this receipt
card-copy = Copy of the same receipt:
