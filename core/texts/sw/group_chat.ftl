# A group's chat in Telegram, and the board in it
door-chat = Chat ya Telegram
group-chat-menu = { $group } { $linked ->
        [0] hakina chat ya Telegram bado.
       *[other] kina chat ya Telegram.
    } Kwenye ubao wake { $named ->
        [0] unahesabiwa tu.
       *[other] jina lako linaonekana.
    }
group-chat-show = Onyesha jina langu
group-chat-hide = Ficha jina langu
group-chat-link = Ongeza chat
group-chat-unlink = Ondoa chat
group-chat-named = { $named ->
        [0] Jina lako halionekani kwenye ubao. Unahesabiwa tu.
       *[other] Jina lako linaonekana kwenye ubao: kama umelipa, kamwe si kiasi gani.
    }
group-chat-on-telegram = Fanya hivi kwenye Telegram: fungua chat yetu, kikundi chako, Zaidi, Chat ya Telegram.
group-chat-how = Fungua kiungo hiki ndani ya saa moja na uchague chat ya kikundi. Kinatumika mara moja, na ni chako tu:
group-chat-unlinked = Chat imeondolewa. Hakuna kingine kitakachosemwa huko.
group-chat-linked = Chat hii sasa ni ya { $group }. Ubao wa waliolipa unafuata.
group-chat-refused = Haikufaulu. Afisa aombe kiungo kipya kwenye chat yetu ya faragha: kikundi chake, Zaidi, Chat ya Telegram.
error-group-chat-refused = Kiungo hiki kimetumika, kimepitwa na muda au si chako. Omba kipya.
chat-board-title = { $group }: nani amelipa
chat-board-nothing = Hakuna kinachodaiwa bado.
chat-board-kind = { $dues }, mwisho { $day }
chat-board-count = { $count } kati ya { $members } wamelipa
chat-board-line = { $state ->
        [paid] Wamelipa: { $names }
        [part] Sehemu: { $names }
        [due] Bado: { $names }
       *[late] Wamechelewa: { $names }
    }
chat-board-only = { $count ->
        [one] mwanachama 1
       *[other] wanachama { $count }
    }
chat-board-and = {" "}{ $count ->
        [one] na mwingine mmoja
       *[other] na wengine { $count }
    }
chat-board-seal = Muhuri wa { $day }: { $seal }
chat-board-foot = Majina hapa ni ya waliokubali tu.
board-pay = Lipa kwa faragha
