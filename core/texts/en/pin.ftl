### PIN

account-new-pin = Change PIN
pin-why-new-pin = First the PIN that you have now.
new-pin = Choose a new PIN of 6 digits (not your M-PESA PIN):
new-pin-too-late = That took too long, so your PIN was not changed. Please start again.
new-pin-done = Your PIN is changed. Use the new one from now on.
sms-pin-changed = Mtaa DAO: your PIN was changed. If this was not you, open Account, I forgot my PIN, and tell your group's officials at once.
sms-pin-locked = Mtaa DAO: too many wrong PINs. Your account is locked until { $until }. If this was not you, somebody holds your phone.
sms-pin-disabled = Mtaa DAO: too many wrong PINs, so your account is closed. Your money is safe. To open it choose Account, I forgot my PIN.
sms-foreign-pins = Mtaa DAO: { $times } wrong PINs for your account from a phone that is not yours. It is shut out; your own phone still works.
sms-pin-exposed = Mtaa DAO: your PIN was written in a group, where others read it. It is locked until { $until }. Then choose another: Account, Change PIN.
