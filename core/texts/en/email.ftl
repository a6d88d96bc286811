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
email-sent = We have sent a code to { $email }. When it has come, dial { $dialled } and choose Enter the code. It ends in 24 hours.
email-code = Type the 6-digit code that we sent to { $email }:
email-verified = This e-mail is now yours. We write there when something changes on your account.
email-code-expired = That code has expired. Add the e-mail again to get a new one.
email-code-dead = Too many wrong codes. Add the e-mail again to get a new one.
email-removed = Your e-mail is removed. We do not write there any more.
email-none = There is no e-mail to remove.
pin-why-email = Send a code to { $shown }
pin-why-email-remove = Remove your e-mail
error-bad-email = That is not an e-mail address. Type it like jina@gmail.com
email-added-notice = Mtaa DAO: the e-mail { $email } now gets notices about your account. If this was not you, change your PIN and tell an official at once.
email-removed-notice = Mtaa DAO: the e-mail { $email } no longer gets notices about your account. If this was not you, change your PIN at once.
mail-code-subject = Your Mtaa DAO code
mail-code = { $code } is the code that makes this e-mail address yours at Mtaa DAO. It ends in 24 hours. If you did not ask, do nothing.
mail-notice-subject = Your Mtaa DAO account
