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
        [loans] A loan that you owe or vouch for is open. It has to end first.
        [savings] Your group still holds savings of yours. Leave the group first; they come to your balance.
        [shares] You have shares, or a part in a merry-go-round. Settle that with your group first.
       *[chair] Your group would be left without a chair. Let another member take over first.
    }
erasure-notice = Mtaa DAO: your data will be erased on { $at }, as you asked. If this was not you, stop it now: Account, My data.
erasure-cancelled-notice = Mtaa DAO: your data will not be erased. Your account stays as it is.
erasure-postponed = { $reason ->
        [balance] Mtaa DAO: your data is not erased yet, because you still have money here. We look again on { $at }.
        [payments] Mtaa DAO: your data is not erased yet, because an M-PESA payment is open. We look again on { $at }.
        [shares] Mtaa DAO: your data is not erased yet, because of your shares or your merry-go-round. We look again on { $at }.
        [loans] Mtaa DAO: your data is not erased yet, because a loan is open that you owe or vouch for. We look again on { $at }.
        [savings] Mtaa DAO: your data is not erased yet, because your group still holds savings of yours. We look again on { $at }.
       *[chair] Mtaa DAO: your data is not erased yet, because your group needs another chair. We look again on { $at }.
    }
sms-data = Mtaa DAO: { $name }, { $phone }, here since { $at }. Groups: { $groups }.
mail-data-subject = Your data at Mtaa DAO
terms-changed = Our terms have changed. We keep your number, name and records of your money to run your account. Do you agree?
terms-agree = I agree
terms-later = Not now
terms-not-agreed = Your account waits for you. See or erase your data under My data when you dial { $dial }.
terms-read-first = Please read this first.
