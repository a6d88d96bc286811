### Conversation

confirm = Confirm
cancel = Cancel
go-home = Home
key-back = { $key } Back
key-home = { $key } Home
key-more = { $key } More
and-more = +{ $count } more

home = Mtaa DAO. What would you like to do?
home-continue = Continue where you stopped
home-balance = Balance
home-deposit = Deposit
home-contribute = Contribute
home-groups = Groups
home-account = Account
help = Deposit by M-Pesa, then contribute to your group. Your PIN shows balances and moves money: never tell it to anyone. You can use USSD and Telegram with the same account.
    .short = Deposit by M-Pesa, then contribute to your group. Never tell anyone your PIN. On Telegram you use the same account.

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
register-done = Welcome, { $name }! Your account is open. Next: deposit by M-Pesa, or join a group with its code.

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
pin-why-deposit = Deposit { $amount }
pin-why-contribute = Contribute { $amount } to { $group_name }

deposit-amount = What amount do you want to deposit? { $low } to { $high }, whole shillings:
deposit-or-paybill = Or pay to paybill { $paybill }, account { $account }
deposit-confirm = Deposit { $amount }
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

contribute-no-group = You are in no group yet. Join one with its code or start one.
contribute-which = To which group?
contribute-amount = What amount do you contribute to { $group }?
contribute-confirm = Contribute { $amount }
    to { $group }
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
groups-code = Enter the group's 6-digit code:
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
group-create = Start the group { $name }?
group-created = { $name } is started. Its code is { $code }: others join with it.
group-not-created = Cancelled. No group was started.
sms-group-members = { $group }: { $names }

account-menu = Your account
account-statement = Last movements
account-language = Language
account-help = Help
account-which-language = Language / Lugha

choose-one = Choose a number from 1 to { $count }.
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
too-many-wrong = Too many answers did not fit. Please start again. No money has moved.

ussd-bad-request = This request could not be read. Please dial again.
ussd-slow = This takes longer than usual. Dial again to see how it went; nothing is done twice.
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

### Telegram

bot-home = Home
bot-back = Back
bot-share-contact = Share my number
bot-keyboard-lowered = Thank you.
bot-choose-one = Please tap one of the buttons.
bot-session-too-long = This chat has become too long, so we start again. Nothing was lost.
bot-out-of-step = That came out of step, so nothing was done. Send /start to go on.
bot-register-declined = Nothing was stored. Send /start whenever you like.
bot-use-keypad = Please enter your PIN with the keys below. Never type it into the chat.
bot-pin-deleted = Never type your PIN into the chat: others may read it there. Your message was deleted and not used. Use the keys below.
bot-pin-not-deleted = Never type your PIN into the chat: others may read it there. It was not used. Please delete your message yourself, then use the keys below.
bot-keypad-expired = These keys have expired. Here are new ones.
bot-text-only = I can only read text. Please tap a button or type your answer.
bot-unknown-command = I don't know that command. /help says what I can do.
bot-not-your-button = This button is not for you.
bot-busy = We are busy. Please try again in a moment.
bot-failed = Something went wrong on our side. Send /start, and check your balance before you try again.
bot-write-in-private = Your money is private, so I don't talk about it in groups. Please write to me in a private chat.
bot-open-private = Open a private chat

bot-command-start = Start, or continue where you stopped
bot-command-balance = Your balance and your groups' balances
bot-command-deposit = Deposit by M-Pesa
bot-command-withdraw = Withdraw to M-PESA
bot-command-contribute = Contribute to a group
bot-command-groups = Your groups; join or start one
bot-command-statement = Your last movements
bot-command-settings = Your account
bot-command-language = Choose English or Kiswahili
bot-command-help = How it works
bot-command-cancel = Stop what you are doing and go home

bot-description = Save with your group: deposit by M-Pesa, contribute, and see your balance and the group's. The same account works on any phone by USSD.

### API

error-bad-request = This request can't be read: { $where }.
error-bad-login = The number, PIN or code is not right, or the account is locked. Check your phone for a message from us.
error-second-factor-needed = This program is new. { $method ->
        [sms] We have sent a code by SMS: sign in again with the code.
       *[authenticator] Sign in again with a code from your authenticator app.
    }
