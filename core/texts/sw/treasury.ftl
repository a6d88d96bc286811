### The treasury on the screen

treasury-door = Hazina
treasury-to-approve = Kuidhinisha
treasury-menu = Hazina ya { $name }
treasury-see = Salio na vikomo
treasury-see-requests = Maombi ({ $count })
treasury-ask = Omba malipo
treasury-petty = Matumizi madogo
treasury-see-padlock = Mshika kufuli
treasury-show = { $name }: { $total }
    Za kutumia { $fund_free }, zimetengwa { $fund_aside }, akiba { $fund_kept }
treasury-left = Zinaweza kutoka leo { $fund_today }, siku 7 { $fund_week }
treasury-petty-used = Matumizi madogo wiki hii { $petty_gone } kati ya { $petty_most }
treasury-payment = { $at } { $amount } { $payee_short }
treasury-requests = Maombi kwa hazina:
treasury-mine = Haya yanakusubiri:
treasury-no-requests = Hakuna ombi.
treasury-line = { $number }: { $amount } { $payee_short }, { $standing }
treasury-state = { $status ->
        [open] liko wazi
        [waiting] limeidhinishwa
        [paying] linalipwa
        [paid] limelipwa
        [failed] halikulipwa
        [rejected] limekataliwa
        [expired] muda umeisha
        [withdrawn] limeondolewa
        [stopped] limesimamishwa
       *[void] limebatilika
    }
treasury-padlock = { $by_short } ndiye mshika kufuli hadi mwisho wa { $lock_until }. Alichaguliwa kwa bahati kati ya wanachama { $count }.
treasury-no-padlock = Hakuna anayeweza kushika kufuli: kikundi hakina mwanachama wa kawaida.
treasury-draw = Yeyote anaweza kuhakiki: SHA-256 ya mstari ulio chini, tarakimu 15 za kwanza (msingi 16) gawa kwa { $count }; baki na 1 ni nambari { $number }.
treasury-drawn-from = { $draw_line }
treasury-candidate = { $number } { $whose }

pin-why-treasury-approve = Idhinisha { $amount } kwa { $payee }
pin-why-treasury-reject = Kataa { $amount } kwa { $payee }
pin-why-treasury-object = Pinga { $amount } kwa { $payee }
pin-why-treasury-withdraw = Ondoa ombi la { $amount } kwa { $payee }
pin-why-treasury-again = Lipa tena { $amount } kwa { $payee }
pin-why-treasury-report = Tuma ripoti kwa kikundi
pin-why-treasury-ask = Omba { $amount } kwa { $payee }

treasury-request = { $amount } kwa { $payee_short }
    Ombi { $number }: { $why_short }
treasury-counted = Idhini { $officials }/{ $needed_officials }{ $needed_padlocks ->
        [0] {""}
       *[other] , kufuli { $padlocks }/{ $needed_padlocks }
    }{ $vote_needed ->
        [needed] . Linahitaji kura
       *[none] {""}
    }
treasury-you-cool = Wewe ni afisa mpya: unaweza kuidhinisha kuanzia { $at }.
treasury-cools = { $by_short }, afisa mpya, anaweza kuidhinisha kuanzia { $at }.
treasury-remains = Hazina { $fund_before } - { $fund_takes } = { $fund_leaves }
treasury-waits = Litalipwa baada ya saa { $hours_left }, { $at }. Pingamizi { $count }/{ $most }
treasury-was-paid = Limelipwa { $at }
treasury-was-paid-out = Limelipwa { $at }. Risiti ya M-PESA: { $receipt }
    .short = Limelipwa { $at } { $receipt }
treasury-stands = Ombi hili { $standing }.
treasury-is-void = Limebatilika: { $because ->
        [ends] kikundi kinavunjwa.
        [signers] maafisa au kanuni zimebadilika.
        [padlock] mshika kufuli amebadilika.
        [payee] mlipwaji ameondoka.
       *[other] idhini hazitoshi tena.
    }
treasury-deed = { $deed ->
        [approve] Idhinisha
        [reject] Kataa
        [object] Pinga
        [again] Lipa tena
        [vote] Peleka kwenye kura
        [report] Toa ripoti
       *[withdraw] Ondoa ombi
    }
