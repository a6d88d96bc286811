### Muhuri: seals and receipts

door-muhuri = Muhuri (seal)
door-receipt = Check a receipt
muhuri-sms = { $group } holds { $total }. Muhuri { $seal }. Members with the same code have the same book.
muhuri-group = Muhuri of { $group }. Read it aloud: the same code is the same book.
muhuri-none = { $group } has no Muhuri yet. The first one is made on the evening after money has moved.
muhuri-line = { $day }: { $total }, { $seal }
muhuri-book = Sealed book
muhuri-book-sent = The sealed book is on its way to this chat. Anybody can check it without us.
receipt-code = Type the code at the beginning of the receipt, 8 characters:
receipt-not-a-code = A receipt's code has 8 letters and digits. Look again and type it.
receipt-unknown = NO receipt has the code { $code }. It may be false. A receipt of the last minute is not here yet.
receipt-broken = The book does not agree with its seal at { $reference }. Tell the group's auditor at once.
receipt-own = { $reference } is TRUE: { $amount }, { $initials }, { $at }. { $kind ->
        [mpesa_deposit] M-PESA deposit.
        [mpesa_withdrawal] M-PESA withdrawal.
       *[other] In the sealed book.
    }
receipt-group = { $reference } is TRUE: { $amount }, { $group }, { $initials }, { $at }. { $kind ->
        [contribution] Contribution.
        [loan] Loan paid out.
        [loan_repayment] Loan repaid.
       *[other] In the sealed book.
    }
receipt-sealed = { $reference } is TRUE: { $amount }, { $group }, { $initials }, { $at }, Muhuri { $seal }. { $kind ->
        [contribution] Contribution.
        [loan] Loan paid out.
        [loan_repayment] Loan repaid.
       *[other] In the sealed book.
    }