error-pin-needed-here = This is private. Sign in with your PIN to see it.
error-not-permitted = This key is not for that.
error-too-many-requests = Too many requests. Please try again in { $wait_seconds ->
        [one] one second.
       *[other] { $wait_seconds } seconds.
    }
error-request-differs = This idempotency key was used for another request.
error-oauth-stale = This sign-in took too long, was used before, or was begun elsewhere. Please begin again.
error-account-taken = This account is linked to another member, or you have linked another one there. Unlink that one first.
error-unknown-connection = You have no account linked there.
error-unknown-provider = Signing in with this provider is not offered.
error-provider-says-no = The provider did not confirm who you are. Please begin again.
error-bad-mini-app = Telegram did not confirm who you are, or you have not linked your account yet. Open the app again.
sms-oauth-linked = Mtaa DAO: { $provider } ({ $name }) can now sign in for you. If this was not you, choose Account, Devices, Sign out everywhere.
problem-not-found = There is nothing here.
problem-method = This can't be done here.
problem-too-large = This is too large. At most 64 KiB, please.
problem-media-type = Please send JSON.
problem-refused = This request was refused.
problem-failed = Something went wrong on our side. Your money is safe.

### Devices

account-devices = Devices
devices-menu = What speaks for you: your phone, Telegram, programs
devices-list = See my devices
devices-remove = Remove a device
devices-sign-out = Sign out everywhere
devices-title = Your devices:
device-line = { $number }. { $kind ->
        [mobile] Phone
        [telegram] Telegram
       *[program] Program
    } { $name }, { $at }
device-line-new = { $number }. { $kind ->
        [mobile] Phone
        [telegram] Telegram
       *[program] Program
    } { $name }
devices-which = Number of the device to remove, as your list of devices shows it:
device-removed = Device { $number } is removed: { $name }. It can no longer use your account.
devices-signed-out = You are signed out everywhere: programs { $sessions }, keys { $keys }. Your PIN is asked again on every channel.
pin-why-devices = To see your devices
pin-why-remove-device = Remove device { $number }
pin-why-sign-out = Sign out everywhere
sms-devices = Your devices: { $devices }
sms-new-program = Mtaa DAO: the program { $name } has signed in to your account. If this was not you, choose Account, Devices, Sign out everywhere.
sms-new-api-key = Mtaa DAO: a key named { $name } can now read your account. If this was not you, choose Account, Devices, Sign out everywhere.
error-unknown-device = You have no device with this number.
error-phone-stays = This is your own phone number. It can't be removed here.
error-not-signed-in = You are not signed in, or your sign-in has ended. Please sign in again.
error-prove-again = This is sensitive. Please prove again that it is you: your PIN is needed within 5 minutes before it.
error-bad-api-key = { $field ->
        [name] A key needs a name of 1 to 40 characters.
        [permissions] A key needs permissions that we have.
        [rate_limit] A key may make 1 to 10000 requests an hour.
        [ip_whitelist] An address or network in the list cannot be read.
       *[expires_at] A key ends within 365 days from now.
    }
error-too-many-keys = You have { $most } keys already. Take one back first.
error-unknown-key = You have no such key.

### Groups

error-bad-group-name = { $reason ->
    [short] The name is too short. Use 2 to 40 characters.
    [long] The name is too long. Use 2 to 40 characters.
    [letters] The name needs letters, not only numbers or signs.
   *[characters] Some phones cannot show this name. Use letters, numbers and simple signs.
}
error-too-many-groups = You have already started { $most } groups. You cannot start another one.
error-unknown-group = No group has this code. Check the six digits and try again.
error-already-member = You are already a member of { $group }.
error-group-full = { $group } is full: it has { $most } members.
error-not-a-member = Only members of the group can do this.
error-contribution-too-small = The smallest contribution is { $low }.

### Identity

