### Large payments that M-PESA has to confirm

payment-dismissed = M-PESA never confirmed { $amount } of receipt { $receipt }, so it isn't on your balance. If you did pay it, it is credited when M-PESA tells us.
payment-unproven = We heard of { $amount } for you, receipt { $receipt }. M-PESA has not confirmed it yet. It shows in your balance once it does.
