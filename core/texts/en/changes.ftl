### Changes of contacts and e-mail that wait

account-changes = Changes that wait
changes-wait = These count only later. Not you? Stop them:
changes-line = { $what ->
        [contact] New recovery contact: { $at }
        [contact-off] Contact taken off: { $at }
        [email] New e-mail: { $at }
       *[email-off] E-mail removed: { $at }
    }
changes-none = No change waits.
changes-stop = Stop all of them
changes-stop-sure = Stop these changes? All stays as it was.
changes-go-on = They go on.
changes-stopped = Mtaa DAO: the changes that waited were stopped. Not you, or you did not ask for them? Change your PIN at once.
change-waits = Mtaa DAO: { $what ->
        [contact] a new recovery contact counts
        [contact-off] a recovery contact is taken off
        [email] a new e-mail counts
       *[email-off] your e-mail is removed
    } from { $at }. Not you? Stop it: Account, Changes that wait.
contacts-asked-waits = We have asked this person. For your safety the answer counts from { $at }; you are told, and can stop it: Account, Changes that wait.
contacts-drop-waits = For your safety this person stays your contact until { $at }. You can stop it: Account, Changes that wait.
contacts-line-waits = { $name }: from { $at }
email-waits = The code is right. For your safety this e-mail is yours from { $at }; we tell you, and you can stop it: Account, Changes that wait.
email-leaves = For your safety your e-mail is removed only at { $at }. You can stop it: Account, Changes that wait.
former-changes = This chat no longer speaks for your Mtaa DAO account, and its recovery contacts or e-mail are being changed. Not you? Stop it:
former-changes-link = Link this chat again
former-change-waits = Mtaa DAO: in the account that this chat was linked to, recovery contacts or the e-mail change on { $at }. Not you? Stop it: send /start.