error-bad-name = { $reason ->
        [empty] Please type your name.
        [short] A name has at least 2 letters. Type your full name.
        [long] A name has at most 40 letters. Type it shorter.
       *[letters] A name has letters, spaces, dots, hyphens and apostrophes only. Type your name.
    }
error-weak-pin = { $reason ->
        [repeat] This PIN repeats the same digits, so it is easy to guess. Choose another.
        [sequence] This PIN is a run of digits, so it is easy to guess. Choose another.
        [keypad] This PIN is a line on the keypad, so it is easy to guess. Choose another.
        [date] This PIN looks like a date or a year, so it is easy to guess. Choose another.
        [previous] You had this PIN before. Choose one that you have not used.
        [phone] This PIN is part of your phone number, so it is easy to guess. Choose another.
        [common] Many people choose this PIN, so it is easy to guess. Choose another.
       *[shape] A PIN has exactly 6 digits. Choose one that is not your M-PESA PIN.
    }
error-already-registered = This phone number is registered already.
error-telegram-taken = This Telegram account belongs to another member. Ask that person to unlink it first.
error-too-many-codes = No more codes for now. Please try again in { $wait_minutes ->
        [one] one minute.
       *[other] { $wait_minutes } minutes.
    }
error-codes-unavailable = Codes by SMS cannot be sent at the moment. Please try again later.
sms-code = { $purpose ->
        [telegram-link] { $code } is your Mtaa DAO code to link Telegram. It ends in 5 minutes. Never tell it to anyone, not even a group official.
       *[other] { $code } is your Mtaa DAO code. It ends in 5 minutes. Never tell it to anyone, not even a group official.
    }
sms-telegram-linked = Mtaa DAO: the Telegram account { $name } can now use your account. If this was not you, tell an official of your group at once.
chat-telegram-unlinked = This Telegram account is no longer linked to a Mtaa DAO account.

### Ledger

error-insufficient-funds = Your balance is not enough. You have { $available } and { $needed } is needed.
error-key-reused = This was already done with other details. Nothing more was paid. Please start again.
error-outcome-unknown = We can't tell yet whether this went through. Please look again in a little while.
error-hold-resolved = This was already settled or let go. Nothing more was paid.
error-already-reversed = This was already taken back. Nothing more was moved.

### Paybill

sms-deposit-paid-for = Your payment of { $amount } for { $name } has arrived. M-PESA receipt { $receipt }.
chat-deposit-paid-for = Your payment of { $amount } for { $name } has arrived. M-PESA receipt { $receipt }.
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

claim-code = Type the M-PESA code of your payment: the 10 letters and digits at the start of M-PESA's SMS.
pin-why-claim = Look for { $receipt }
claim-credited = { $receipt }: we found your { $amount }. It is on your account now, less the fee.
claim-yours = { $receipt }: { $amount } is on your account already. See your last movements.
claim-elsewhere = { $receipt } was credited to another account ({ $whose }). Whoever paid typed that account number.
claim-refused = { $receipt } has arrived, but M-PESA's details do not show that you paid it. Our people will look; keep M-PESA's SMS.
claim-asking = Nobody has told us of { $receipt } yet. We are asking M-PESA and will send you a message. Do not pay again.
claim-unknown = M-PESA does not know { $receipt } as a payment to us. Check the code and the paybill in M-PESA's SMS.
error-not-a-receipt = That is not an M-PESA code. It has 10 letters and digits, like SG722NMVXQ.
error-too-many-claims = You have tried { $most } codes that were not yours. Please try again tomorrow.

other-whom = Whom do you pay for? Type the account number or phone number:
other-amount = What amount for { $name }? { $low } to { $high }, whole shillings:
other-confirm = Pay { $amount }
    for { $name }
    Fee { $fee }
    Credited { $credited }
pin-why-other = Pay { $amount } for { $name }

error-not-in-suspense = No payment of this receipt is in suspense.
error-nothing-proposed = Nobody has proposed yet whose this payment is.
error-same-person = Whoever proposed it can't approve it too.
### My data

