### Payments

error-deposit-too-small = The smallest deposit is { $low }.
error-deposit-too-large = The largest deposit at once is { $high }.
error-whole-shillings-only = M-PESA takes whole shillings only, without cents.
error-deposit-underway = M-PESA may still be asking your phone for { $amount }. Answer it, or try again in 2 minutes.
error-quote-expired = The fee may have changed since you saw it. Please start the deposit again.

sms-deposit-paid = Deposit of { $amount } received. M-PESA receipt { $receipt }. Fee { $fee }, credited { $credited }. New balance { $balance }.
sms-deposit-cancelled = Your deposit of { $amount } was cancelled in M-PESA or not answered. No money was taken. You can try again at any time.
sms-deposit-wrong-pin = Your deposit of { $amount } failed: wrong M-PESA PIN. No money was taken. Please try again.
sms-deposit-insufficient = Your deposit of { $amount } failed: not enough money in your M-PESA account. No money was taken.
sms-deposit-expired = Your deposit of { $amount } was not answered in time. No money was taken. Please try again.
sms-deposit-too-soon = Your deposit of { $amount } failed: M-PESA refuses the same amount within 2 minutes. No money was taken. Try again a little later.
sms-deposit-limit = Your deposit of { $amount } failed: it is above a limit of your M-PESA account. No money was taken. Try a smaller amount.
sms-deposit-busy = Your deposit of { $amount } failed: M-PESA is busy with your line. No money was taken. Try again after 2 minutes.
sms-deposit-refused = M-PESA refused our request for your deposit of { $amount }. No money was taken. We are looking into it. Please try again later.
sms-deposit-not-sent = We could not reach M-PESA for your deposit of { $amount }. No money was taken. Please try again later.
sms-deposit-no-answer = M-PESA got no answer from your phone for { $amount }. If you did pay, it will show in your balance and we will send you an SMS.
sms-deposit-waiting = M-PESA has not told us yet about your { $amount }. If you paid, it will show in your balance and we will send you an SMS. Do not pay again.

chat-deposit-paid =
    Deposit of { $amount } received.
    M-PESA receipt: { $receipt }
    Fee: { $fee }
    Credited: { $credited }
    New balance: { $balance }
chat-deposit-cancelled = Your deposit of { $amount } was cancelled in M-PESA or not answered. No money was taken. You can try again at any time.
chat-deposit-wrong-pin = Your deposit of { $amount } failed: wrong M-PESA PIN. No money was taken. Please try again.
chat-deposit-insufficient = Your deposit of { $amount } failed: not enough money in your M-PESA account. No money was taken.
chat-deposit-expired = Your deposit of { $amount } was not answered in time. No money was taken. Please try again.
chat-deposit-too-soon = Your deposit of { $amount } failed: M-PESA refuses the same amount within 2 minutes. No money was taken. Try again a little later.
chat-deposit-limit = Your deposit of { $amount } failed: it is above a limit of your M-PESA account. No money was taken. Try a smaller amount.
chat-deposit-busy = Your deposit of { $amount } failed: M-PESA is busy with your line. No money was taken. Try again after 2 minutes.
chat-deposit-refused = M-PESA refused our request for your deposit of { $amount }. No money was taken. We are looking into it. Please try again later.
chat-deposit-not-sent = We could not reach M-PESA for your deposit of { $amount }. No money was taken. Please try again later.
chat-deposit-no-answer = M-PESA got no answer from your phone for { $amount }. If you did pay, it will show in your balance and I will tell you here.
    .short = M-PESA got no answer from your phone for { $amount }. If you did pay, it will show in your balance and we will send you an SMS.
chat-deposit-waiting = M-PESA has not told us yet about your { $amount }. If you paid, it will show in your balance and I will tell you here. Please do not pay again.
    .short = M-PESA has not told us yet about your { $amount }. If you paid, it will show in your balance and we will send you an SMS. Do not pay again.
