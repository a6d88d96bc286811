### Safety: what waits while an account or its SIM is in doubt

error-signs-later = { $reason ->
        [recovered] Your account was recovered lately. You can approve for others again from { $at }.
        [sim_swapped] The SIM of your number was changed lately. You can approve for others again from { $at }.
       *[closed] This account is closed for safety. It can approve nothing.
    }

link-held = { $reason ->
        [sim_swapped] The SIM of this number was changed lately. To keep the account safe, Telegram can be linked from { $at }. Until then dial us.
       *[sim_unknown] We are checking your SIM with your network. Share your number again in a few minutes, or first remove the old Telegram on your phone.
    }
sms-link-refused = Mtaa DAO: somebody wanted to link a Telegram account. Your SIM was changed lately, so we refused. Not you? Tell your group at once.
sms-link-undone = Mtaa DAO: the SIM of your number was changed lately, so the Telegram account was let go again. Not you? Tell your group at once.
sms-few-backup-codes = Mtaa DAO: a backup code of yours was used. { $count ->
        [0] There is none left.
        [one] One is left.
       *[other] { $count } are left.
    } Make new ones: Account, Security. Not you? Make new ones at once.
