### How a member wants to be told

error-must-be-told = News of your safety and your money is always told.
account-notices = Notices
notices-menu = How do you want to be told? Nobody is woken at night, except for money and safety.
notices-topic = { $topic ->
        [security] Safety
        [money] Money
        [group] News of the group
       *[reminder] Reminders
    }: { $way ->
        [any] in the chat, else by SMS
        [sms] by SMS
        [chat] in the chat
        [both] chat and SMS
       *[none] not at all
    }
notices-way = { $topic ->
        [security] Safety: PIN, devices, sign-in.
        [money] Money: receipts, loans, payments of the group.
        [group] News of the group: seals, meetings, votes.
       *[reminder] Reminders: what is due, votes that you have not given.
    }
notices-choose = { $way ->
        [any] In the chat, else by SMS
        [sms] By SMS
        [chat] In the chat
        [both] In the chat and by SMS
       *[none] Not at all
    }
notices-done = Done. { $topic ->
        [security] Safety
        [money] Money
        [group] News of the group
       *[reminder] Reminders
    }: { $way ->
        [any] in the chat, else by SMS
        [sms] by SMS
        [chat] in the chat
        [both] in the chat and by SMS
       *[none] not at all
    }.