account-data = My data
data-menu = What we know about you is yours:
data-see = See it
data-take = Send it to me
data-correct = Correct my name
data-erase = Erase it
data-keep = Do not erase it
data-own = { $name }
data-phone = Phone { $phone }
data-since = Here since { $at }
data-email = E-mail { $email }
data-telegram = { $linked ->
        [0] Telegram not linked
       *[other] Telegram linked
    }
data-groups = Groups: { $count }
data-terms = Terms { $version }
data-export-here = Your data is on its way into this chat, as a document. Delete it here when you have kept it.
    .short = Your data is on its way into the chat.
data-export-sms = A summary comes by SMS. Add an e-mail, or use Telegram, to get everything.
data-export-mail = A summary comes by SMS, and everything to { $email }.
data-name = Type your full name as it should be:
data-renamed = Your name is now { $name }.
data-erase-what = We forget your name, numbers and messages in 7 days; until then you can stop it. Records of money stay, without your name.
data-erase-asked = We will erase your data on { $at }. To stop it: Account, My data.
data-kept = Nothing is erased. Your account stays.
pin-why-data = Send me my data
pin-why-rename = Change my name
pin-why-erase = Erase my data
error-still-open = { $reason ->
        [balance] You still have money here. Withdraw it or give it to your group first.
        [payments] An M-PESA payment of yours is not settled yet. Try again when it is.
       *[chair] Your group would be left without a chair. Let another member take over first.
    }
erasure-notice = Mtaa DAO: your data will be erased on { $at }, as you asked. If this was not you, stop it now: Account, My data.
erasure-cancelled-notice = Mtaa DAO: your data will not be erased. Your account stays as it is.
erasure-postponed = { $reason ->
        [balance] Mtaa DAO: your data is not erased yet, because you still have money here. We look again on { $at }.
        [payments] Mtaa DAO: your data is not erased yet, because an M-PESA payment is open. We look again on { $at }.
       *[chair] Mtaa DAO: your data is not erased yet, because your group needs another chair. We look again on { $at }.
    }
sms-data = Mtaa DAO: { $name }, { $phone }, here since { $at }. Groups: { $groups }.
mail-data-subject = Your data at Mtaa DAO
terms-changed = Our terms have changed. We keep your number, name and records of your money to run your account. Do you agree?
terms-agree = I agree
terms-later = Not now
terms-not-agreed = Your account waits for you. See or erase your data under My data when you dial again.
terms-read-first = Please read this first.

### Link

link-contact = Welcome to Mtaa DAO. Share your phone number with the button below. We send a code by SMS to make sure that it is yours.
link-own-contact = That is not your own number. Tap the button below to share yours.
link-code = We have sent an SMS to { $phone }. Type the 6-digit code from it:
link-code-wrong = That code is not right. { $tries ->
        [one] One try left.
       *[other] { $tries } tries left.
    }
link-code-expired = That code has expired. Go back and share your number again.
link-code-dead = Too many wrong codes. Send /start to get a new one.

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

### Fees

account-fees = Fees
fees-menu = Fees
fees-cost = What it costs
fees-paid = Fees I have paid
fees-amount = For what amount?
fees-of = Today, for { $amount }:
fees-of-deposit = Deposit: fee { $fee }, you get { $credited }
fees-of-payer = M-PESA takes { $charge } from the payer
fees-of-withdrawal = Withdraw: fee { $fee }, M-PESA { $charge }
fees-of-contribution = Contribute: no fee
fees-none = You have not paid any fee yet.
fees-total = Fees you paid: { $month } this month, { $total } in all.
fees-line = { $at } { $amount } { $kind ->
        [mpesa_deposit] deposit
        [mpesa_withdrawal] withdrawal
       *[network] M-PESA
    }

### Withdrawals

error-withdrawal-too-small = The smallest withdrawal is { $low }.
error-withdrawal-below-limit = The smallest withdrawal is { $low }.
error-withdrawal-above-limit = { $period ->
        [once] You can withdraw at most { $limit } at once.
        [day] You can withdraw { $limit } a day. Today you can still withdraw { $left }.
       *[month] You can withdraw { $limit } a month. This month you can still withdraw { $left }.
    }

