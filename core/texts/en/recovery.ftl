### Recovery

account-forgot-pin = I forgot my PIN
account-contacts = Recovery contacts
account-vouch = Help a member
account-new-number = My number changed
register-new-number = My number changed / Laini mpya

recovery-explain = { $app ->
        [lost] To choose a new PIN and turn off two-step check: a code by SMS, { $needed } contacts confirm that it is you, then you wait 3 days. Start?
       *[kept] To choose a new PIN: a code by SMS, then { $needed } of your contacts confirm that it is you, then you wait 24 hours. Start?
    }
recovery-app = Did you lose your authenticator app and its backup codes, too? If so, two-step check is turned off at the end.
recovery-app-kept = No
recovery-app-lost = Yes, both are lost
recovery-app-goes = Two-step check is turned off then.
recovery-not-started = Nothing was started. Your PIN is as before.
recovery-code-sent = We are sending you a code by SMS. When you have it, dial { $dial } within 5 minutes and choose Account, I forgot my PIN.
recovery-number-code-sent = We are sending a code to this phone. When you have it, dial { $dial } within 5 minutes and choose My number changed.
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
        [number-app] a new number, without two-step check
        [pin-app] a new PIN, without two-step check
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
sms-recovery-vouch = { $app ->
        [lost] Mtaa DAO: { $name } asks to get back in without two-step check. Call { $phone }. Really them? Choose Account, Help a member.
       *[kept] Mtaa DAO: { $name } asks to get back in. Call { $phone }. If it is really them, choose Account, Help a member.
    }
sms-recovery-started = { $app ->
        [lost] Mtaa DAO: somebody asked for a new PIN or number, and to turn off two-step check. Not you? Stop it: Account, I forgot my PIN.
       *[kept] Mtaa DAO: somebody asked for a new PIN or number for your account. If it was not you, stop it: Account, I forgot my PIN.
    }
sms-recovery-confirmed = { $app ->
        [lost] Mtaa DAO: your contacts confirmed. From { $at } a new PIN turns off two-step check. Not you? Stop it: Account, I forgot my PIN.
       *[kept] Mtaa DAO: your contacts confirmed. A new PIN can be chosen from { $at }. Not you? Stop it: Account, I forgot my PIN.
    }
sms-recovery-open = { $app ->
        [lost] Mtaa DAO: choose your new PIN now where you asked for it. Two-step check goes off then. Not you? Stop it: Account, I forgot my PIN.
       *[kept] Mtaa DAO: you can choose your new PIN now, on the phone or chat where you asked. Not you? Stop it: Account, I forgot my PIN.
    }
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
