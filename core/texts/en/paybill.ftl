### Paybill

sms-deposit-paid-for = Your payment of { $amount } for { $name } has arrived. M-PESA receipt { $receipt }.
chat-deposit-paid-for = Your payment of { $amount } for { $name } has arrived. M-PESA receipt { $receipt }.
sms-deposit-claimed = You claimed receipt { $receipt } by its code: its { $amount } is on your balance already. The M-PESA request is closed.
chat-deposit-claimed = You claimed receipt { $receipt } by its code: its { $amount } is on your balance already. The M-PESA request is closed.
sms-deposit-claimed-for = You claimed receipt { $receipt } by its code: its { $amount } is on your own balance. { $name } did not get it.
chat-deposit-claimed-for = You claimed receipt { $receipt } by its code: its { $amount } is on your own balance. { $name } did not get it.
sms-deposit-gift = Somebody paid { $amount } into your account. M-PESA receipt { $receipt }. Fee { $fee }, credited { $credited }. New balance { $balance }.
chat-deposit-gift =
    Somebody paid { $amount } into your account.
    M-PESA receipt: { $receipt }
    Fee: { $fee }
    Credited: { $credited }
    New balance: { $balance }
sms-deposit-to-group = { $amount } received, receipt { $receipt }. Fee { $fee }. Contributed { $credited } to { $group }. Group: { $total }.
chat-deposit-to-group =
    { $amount } received for { $group }.
    Receipt: { $receipt }
    Fee: { $fee }
    Contributed: { $credited }
    Group: { $total }

account-paybill = Paybill
paybill-menu = Pay by paybill
paybill-numbers = My account numbers
paybill-i-paid = I paid
paybill-for-other = Pay for somebody
paybill-mine = M-PESA paybill { $paybill }, from any phone. Account { $account } is your balance.
paybill-group-line = { $account }: { $name }
group-paybill = Paybill number
paybill-group = To contribute to { $group } from any phone: M-PESA paybill { $paybill }, account { $account }.
error-unknown-account = This account number leads to nobody. Check the seven digits.

claim-code = Type the M-PESA code of your payment. It is at the start of M-PESA's SMS:
pin-why-claim = Look for { $receipt }
claim-credited = { $receipt }: we found your { $amount }. It is on your account now, less the fee.
claim-yours = { $receipt }: { $amount } is on your account already. See your last movements.
claim-elsewhere = { $receipt } was credited to another account ({ $whose }). Whoever paid typed that account number.
claim-refused = { $receipt } has arrived, but M-PESA's details do not show that you paid it. Our people will look; keep M-PESA's SMS.
claim-asking = Nobody has told us of { $receipt } yet. We are asking M-PESA and will send you a message. Do not pay again.
claim-unknown = M-PESA does not know { $receipt } as a payment to us. Check the code and the paybill in M-PESA's SMS.
error-not-a-receipt = Not an M-PESA code: it has 10 letters and digits, like SG722NMVXQ.
error-too-many-claims = You have tried { $most } codes that were not yours. Please try again tomorrow.

other-whom = Whom do you pay for? Type the account number or phone number:
other-amount = What amount for { $name }? { $low } to { $high }, whole shillings:
other-confirm = Pay { $amount } for { $name }
    Fee { $fee }
    Credited { $credited }
pin-why-other = Pay { $amount } for { $name }

error-not-in-suspense = No payment of this receipt is in suspense.
error-nothing-proposed = Nobody has proposed yet whose this payment is.
error-same-person = Whoever proposed it can't approve it too.
