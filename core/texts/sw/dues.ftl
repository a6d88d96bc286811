### Contributions that are due, fines, reminders

dues-name-contribution = Mchango
dues-name-welfare = Mfuko wa jamii
charge-contribution = { $dues } { $day }
charge-fine = Faini, { $dues } { $day }
why-fine-late = { $group }: faini { $fine_amount }. { $dues } { $day }: { $due_sum } haijalipwa { $late_at } ({ $rules ->
        [0] kanuni
       *[other] kanuni { $rules }
    }: { $rule }).
why-fine-given = { $group }: faini { $fine_amount }. Sababu: { $because }.
why-contribution = { $group }: { $dues } { $day }. Umelipa { $part }, bado { $due_sum }. { $rules ->
        [0] Kanuni
       *[other] Kanuni { $rules }
    }.
fine-rule-fixed = { $every ->
        [day] { $fine_amount } kwa siku
        [week] { $fine_amount } kwa wiki
       *[once] { $fine_amount } mara moja
    }
fine-rule-percent = { $every ->
        [day] { $percent }% kwa siku
        [week] { $percent }% kwa wiki
       *[once] { $percent }% mara moja
    }
charge-waived = { $group }: umesamehewa { $item }, { $due_sum }. Sababu: { $because }.
contribution-for-you = { $payer } amekulipia { $due_sum } kwa { $group }. Bado unadaiwa { $owes }.
reminder-before = { $group }: lipa { $due_sum } ({ $dues }) kufikia { $day }: { $dialled } Ukishalipa, puuza hili.
reminder-tomorrow = { $group }: lipa { $due_sum } ({ $dues }) kufikia kesho, { $day }: { $dialled }
reminder-today = { $group }: lipa { $due_sum } ({ $dues }) leo kabla ya 23:59: { $dialled }
reminder-late = { $group }: { $dues } { $day }: umechelewa, bado { $due_sum }. Lipa: { $dialled }

error-too-many-kinds = Kikundi tayari kina aina { $most } za michango. Maliza moja kwanza.
error-bad-contribution-amount = Mchango ni kati ya { $low } na { $high }.
error-rounds-collect = Merry hukusanya yenyewe kwa zamu zake. Chagua kitu kingine.
error-kind-not-in-the-past = Michango iliyofunguliwa inabaki ilivyo. Chagua { $day } au baadaye.
error-kind-follows-rules = Kanuni husema kiasi na siku. Wanachama huzibadili kwa kura.
error-unknown-contribution-kind = Kikundi hakiombi tena mchango huu.
error-unknown-charge = Kikundi hakijui deni hili. Huenda limelipwa.
error-not-your-own-charge = Afisa mwingine lazima aamue kuhusu deni lako.
error-nothing-to-waive = Hili limesamehewa tayari.
error-bad-reason = Eleza sababu kwa herufi { $low } hadi { $high }.
error-no-outage = Hakuna hitilafu iliyorekodiwa, au mwisho ungekuwa kabla ya mwanzo.
error-outage-open = Kuna hitilafu iliyorekodiwa tangu { $at }, au hii ingeanza baadaye.

contribute-due = { $group }: unadaiwa { $owes }.
contribute-nothing-due = { $group }: hudaiwi chochote sasa.
contribute-exact = Lipa { $owes } sasa
contribute-other = Kiasi kingine
contribute-someone = Lipia mwanachama
contribute-whom = Unamlipia nani?
contribute-amount-for = Unamlipia { $whom } kiasi gani kwa { $group }?
    .short = Kiasi cha { $whom } kwa { $group }?
contribute-confirm-for = Changa { $amount } kwa { $group } kwa niaba ya { $whom }
    Hakuna ada
contribute-share = { $category ->
        [fines] Faini: { $due_sum }
        [loan_interest] Riba ya mkopo: { $due_sum }
        [loan_principal] Mkopo: { $due_sum }
        [welfare] Mfuko wa jamii: { $due_sum }
        [credit] Malipo ya ziada: { $due_sum }
       *[contribution] Mchango: { $due_sum }
    }
contribute-done-owes = { $reference } Imethibitishwa. Umelipa { $amount } kwa { $group }. Bado unadaiwa { $owes }. Salio: { $balance }.
contribute-kept = { $done } { $parts }.
contribute-done-for = { $reference } Imethibitishwa. { $amount } kwa { $whom }, { $group }. Salio: { $balance }.
charge-line = { $item }: { $due_sum }
credit-line = Malipo yako ya ziada: { $credit }
outage-line = M-PESA haifanyi kazi tangu { $at }: hakuna faini kwa sasa.

parting-credit = Malipo yako ya ziada
parting-dues = Michango na faini unazodaiwa
parting-payment = Malipo yako bado yako njiani kwenda kwa kikundi.

dues-door-board = Nani amelipa
dues-door-mine = Ninachodaiwa
dues-door-kinds = Michango inayoombwa
dues-board = { $group }: nani amelipa
dues-board-empty = { $group } bado hakiombi michango.
board-head = { $dues } { $day }: { $count } kati ya { $members } wamelipa
board-line = { $name }: { $state ->
        [paid] amelipa
        [part] amelipa sehemu
        [late] amechelewa tangu { $day }
       *[due] bado
    }
sms-board = { $group }: { $lines }
dues-mine = { $group }: unadaiwa { $owes }. Chagua moja uone sababu:
dues-nothing = { $group }: hudaiwi chochote. Malipo yako ya ziada: { $credit }.

kinds-menu = { $count ->
        [0] { $group } bado hakiombi michango.
       *[other] { $group } kinaomba:
    }
