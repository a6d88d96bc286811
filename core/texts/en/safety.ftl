### Safety: what waits while an account or its SIM is in doubt

error-signs-later = { $reason ->
        [recovered] Your account was recovered lately. You can approve for others again from { $at }.
        [sim_swapped] The SIM of your number was changed lately. You can approve for others again from { $at }.
       *[closed] This account is closed for safety. It can approve nothing.
    }

link-held = { $reason ->
        [sim_swapped] The SIM of this number was changed lately. To keep the account safe, Telegram can be linked from { $at }. Until then dial { $dial }.
        [number_idle] This number was not used with us for 90 days. First dial { $dialled } and enter your PIN. Then share it again.
       *[sim_unknown] We are checking your SIM with your network. Share your number again in a few minutes, or first remove the old Telegram on your phone.
    }
sms-link-refused = Mtaa DAO: somebody wanted to link a Telegram account. Your SIM was changed lately, so we refused. Not you? Tell your group at once.
wake-code-sent = You have not used this number with us for 90 days. We send you a code by SMS: when you have it, dial { $dial } within 5 minutes and choose the same.
wake-another-sim = The SIM of your number was changed since you last used it here. To get in, your contacts must confirm that it is you: Account, I forgot my PIN.
sms-woken = Mtaa DAO: your account was used again on a phone or chat that was silent for { $days } days. Not you? Change your PIN at once.
sms-link-idle = Mtaa DAO: somebody wanted to link a Telegram account. Your number was not used with us for 90 days, so we refused. Not you? Tell your group.
sms-link-undone = Mtaa DAO: the SIM of your number was changed lately, so the Telegram account was let go again. Not you? Tell your group at once.
sms-few-backup-codes = Mtaa DAO: a backup code of yours was used. { $count ->
        [0] There is none left.
        [one] One is left.
       *[other] { $count } are left.
    } Make new ones: Account, Security. Not you? Make new ones at once.
too-many-dials = You have dialled very often. Please dial again in { $minutes ->
        [one] one minute.
       *[other] { $minutes } minutes.
    }
