### Changes of contacts and e-mail that wait

account-changes = Mabadiliko yanayongoja
changes-wait = Haya yataanza baadaye. Si wewe? Yasimamishe:
changes-line = { $what ->
        [contact] Msaidizi mpya: { $at }
        [contact-off] Msaidizi anaondolewa: { $at }
        [email] Barua pepe mpya: { $at }
       *[email-off] Barua pepe inaondolewa: { $at }
    }
changes-none = Hakuna badiliko linalongoja.
changes-stop = Simamisha yote
changes-stop-sure = Simamisha mabadiliko haya? Yote yatabaki yalivyokuwa.
changes-go-on = Yanaendelea.
changes-stopped = Mtaa DAO: mabadiliko yaliyongoja yamesimamishwa. Si wewe, au hukuyaomba? Badili PIN yako mara moja.
change-waits = Mtaa DAO: { $what ->
        [contact] msaidizi mpya wa PIN ataanza
        [contact-off] msaidizi wa PIN ataondolewa
        [email] barua pepe mpya itaanza
       *[email-off] barua pepe yako itaondolewa
    } { $at }. Si wewe? Simamisha: Akaunti, Mabadiliko yanayongoja.
contacts-asked-waits = Tumemuuliza mtu huyu. Kwa usalama wako jibu lake litahesabiwa kuanzia { $at }; unaweza kusimamisha: Akaunti, Mabadiliko yanayongoja.
contacts-drop-waits = Kwa usalama wako mtu huyu anabaki msaidizi wako hadi { $at }. Unaweza kusimamisha: Akaunti, Mabadiliko yanayongoja.
contacts-line-waits = { $name }: kuanzia { $at }
email-waits = Nambari ni sahihi. Kwa usalama wako barua pepe hii itakuwa yako kuanzia { $at }; unaweza kusimamisha: Akaunti, Mabadiliko yanayongoja.
email-leaves = Kwa usalama wako barua pepe yako itaondolewa { $at }. Unaweza kusimamisha: Akaunti, Mabadiliko yanayongoja.
former-changes = Chat hii haizungumzii tena akaunti yako ya Mtaa DAO, na wasaidizi wake wa PIN au barua pepe vinabadilishwa. Si wewe? Simamisha:
former-changes-link = Unganisha chat hii tena
former-change-waits = Mtaa DAO: katika akaunti iliyounganishwa na chat hii, wasaidizi wa PIN au barua pepe vitabadilika { $at }. Si wewe? Simamisha: tuma /start.