### PIN

account-new-pin = Change PIN
new-pin = Choose a new PIN of 6 digits (not your M-PESA PIN):
new-pin-too-late = That took too long, so your PIN was not changed. Please start again.
new-pin-done = Your PIN is changed. Use the new one from now on.
sms-pin-changed = Mtaa DAO: your PIN was changed. If this was not you, open Account, I forgot my PIN, and tell your group's officials at once.
sms-pin-locked = Mtaa DAO: too many wrong PINs. Your account is locked until { $until }. If this was not you, somebody holds your phone.
sms-pin-disabled = Mtaa DAO: too many wrong PINs, so your account is closed. Your money is safe. To open it choose Account, I forgot my PIN.
sms-foreign-pins = Mtaa DAO: { $times } wrong PINs for your account from a phone that is not yours. It is shut out; your own phone still works.
### Second factor

account-security = Security
security-menu = Security
security-on = Turn on two-step check
security-off = Turn off two-step check
security-codes = New backup codes
security-limit = My limit
step-up-sms = We have sent a code by SMS to { $approval }. Type it here:
    .short = We sent a code by SMS to { $approval }. Type it. To read it, hang up, dial again, choose Continue.
step-up-app = To { $approval }, type the code from your authenticator app, or a backup code:
step-up-again = Send a new code
step-up-sent = A new code is on its way. The old one no longer works.
step-up-used = That code was used already. Wait for the next one in your app.
step-up-expired = That code has expired. Ask for a new one.
step-up-locked = Too many wrong codes, so nothing was done. Your money is safe. Try again later.
step-up-enrol = Your role in the group needs the two-step check. Turn it on first: Account, Security.
code-digits = A code has 6 digits, a backup code has 8.
two-factor-scan = Scan this picture with your authenticator app, or add this key to it: { $letters }. Then type the 6-digit code that it shows.
two-factor-key = Add this key to an authenticator app: { $letters }
    Then type the 6-digit code that it shows:
two-factor-code-wrong = That is not the code for this key. Type the one that your app shows now.
two-factor-is-on = Two-step check is on. Backup codes, each works once:
two-factor-is-off = Two-step check is off. Codes come by SMS again.
backup-codes-new = New backup codes, each works once:
backup-code = { $code }
limit-amount = Up to what amount in 24 hours is your PIN enough? Above that amount we also ask for a code:
limit-confirm = Above { $limit } in 24 hours we ask for a code besides your PIN.
limit-set = Done. Above { $limit } in 24 hours we ask for a code besides your PIN.
change-cancelled = Cancelled. Nothing was changed.
pin-why-two-factor-on = Turn on two-step check
pin-why-two-factor-off = Turn off two-step check
pin-why-backup-codes = New backup codes
pin-why-limit = Change your limit to { $limit }
sms-two-factor-on = Mtaa DAO: two-step check was turned on. If this was not you, tell your group's officials at once.
sms-two-factor-off = Mtaa DAO: two-step check was turned off. If this was not you, tell your group's officials at once.
sms-backup-codes = Mtaa DAO: new backup codes were made, the old ones are dead. If this was not you, tell your group's officials at once.
sms-limit = Mtaa DAO: your limit without a code is now { $limit } in 24 hours. If this was not you, tell your group's officials at once.
approval = { $action ->
        [contribute] contribute { $amount } to { $payee }
        [withdraw] withdraw { $amount } to { $payee }
        [two-factor-on] turn on two-step check
        [two-factor-off] turn off two-step check
        [backup-codes] get new backup codes
        [limit] change your limit to KES { $payee }
       *[other] pay { $amount } to { $payee }
    }
sms-code-approves = { $code } is your Mtaa DAO code to { $approval }. It ends in 5 minutes. Tell nobody.
error-two-factor-on = Two-step check is on already.
error-two-factor-off = Two-step check is not on, or setting it up took too long. Please start again.
error-step-up-needed = This needs one more code. Please start again.
### E-mail

