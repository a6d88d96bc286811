### API

error-bad-request = This request can't be read: { $where }.
error-bad-login = The number, PIN or code is not right, or the account is locked. Check your phone for a message from us.
error-second-factor-needed = This program is new. { $method ->
        [sms] We have sent a code by SMS: sign in again with the code.
       *[authenticator] Sign in again with a code from your authenticator app.
    }
error-pin-needed-here = This is private. Sign in with your PIN to see it.
error-not-permitted = This key is not for that.
error-too-many-requests = Too many requests. Please try again in { $wait_seconds ->
        [one] one second.
       *[other] { $wait_seconds } seconds.
    }
error-request-differs = This idempotency key was used for another request.
error-oauth-stale = This sign-in took too long, was used before, or was begun elsewhere. Please begin again.
error-account-taken = This account is linked to another member, or you have linked another one there. Unlink that one first.
error-unknown-connection = You have no account linked there.
error-unknown-provider = Signing in with this provider is not offered.
error-provider-says-no = The provider did not confirm who you are. Please begin again.
error-bad-mini-app = Telegram did not confirm who you are, or you have not linked your account yet. Open the app again.
sms-oauth-linked = Mtaa DAO: { $provider } ({ $name }) can now sign in for you. If this was not you, choose Account, Devices, Sign out everywhere.
problem-not-found = There is nothing here.
problem-method = This can't be done here.
problem-too-large = This is too large. At most 64 KiB, please.
problem-media-type = Please send JSON.
problem-refused = This request was refused.
problem-failed = Something went wrong on our side. Your money is safe.