treasury-details = Maelezo
treasury-back = Rudi kwenye ombi
treasury-details-of = Ombi { $number }: { $expense }
treasury-who = Kwa { $whose }. Ameomba { $by_short }. Msimbo { $code }
treasury-approved-by = Wameidhinisha: { $approvers }
treasury-refused-by = Wamekataa: { $approvers }
treasury-fees = Ada { $fee }, ada ya M-PESA { $charge }
treasury-unpayable = Hapo haya hayatalipika: { $request_numbers }
treasury-until = Liko wazi hadi { $until }
treasury-reported = Ripoti: { $report_words }
treasury-all-approved = Ombi { $number } limepata idhini zote. Litalipwa { $at } wanachama wasipopinga. Kila mtu ataambiwa.
treasury-you-approved = Umeidhinisha ombi { $number }.
treasury-you-rejected = Umekataa ombi { $number }. { $status ->
        [rejected] Limekufa: hakuna kinacholipwa.
       *[open] Wengine bado wanaweza kuamua.
    }
treasury-you-object = Umepinga ombi { $number }. { $status ->
        [stopped] Limesimamishwa: hakuna kinacholipwa.
       *[open] Wanachama { $count } kati ya { $most } wamepinga.
    }
treasury-you-withdrew = Umeondoa ombi { $number }. Hakuna kinacholipwa.
treasury-tried-again = Ombi { $number }: { $amount } inalipwa tena. Tutakiambia kikundi.
treasury-report = Pesa za ombi la dharura { $number } zilitumika kwa nini? Kila mtu atasoma:
treasury-report-sent = Asante. Ripoti ya ombi { $number } inatumwa kwa kila mwanachama.

treasury-amount = Hazina ilipe kiasi gani?
treasury-petty-amount = Matumizi madogo, hadi { $limit } kwa wiki. Kiasi gani?
treasury-to-whom = { $amount } kwa nani?
treasury-to-member = Mwanachama
treasury-to-phone = Nambari ya M-PESA
treasury-find = Andika sehemu ya jina la mwanachama:
treasury-find-again = Tafuta tena
treasury-nobody = Hakuna mwanachama mwenye jina kama hilo.
treasury-which = Mwanachama gani?
treasury-member = { $whose }
treasury-phone = Andika nambari ya M-PESA ya kulipwa:
treasury-name = { $phone } ni ya nani? Jina ambalo kikundi kinalijua:
treasury-which-category = Ni matumizi ya aina gani?
treasury-category = { $category ->
        [supplies] Vifaa
        [services] Huduma
        [welfare] Jamii
        [project] Mradi
        [refund] Marejesho
        [fees] Ada na kodi
       *[other] Mengine
    }
treasury-reason = Kwa sababu gani? Herufi { $low } hadi { $high }; kila mwanachama atasoma:
treasury-confirm = { $amount } kwa { $whose }
    Sababu: { $why_short }
treasury-in-parts = M-PESA itatuma kwa malipo { $count }.
treasury-with-fees = Pamoja na ada { $fee }
treasury-needs-vote = Zaidi ya { $limit }: wanachama lazima wapige kura kwanza
treasury-too-much = { $amount } kwa { $whose }: pesa za hazina hazitoshi.
treasury-less = Kiasi kingine
treasury-urgent = Dharura
treasury-emergency = { $amount } kwa { $payee_short }: DHARURA
    Maafisa wote na mwanachama 1 waidhinishe. Hulipwa baada ya saa 1; utaripoti matumizi.
treasury-not-asked = Umeghairi. Hakuna kilichoombwa.
treasury-petty-sent = Ombi { $number }: { $amount } ya matumizi madogo inalipwa. Kila mwanachama ataambiwa.
treasury-asked = Ombi { $number } (msimbo { $code }) linahitaji maafisa { $needed_officials }{ $needed_padlocks ->
        [0] {""}
       *[other] {" "}na kufuli { $needed_padlocks }
    } kabla ya { $until }. { $vote_needed ->
        [needed] Wanachama wapige kura: lifungue, ulipeleke kwenye kura.
       *[none] Kila mwanachama ataambiwa.
    }

minutes-payment = { $amount } zimelipwa { $payee } kwa { $reason } (ombi { $number }).