account-email = E-mail
email-menu = { $has ->
        [0] Add an e-mail address for notices about your account and for its recovery.
       *[other] Your e-mail gets notices about your account.
    }
email-add = Add an e-mail
email-change = Change the e-mail
email-remove = Remove the e-mail
email-enter-code = Enter the code
email-address = Type your e-mail address. You may write: jina at gmail dot com
email-sent = We have sent a code to { $email }. When it has come, dial again: Account, E-mail, Enter the code. It ends in 24 hours.
email-code = Type the 6-digit code that we sent to { $email }:
email-verified = This e-mail is now yours. We write there when something changes on your account.
email-code-expired = That code has expired. Add the e-mail again to get a new one.
email-code-dead = Too many wrong codes. Add the e-mail again to get a new one.
email-removed = Your e-mail is removed. We do not write there any more.
email-none = There is no e-mail to remove.
pin-why-email = Send a code to { $shown }
pin-why-email-remove = Remove your e-mail
error-bad-email = That is not an e-mail address. Type it like jina@gmail.com or: jina at gmail dot com
email-added-notice = Mtaa DAO: the e-mail { $email } now gets notices about your account. If this was not you, change your PIN and tell an official at once.
email-removed-notice = Mtaa DAO: the e-mail { $email } no longer gets notices about your account. If this was not you, change your PIN at once.
mail-code-subject = Your Mtaa DAO code
mail-code = { $code } is the code that makes this e-mail address yours at Mtaa DAO. It ends in 24 hours. If you did not ask, do nothing.
mail-notice-subject = Your Mtaa DAO account

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


### Recovery

account-forgot-pin = I forgot my PIN
account-contacts = Recovery contacts
account-vouch = Help a member
account-new-number = My number changed
register-new-number = My number changed / Laini mpya

recovery-explain = To choose a new PIN: a code by SMS, then { $needed } of your contacts confirm that it is you, then you wait 24 hours. Start?
recovery-not-started = Nothing was started. Your PIN is as before.
recovery-code-sent = We are sending you a code by SMS. When you have it, dial again within 5 minutes and choose Account, I forgot my PIN.
recovery-number-code-sent = We are sending a code to this phone. When you have it, dial again within 5 minutes and choose My number changed.
recovery-code = Type the 6-digit code from the SMS:
recovery-code-expired = That code has expired. Please start again to get a new one.
recovery-code-dead = Too many wrong codes. Please start again to get a new one.
recovery-started = Your contacts are asked. Speak with them: { $needed } must confirm that it is you, within 3 days. We send you an SMS at each step.
recovery-waits-for-contacts = Your contacts are asked. { $needed } of them must confirm that it is you. Call them.
recovery-waits-until = Your contacts have confirmed. You can choose a new PIN from { $at }.
recovery-ready = The waiting time is over. Choose your new PIN now.
recovery-choose-pin = Choose a new PIN
recovery-cancel = Stop this recovery
recovery-cancel-sure = Stop the recovery of this account? Your old PIN stays.
recovery-goes-on = The recovery goes on.
recovery-old-number = What was your old phone number?
recovery-new-number = What is your new phone number? We send a code there.
recovery-same-number = That is the number you have now. Type the other one.
recovery-pin-wrong = Wrong number or PIN. { $tries ->
        [one] One try left.
       *[other] { $tries } tries left.
    }
recovery-pin-closed = Too many wrong PINs for this number from other phones. Try again in 30 minutes, or use your own phone or Telegram.
pin-why-number = To move { $phone } to this phone
pin-why-move = Change your number
pin-why-contacts = Change your recovery contacts
pin-why-vouch = Confirm that this is { $name }
pin-why-vouch-not = Say that this is not { $name }
pin-why-accept = Become a contact of { $name }

contacts-menu = Contacts who confirm that it is you when you forget your PIN. You need at least 2.
contacts-officials = Officials of my groups
contacts-by-number = Add by phone number
contacts-list = See my contacts
contacts-remove = Take one off
contacts-which-official = Whom do you trust? We ask this person.
contacts-official = { $role } of { $group }
contacts-number = Phone number of somebody in one of your groups:
contacts-off = Phone number of the contact to take off:
contacts-asked = We have asked this person. You get an SMS when the answer comes.
contacts-dropped = This person can no longer confirm for you.
contacts-none = You have no contacts yet. Choose at least 2.
contacts-title = Your contacts:
contacts-line-asked = { $name }: not answered yet
contacts-line-accepted = { $name }

