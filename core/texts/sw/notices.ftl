### Jinsi mwanachama anavyotaka kuarifiwa

error-must-be-told = Habari za usalama wako na pesa zako hutolewa kila mara.
account-notices = Arifa
notices-menu = Unataka kuarifiwa vipi? Hakuna anayeamshwa usiku, isipokuwa kwa pesa na usalama.
notices-topic = { $topic ->
        [security] Usalama
        [money] Pesa
        [group] Habari za kikundi
       *[reminder] Vikumbusho
    }: { $way ->
        [any] kwenye chat, la sivyo SMS
        [sms] kwa SMS
        [chat] kwenye chat
        [both] chat na SMS
       *[none] hapana
    }
notices-way = { $topic ->
        [security] Usalama: PIN, simu, kuingia.
        [money] Pesa: risiti, mikopo, malipo ya kikundi.
        [group] Habari za kikundi: muhuri, mikutano, kura.
       *[reminder] Vikumbusho: kinachohitajika, kura ambazo hujapiga.
    }
notices-choose = { $way ->
        [any] Kwenye chat, la sivyo SMS
        [sms] Kwa SMS
        [chat] Kwenye chat
        [both] Kwenye chat na kwa SMS
       *[none] Hapana
    }
notices-done = Tayari. { $topic ->
        [security] Usalama
        [money] Pesa
        [group] Habari za kikundi
       *[reminder] Vikumbusho
    }: { $way ->
        [any] kwenye chat, la sivyo SMS
        [sms] kwa SMS
        [chat] kwenye chat
        [both] kwenye chat na kwa SMS
       *[none] hapana
    }.
