### Withdrawing

error-withdrawal-short = You have { $available } and { $needed } is needed, fees included. You can withdraw up to { $possible }.
error-withdrawal-quote-expired = The price may have changed since you saw it. Please start the withdrawal again.

home-withdraw = Withdraw
pin-why-withdraw = Withdraw { $amount }
withdraw-amount = What amount do you want to withdraw to your M-PESA? { $low } to { $high }, whole shillings:
withdraw-to = { $phone }
withdraw-to-named = { $name } ({ $phone })
withdraw-confirm = Withdraw { $amount } to { $payee }
    Fee { $fee }
    M-PESA charge { $charge }
    Total { $total }
withdraw-in-parts = Sent in { $count } payments
withdraw-cancelled = Cancelled. No money has moved.
withdraw-started = { $amount } is on its way to your M-PESA. The money is set aside. We will send you an SMS.
withdraw-started-here = { $amount } is on its way to your M-PESA. The money is set aside. The result will appear here.
withdraw-stopped = M-PESA is not paying out right now: it will wait.
withdraw-queued = M-PESA is not paying out right now. Your { $amount } is set aside and is sent as soon as it does; we will tell you. Nothing is lost.

sms-withdrawal-paid = { $receipts } Confirmed. { $paid } paid to { $payee }. Fee { $fee }, M-PESA { $charge }. New balance { $balance }.
sms-withdrawal-partly = { $receipts } { $paid } of { $amount } was paid to your M-PESA. The rest is back in your balance. New balance { $balance }.
sms-withdrawal-late = { $receipts } M-PESA has paid { $paid } after all. The same money is still in your balance: please leave it there until we have corrected this.
sms-withdrawal-waiting = M-PESA has not confirmed your withdrawal of { $amount } yet. The money is set aside. We will tell you; do not withdraw it again.
sms-withdrawal-limit = M-PESA did not pay your { $amount }: it is above a limit of your M-PESA account. The money is back in your balance: { $balance }.
sms-withdrawal-unregistered = M-PESA did not pay your { $amount }: your number is not registered for M-PESA. The money is back in your balance: { $balance }.
sms-withdrawal-our-funds = M-PESA could not pay your { $amount } now. The money is back in your balance: { $balance }. Please try again later.
sms-withdrawal-not-sent = We could not reach M-PESA for your withdrawal of { $amount }. The money is back in your balance: { $balance }. Please try again.
sms-withdrawal-refused = M-PESA refused our withdrawal of { $amount }. The money is back in your balance: { $balance }. We are looking into it.

chat-withdrawal-paid =
    { $paid } paid to { $payee }.
    M-PESA receipt: { $receipts }
    Fee: { $fee }
    M-PESA charge: { $charge }
    New balance: { $balance }
    .short = { $receipts } Confirmed. { $paid } paid to { $payee }. Fee { $fee }, M-PESA { $charge }. New balance { $balance }.
chat-withdrawal-partly = { $receipts } { $paid } of { $amount } was paid to your M-PESA. The rest is back in your balance. New balance { $balance }.
chat-withdrawal-late = { $receipts } M-PESA has paid { $paid } after all. The same money is still in your balance: please leave it there until we have corrected this.
chat-withdrawal-waiting = M-PESA has not confirmed your withdrawal of { $amount } yet. The money is set aside. I will tell you here; please do not withdraw it again.
    .short = M-PESA has not confirmed your withdrawal of { $amount } yet. The money is set aside. We will tell you; do not withdraw it again.
chat-withdrawal-limit = M-PESA did not pay your { $amount }: it is above a limit of your M-PESA account. The money is back in your balance: { $balance }.
chat-withdrawal-unregistered = M-PESA did not pay your { $amount }: your number is not registered for M-PESA. The money is back in your balance: { $balance }.
chat-withdrawal-our-funds = M-PESA could not pay your { $amount } now. The money is back in your balance: { $balance }. Please try again later.
chat-withdrawal-not-sent = We could not reach M-PESA for your withdrawal of { $amount }. The money is back in your balance: { $balance }. Please try again.
chat-withdrawal-refused = M-PESA refused our withdrawal of { $amount }. The money is back in your balance: { $balance }. We are looking into it.
