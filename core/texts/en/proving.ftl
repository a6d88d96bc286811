### Large payments that M-PESA has to confirm

payment-unproven = We heard of { $amount } for you, receipt { $receipt }. M-PESA has not confirmed it yet. It shows in your balance once it does.