vouch-list = Members who ask you:
vouch-nothing = Nobody asks you for anything now.
vouch-recovery-of = { $name }: new PIN
vouch-contact-of = { $name }: be a contact
vouch-recovery = { $name } asks for { $asked ->
        [number] a new number
       *[pin] a new PIN
    }. Call { $phone } and hear the voice before you confirm.
vouch-yes = Confirm: I spoke to them
vouch-no = It is not them
vouch-later = Nothing was said. You can answer later.
vouch-confirmed = Thank you. You have confirmed for { $name }.
vouch-refused = Thank you. You have said that it is not { $name }. We tell them.
vouch-request = Will you confirm for { $name } when they forget their PIN? You would speak with them first. You see none of their money.
vouch-declined = You have declined. We tell { $name }.
vouch-accepted = You are now a recovery contact of { $name }.

sms-contact-asked = Mtaa DAO: { $name } asks you to be a recovery contact. To answer choose Account, Help a member.
sms-contact-accepted = Mtaa DAO: { $name } is now your recovery contact.
sms-contact-declined = Mtaa DAO: { $name } does not want to be your recovery contact. Please choose another.
sms-contacts-changed = Mtaa DAO: your recovery contacts were changed. If this was not you, change your PIN at once.
sms-recovery-vouch = Mtaa DAO: { $name } asks to get back in. Call { $phone }. If it is really them, choose Account, Help a member.
sms-recovery-started = Mtaa DAO: somebody asked for a new PIN or number for your account. If it was not you, stop it: Account, I forgot my PIN.
sms-recovery-confirmed = Mtaa DAO: your contacts confirmed. A new PIN can be chosen from { $at }. Not you? Stop it: Account, I forgot my PIN.
sms-recovery-open = Mtaa DAO: you can choose your new PIN now, on the phone or chat where you asked. Not you? Stop it: Account, I forgot my PIN.
sms-recovery-cancelled = Mtaa DAO: the recovery of your account was stopped. Your old PIN stays.
sms-recovery-done = Mtaa DAO: your account has a new PIN. Nothing can be withdrawn for 24 hours. Not you? Tell your group's officials at once.

sms-sim-swapped = Mtaa DAO: the SIM of your number was changed lately, so no money can leave for up to 3 days. Not you? Tell your group at once.
withdraw-held = { $reason ->
        [recovered] Your account was recovered lately. Nothing can be withdrawn until { $at }. No money has moved.
        [recovered_little] Your account was recovered lately. Until { $at } you can withdraw KES 1,000 a day. No money has moved.
        [sim_swapped] The SIM of your number was changed lately. Nothing can be withdrawn until { $at }. No money has moved.
       *[sim_unknown] We are checking your SIM with your network. Please try again in a few minutes. No money has moved.
    }

error-bad-contact = { $reason ->
        [self] You cannot be your own contact.
        [twice] This person is your contact already, or has not answered yet.
       *[many] You have 5 contacts already. Take one off first.
    }
error-request-over = This is no longer asked.
error-no-recovery-contacts = Nobody can confirm that it is you: you need 2 contacts who have accepted. Please speak with the officials of your group.
error-too-many-recoveries = This was asked for too often. Please try again in { $days ->
        [one] one day.
       *[other] { $days } days.
    }
error-recovery-over = This recovery is over: it was used, stopped, or took too long.
error-recovery-underway = A recovery of this account is underway already.
error-recovery-not-open = It is not time yet. We send you an SMS when you can choose a new PIN.
error-recovery-elsewhere = Please choose the new PIN on the phone or in the chat where you asked for it.
error-not-a-contact = You are not a contact of this member, or were not yet when this was asked.
error-not-in-your-groups = Nobody in your groups has this number.
