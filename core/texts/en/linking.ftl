### Link

link-contact = Welcome to Mtaa DAO. Share your phone number with the button below. We send a code by SMS to make sure that it is yours.
link-own-contact = That is not your own number. Tap the button below to share yours.
link-code = We have sent an SMS to { $phone }. Type the 6-digit code from it:
link-code-wrong = That code is not right. { $tries ->
        [one] One try left.
       *[other] { $tries } tries left.
    }
link-code-expired = That code has expired. Go back and share your number again.
link-code-dead = Too many wrong codes. Send /start to get a new one.
