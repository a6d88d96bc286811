# A group's chat in Telegram, and the board in it
door-chat = Telegram chat
group-chat-menu = { $group } { $linked ->
        [0] has no Telegram chat yet.
       *[other] has a Telegram chat.
    } On its board you are { $named ->
        [0] only counted.
       *[other] named.
    }
group-chat-show = Show my name
group-chat-hide = Hide my name
group-chat-link = Add a chat
group-chat-unlink = Remove the chat
group-chat-named = { $named ->
        [0] Your name does not stand on the board. You are only counted.
       *[other] Your name stands on the board: whether you have paid, never how much.
    }
group-chat-on-telegram = Do this in Telegram: open our chat, your group, More, Telegram chat.
group-chat-how = Open this link within the hour and choose your group's chat. It works once, and only for you:
group-chat-unlinked = The chat is removed. Nothing more is said there.
group-chat-linked = This chat belongs to { $group } now. The board of who has paid follows.
group-chat-refused = This did not work. An official asks for a new link in our private chat: her group, More, Telegram chat.
error-group-chat-refused = This link is used, too old or not yours. Ask for a new one.
chat-board-title = { $group }: who has paid
chat-board-nothing = Nothing is due yet.
chat-board-kind = { $dues }, due { $day }
chat-board-count = { $count } of { $members } paid
chat-board-line = { $state ->
        [paid] Paid: { $names }
        [part] In part: { $names }
        [due] Not yet: { $names }
       *[late] Late: { $names }
    }
chat-board-only = { $count ->
        [one] 1 member
       *[other] { $count } members
    }
chat-board-and = {" "}{ $count ->
        [one] and one more
       *[other] and { $count } more
    }
chat-board-seal = Muhuri of { $day }: { $seal }
chat-board-foot = Only those who agreed are named here.
board-pay = Pay in private
