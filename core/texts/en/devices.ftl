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
sms-token-reused = Mtaa DAO: a program was signed out of your account, because somebody may have copied its access. Not you? Choose Account, Devices, Sign out everywhere.
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