kind-line = { $dues }: { $due_sum } { $when }
kinds-start = Wa kawaida, kama kanuni zinavyosema
kinds-start-welfare = Mfuko wa jamii, kama kanuni
kinds-new = Mchango mpya
kinds-waive = Samehe faini au deni
kind-one = { $dues }: { $mode ->
        [minimum] angalau { $due_sum }
        [per_member] kila mtu kiasi chake
       *[fixed] { $due_sum }
    } { $when }, kwa { $purpose }. Ijayo: { $day }
kind-change = Badili kiasi
kind-own = Kiasi cha mwanachama mmoja
kind-follows = Mengine hubadilishwa kwa kura.
kind-end = Maliza
every-weekly = kila { $weekday }
every-biweekly = kila wiki 2, { $weekday }
every-monthly = { $number ->
        [31] siku ya mwisho ya kila mwezi
       *[other] kila mwezi tarehe { $number }
    }
every-on = tarehe { $dates }
every-dates = { $number ->
        [0] hakuna siku tena
        [one] siku moja
       *[other] siku { $number }, ijayo { $day }
    }
weekday-1 = Jumatatu
weekday-2 = Jumanne
weekday-3 = Jumatano
weekday-4 = Alhamisi
weekday-5 = Ijumaa
weekday-6 = Jumamosi
weekday-7 = Jumapili
purpose-treasury = hazina
purpose-welfare = mfuko wa jamii
purpose-rotation = merry
purpose-shares = hisa
purpose-project = mradi
purpose-loans = mfuko wa mikopo
kind-name = Ni mchango wa nini? Jina fupi la herufi 2 hadi 20:
kind-purpose = Pesa zitaenda wapi?
kind-frequency = Hulipwa mara ngapi?
frequency-weekly = Kila wiki
frequency-biweekly = Kila wiki mbili
frequency-monthly = Kila mwezi
frequency-dates = Siku nitakazochagua
kind-weekday = Siku gani?
kind-month-day = Tarehe gani ya mwezi? 1 hadi 28, au 31 kwa siku ya mwisho:
kind-dates = Siku gani? Kama 5/12, 24/12:
kind-bad-dates = Hizo si siku zijazo. Andika kama 5/12, 24/12.
kind-bad-day = Chagua 1 hadi 28, au 31 kwa siku ya mwisho ya mwezi.
kind-mode = Kiasi gani?
mode-fixed = Sawa kwa wote
mode-minimum = Angalau kiasi hiki
mode-per_member = Kila mtu chake
kind-amount = Kiasi gani? { $low } hadi { $high }:
kind-confirm = { $dues }: { $due_sum } kwa { $purpose }
    { $when }
pin-why-kind-rule = Omba wanachama wote walipe mchango huu
pin-why-kind = Omba wanachama wote walipe { $name }
kind-created = Sasa wanachama wanaombwa walipe { $dues }. Watakumbushwa siku tatu kabla.
kind-cancelled = Umeghairi. Hakuna kilichobadilika.
kind-change-amount = { $dues }: kiasi gani kuanzia { $day }? { $low } hadi { $high }:
pin-why-kind-change = Badili { $name }
pin-why-kind-amount = Badili { $name } kuwa { $amount }
kind-changed = { $dues } ni { $due_sum } kuanzia { $day }.
kind-days = Badili siku
kind-days-how = { $dues }, sasa { $when }. Mara ngapi kuanzia { $day }?
kind-days-first = { $dues } kila wiki mbili: siku ya kwanza ni ipi?
kind-days-on = { $day }
kind-days-dates = Siku zipi, kuanzia { $day }? Andika zote, kama 5/12, 24/12:
kind-days-now = Sasa: { $dates }
kind-days-confirm = { $dues }: { $when } kuanzia { $day }, ya kwanza { $first_day }. Madeni yaliyopo yanabaki.
kind-days-confirm-dates = { $dues }: { $when }. Madeni yaliyopo yanabaki.
kind-days-changed = { $dues } hulipwa { $when }, kuanzia { $day }. Wanachama wote wanaambiwa.
kind-days-changed-dates = { $dues } hulipwa { $when }. Wanachama wote wanaambiwa.
kind-days-same = { $dues } tayari hulipwa { $when }. Hakuna kilichobadilika.
kind-coming = Kuanzia { $day }: { $due_sum } { $when }
kind-dates-row = { $dates }
kind-own-whom = Kiasi cha nani kwa { $dues }?
kind-own-amount = { $name } atalipa kiasi gani kwa { $dues }? { $low } hadi { $high }:
pin-why-kind-own = { $name } alipe { $amount }
kind-own-done = { $name } atalipa { $due_sum } kwa { $dues } kuanzia { $day }.
kind-end-ask = Maliza { $dues }? Madeni yaliyopo yanabaki.
pin-why-kind-end = Maliza { $name }
kind-ended = Umemaliza { $dues }. Siku ya mwisho ni { $day }.
kind-news = { $group }: { $dues }, { $due_sum } { $when }.
kind-news-from = { $group }: { $dues }, { $due_sum } { $when }, kuanzia { $day }.
kind-news-ended = { $group }: { $dues } haiombwi tena.
waive-whom = { $count ->
        [0] Hakuna anayedaiwa.
       *[other] Ni nani?
    }
waive-what = Unamsamehe { $name } nini?
waive-reason = Kwa nini? Wote wanaweza kusoma, herufi 3 hadi 40:
waive-confirm = Samehe { $due_sum } kwa { $name }
    { $item }
    { $because }
pin-why-waive = Samehe { $due_sum }
waive-done = { $name } amesamehewa { $due_sum }. Mwanachama ameambiwa.
