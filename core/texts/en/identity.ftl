### Identity

error-bad-name = { $reason ->
        [empty] Please type a name.
        [short] A name has at least 2 letters. Type it in full.
        [long] A name has at most 40 letters. Type it shorter.
       *[letters] A name has letters, spaces, dots, hyphens and apostrophes only. Type it again.
    }
error-weak-pin = { $reason ->
        [repeat] This PIN repeats the same digits, so it is easy to guess. Choose another.
        [sequence] This PIN is a run of digits, so it is easy to guess. Choose another.
        [keypad] This PIN is a line on the keypad, so it is easy to guess. Choose another.
        [date] This PIN looks like a date or a year, so it is easy to guess. Choose another.
        [previous] You had this PIN before. Choose one that you have not used.
        [phone] This PIN is part of your phone number, so it is easy to guess. Choose another.
        [own] This PIN is in a number of yours that others can know, so it is easy to guess. Choose another.
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
