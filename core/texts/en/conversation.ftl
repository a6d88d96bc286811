### Conversation

confirm = Confirm
cancel = Cancel
key-back = { $key } Back
key-home = { $key } Home
key-more = { $key } More
and-more = +{ $count } more
and-more-sent = +{ $count } more by SMS

home = Mtaa DAO. What would you like to do?
home-continue = Continue where you stopped
home-balance = Balance
home-deposit = Deposit
home-contribute = Contribute
home-groups = Groups
home-account = Account
help = Deposit by M-PESA, then contribute to your group. Your PIN shows balances and moves money: never tell it to anyone. You can use USSD and Telegram with the same account.
    .short = Deposit by M-PESA, then contribute to your group. Never tell anyone your PIN. On Telegram you use the same account.

register-language = Welcome to Mtaa DAO. Choose a language / Chagua lugha
language-en = English
language-sw = Kiswahili
register-consent = To run your savings account we keep your name, phone number and payments. Your group sees your name. Do you agree?
register-agree = Register: I agree
register-declined = Nothing was stored. Dial again whenever you like.
register-name = Your full name?
register-pin = { $name }, choose a PIN of 6 digits (not your M-PESA PIN):
register-pin-again = Enter the same PIN again:
register-pins-differ = The two PINs differ. Try again.
register-done = Welcome, { $name }! Your account is open. Next: deposit by M-PESA, or join a group with its code.

pin-ask = { $why }
    Enter your 6-digit PIN:
pin-needed = Please enter your PIN.
pin-wrong = Wrong PIN. { $tries ->
        [one] One try left.
       *[other] { $tries } tries left.
    }
pin-locked = Too many wrong PINs. Your account is locked until { $until }. Your money is safe.
pin-disabled = Too many wrong PINs. Your account is closed and your money is safe.
pin-why-private = This is private.
pin-why-balance = To see your balance
pin-why-statement = To see your last movements
pin-why-deposit = Deposit { $amount }
pin-why-contribute = Contribute { $amount } to { $group_name }

deposit-amount = What amount do you want to deposit? { $low } to { $high }, whole shillings:
deposit-or-paybill = Or pay to paybill { $paybill }, account { $account }
deposit-confirm = Deposit { $amount } to your account
    Fee { $fee }
    You get { $credited }
deposit-cancelled = Cancelled. No money has moved.
deposit-prompted = You will get an M-PESA request for { $amount } on this phone. Enter your M-PESA PIN there. We will send you an SMS.
deposit-prompted-here = An M-PESA request for { $amount } is on its way to your phone. Enter your M-PESA PIN there. The result will appear here.

balance-own = Your balance: { $balance }
balance-group = { $name }: { $total }, yours { $mine }
statement-title = Your last movements:
statement-empty = There are no movements yet.
statement-line = { $at } { $amount }, balance { $after }
    .short = { $day }: { $moved }, left { $left }

contribute-no-group = You are in no group yet. Join one with its code or start one.
contribute-which = To which group?
    .short = To which group? With the amount: 1*200
contribute-amount = What amount do you contribute to { $group }?
contribute-confirm = Contribute { $amount } to { $group }
    No fee
contribute-cancelled = Cancelled. No money has moved.
contribute-done = { $reference } Confirmed. You contributed { $amount } to { $group }. Your balance: { $balance }. Group: { $total }.

group-name = { $name }
groups-menu = { $count ->
        [0] You are in no group yet.
       *[other] Your groups:
    }
groups-join = Join a group
groups-create = Start a group
groups-name = What is the new group's name?
group-one = { $name }
    Code to join: { $code }
group-see-total = Group balance
group-see-members = Members
group-total = { $name } holds { $total }. You contributed { $mine }. { $members ->
        [one] One member.
       *[other] { $members } members.
    }
group-members = { $name }: { $count ->
        [one] one member
       *[other] { $count } members
    }
member-line = { $name } ({ $role })
role-chair = chair
# pragma: allowlist nextline secret - an office
role-secretary = secretary
role-treasurer = treasurer
role-auditor = auditor
role-observer = observer
role-member = member
group-join = Join { $name }? { $count ->
        [0] It has no members yet.
        [one] It has one member.
       *[other] It has { $count } members.
    }
group-joined = You have joined { $name }. You can contribute from your balance now.
group-not-joined = Cancelled. You have not joined.
group-created = { $name } is started. Its code is { $code }: others join with it.
group-not-created = Cancelled. No group was started.
sms-group-members = { $group }: { $names }

account-menu = Your account
account-statement = Last movements
account-language = Language
account-help = Help
account-which-language = Language / Lugha

choose-one = Choose a number: { $numbers }.
type-the-answer = Please type your answer.
answer-too-long = That is too long. Try again.
amount-above-zero = The amount must be above zero.
digits-only = Digits only, please.
nothing-typed = Please type something.
share-your-contact = Use the button to share your own number.
menu-expired = That menu has expired. This is where you are now.
starts-over = We start again from the beginning. Nothing was lost.
session-too-long = This session has become too long. Please dial again. Nothing was lost.
out-of-step = That reply came out of step, so nothing was done. Please dial again.
done-and-shown = This was done. What it showed is shown only once. Please dial again.
too-many-wrong = Too many answers did not fit. Please start again. No money has moved.

ussd-bad-request = This request could not be read. Please dial again.
ussd-slow = We are still at it and will SMS you how it went.
ussd-busy = We are busy. Please try again in a moment.
ussd-failed = Something went wrong. Your money is safe. Try again.

error-not-an-amount = That is not an amount. Type it like 500.
error-too-precise = Too many decimals. Type it like 500 or 500.50.
error-not-a-phone = That is not a Kenyan mobile number.
error-not-a-pin = A PIN has 6 digits. This was not counted as a try.
error-busy = We are busy. Please try again in a moment.

account-unlink = Unlink Telegram
account-unlinked = Your Telegram account is no longer linked. Link it again with /start whenever you like.
pin-why-unlink = Unlink your Telegram
