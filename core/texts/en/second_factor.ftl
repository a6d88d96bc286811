### Second factor

account-security = Security
security-menu = Security
security-on = Turn on two-step check
security-off = Turn off two-step check
security-codes = New backup codes
security-limit = My limit
step-up-sms = We sent a code by SMS to { $approval }. Type it here:
step-up-sms-how = To read it, hang up, dial { $dial }, then Continue.
step-up-lost = I lost the app and the backup codes
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
sms-limit-back = Mtaa DAO: your limit without a code was raised shortly before. It is { $limit } in 24 hours again. Change it: Account, Security.
sms-limit = Mtaa DAO: your limit without a code is now { $limit } in 24 hours. If this was not you, tell your group's officials at once.
approval = { $action ->
        [contribute] contribute { $amount } to { $payee }
        [withdraw] withdraw { $amount } to { $payee }
        [two-factor-on] turn on two-step check
        [two-factor-off] turn off two-step check
        [backup-codes] get new backup codes
        [limit] change your limit to KES { $payee }
        [email] change your e-mail to { $payee }
        [email-remove] remove your e-mail
        [contacts] change your recovery contacts
        [erasure] have your data erased
        [wake] use your account again
       *[other] pay { $amount } to { $payee }
    }
sms-code-approves = { $code } is your Mtaa DAO code to { $approval }. It ends in 5 minutes. Tell nobody.
error-two-factor-on = Two-step check is on already.
error-two-factor-off = Two-step check is not on, or setting it up took too long. Please start again.
error-step-up-needed = This needs one more code. Please start again.
