### Telegram

bot-home = Home
bot-back = Back
bot-share-contact = Share my number
bot-keyboard-lowered = Thank you.
bot-choose-one = Please tap one of the buttons.
bot-session-too-long = This chat has become too long, so we start again. Nothing was lost.
bot-out-of-step = That came out of step, so nothing was done. Send /start to go on.
bot-register-declined = Nothing was stored. Send /start whenever you like.
bot-use-keypad = Please enter your PIN with the keys below. Never type it into the chat.
bot-pin-deleted = Never type your PIN into the chat: others may read it there. Your message was deleted and not used. Use the keys below.
bot-pin-not-deleted = Never type your PIN into the chat: others may read it there. It was not used. Please delete your message yourself, then use the keys below.
bot-keypad-expired = These keys have expired. Here are new ones.
bot-was-away = We were away for a while, and a tap may have been lost. Here is where you are.
bot-pin-stays-in-group = Your PIN still stands in the group: I may not delete it there. Please delete your message now. The PIN is locked, and you should choose another.
undo = Undo
undo-offer = That is done. You can still undo it.
undo-too-late = It is more than half a minute ago, so it can't be undone with this button. Nothing was changed.
cant-be-undone = This can't be undone.
bot-text-only = I can only read text. Please tap a button or type your answer.
bot-unknown-command = I don't know that command. /help says what I can do.
bot-not-your-button = This button is not for you.
bot-busy = We are busy. Please try again in a moment.
bot-failed = Something went wrong on our side. Send /start, and check your balance before you try again.
bot-write-in-private = Your money is private, so I don't talk about it in groups. Please write to me in a private chat.
bot-open-private = Open a private chat

bot-command-start = Start, or continue where you stopped
bot-command-balance = Your balance and your groups' balances
bot-command-deposit = Deposit by M-PESA
bot-command-withdraw = Withdraw to M-PESA
bot-command-contribute = Contribute to a group
bot-command-groups = Your groups; join or start one
bot-command-statement = Your last movements
bot-command-settings = Your account
bot-command-language = Choose English or Kiswahili
bot-command-help = How it works
bot-command-cancel = Stop what you are doing and go home

bot-description = Save with your group: deposit by M-PESA, contribute, and see your balance and the group's. The same account works on any phone by USSD.
