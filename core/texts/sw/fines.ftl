# Fines that officials give, and giving back what was paid.

fine-for-absent = kutohudhuria mkutano
fine-for-late = kuchelewa mkutanoni
fine-for-noise = kelele au simu mkutanoni
fine-for-joining = Kujiunga
joining-charged = { $group }: anayejiunga hulipa { $due_sum } mara moja, kama kanuni zinavyosema. Lipa: { $dialled }
why-joining = { $group }: kujiunga ni { $due_sum }, mara moja (kanuni ya 2). Umelipa { $part }. { $rules ->
        [0] Kanuni
       *[other] Kanuni toleo { $rules }
    }.
missed-yours = { $in_group }: umekosa { $count ->
        [one] mchango mmoja
       *[other] michango { $count }
    }. Kwa kanuni ya 4 unaweza kusimamishwa. Lipa: { $dialled }
missed-theirs = { $in_group }: { $by_short } amekosa { $count ->
        [one] mchango mmoja
       *[other] michango { $count }
    } na anaweza kusimamishwa (kanuni ya 4). Zungumzeni kwanza: { $dialled }
fine-given = { $why } Si sawa? Pinga kwenye Akiba, Ninachodaiwa.
fine-objected = { $in_group }: { $by_short } anapinga faini ya { $fine_amount }: { $because }. Isameheni kama si sawa.
error-no-fines-here = Kanuni za kikundi hiki hazina faini.
error-bad-fine = Faini hapa ni kutoka { $low } hadi { $high }.
kinds-fine = Toza mwanachama faini
kinds-refund = Rudisha kilicholipwa
fine-why = Faini ya nini?
fine-cause = { $cause ->
        [absent] Hakuhudhuria mkutano ({ $count })
        [late] Alichelewa mkutanoni ({ $count })
        [noise] Kelele au simu mkutanoni
       *[other] Jambo lingine
    }
fine-reason = Faini ni ya nini? Herufi { $low } hadi { $high }:
fine-whom = Nani anatozwa faini: { $because }?
fine-amount = Weka kiasi cha faini ya { $name }, hadi { $high }:
fine-confirm = Faini ya { $fine_amount } kwa { $name }
    { $because }
pin-why-fine = Toza { $name } faini
fine-done = { $name } ametozwa faini ya { $fine_amount } na ameambiwa sababu. Afisa mwingine anaweza kuisamehe.
fine-object = Napinga
fine-over = Faini hii imelipwa au imesamehewa.
fine-objection-sent = Pingamizi lako liko kwa maafisa. Hadi waisamehe, faini inabaki.
error-refund-needs-another = Afisa mwingine lazima akubali, na hayupo. Omba kikundi kimteue mmoja.
error-refund-waits = Hili limeombwa tayari na linasubiri afisa mwingine.
error-savings-locked = Akiba hii imefungwa kwa mkopo. Inayoweza kurudishwa ni { $free }.
error-no-refund = Hili halisubiri uamuzi tena, au lazima afisa mwingine aamue.
refund-asked = { $in_group }: turudishe { $due_sum } ({ $item })? { $because }. Ona kwenye Michango.
refund-menu = { $count ->
        [0] Rudisha alicholipa mwanachama: maafisa wawili wanaamua.
       *[other] Yanasubiri uamuzi wako:
    }
refund-line = { $name }: { $due_sum }
refund-ask = Omba kurudisha
refund-whom = Ni nani aliyelipa?
refund-what = { $count ->
        [0] { $name } hajalipa chochote hivi karibuni.
       *[other] Unamrudishia { $name } nini?
    }
refund-reason = Kwa nini? Wote wanaweza kusoma, herufi 3 hadi 40:
refund-confirm = Rudisha { $due_sum } kwa { $name }
    { $item }
    { $because }
pin-why-refund = Rudisha { $due_sum } kwa { $name }
pin-why-refund-refuse = Kataa kurudisha { $due_sum } kwa { $name }
refund-sent = { $outcome ->
        [done] { $name } amerudishiwa { $due_sum }, kama malipo yake ya ziada kikundini. Mwanachama ameambiwa.
        [refused] Umekataa. Malipo ya { $name } yanabaki.
       *[asked] Umeomba. Afisa mwingine lazima akubali ndani ya saa 72.
    }
refund-over = Hili limeamuliwa tayari.
refund-one = Rudisha { $due_sum } kwa { $payee_short }
    { $item }
    { $because }
    Ameomba { $by_short }
refund-agree = Kubali
refund-refuse = Kataa
