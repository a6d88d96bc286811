### Merry-go-round

error-round-runs = Kikundi hiki kina merry ambayo bado haijaisha.
error-no-round = Hili haliwezekani katika hatua hii ya merry. Angalia tena.
error-bad-hand-amount = Kila mkono hulipa { $low } hadi { $high } kila zamu, bila senti.
error-too-many-hands = Mwanachama mmoja anaweza kuwa na mikono { $most } tu.
error-round-full = Merry hii imejaa: ina mikono { $most }.
error-hand-taken = Nusu hii imeshachukuliwa. Chagua nyingine.
error-too-few-hands = Inahitajika angalau mikono { $fewest }, na kila mkono wa wawili uwe na mwenye wa pili.
error-not-in-round = Huna mkono katika merry hii.
error-bad-draw-number = Chagua nambari ya tarakimu 1 hadi 12.
error-number-stands = Tayari umeweka nambari yako. Haibadilishwi.
error-bad-order = Mpangilio hutaja kila mkono mara moja. Mikono ni { $hands }
error-hands-changed = Mwenye mkono mmoja hayupo tena kikundini. Afisa lazima afute merry hii.
error-order-changed = Mpangilio umebadilika baada ya kuusoma. Tafadhali usome tena.
error-unknown-hand = Hakuna mkono wenye nambari hiyo. Ona Mpangilio wote.
error-nothing-owed = Hakuna deni katika merry hii kwa sasa.
error-more-than-turns-owe = Hiyo imezidi: deni la mzunguko wote ni { $needed }.
error-no-swap = Ni zamu ambazo bado hazijafika tu zinazoweza kubadilishwa. Angalia mpangilio tena.
error-has-received = Zamu yako imelipwa. Unaendelea kulipa hadi wengine wapate zao.
error-hand-is-shared = Mkono huu ni wa wanachama wawili. Mmoja hawezi kuuachia peke yake.
error-order-is-being-found = Mpangilio wa zamu unatafutwa. Mikono inaweza kuachiwa tena ukishapatikana.
error-buy-in-changed = Zamu nyingine imelipwa wakati huo. Soma tena kiasi cha kujiunga.

door-merry = Merry
merry-none = { $group } hakina merry kwa sasa. Afisa anaweza kuanzisha.
merry-start = Anzisha merry
merry-amount = Kila mkono ulipe kiasi gani kila zamu? { $low } hadi { $high }:
merry-start-confirm = { $amount } kwa mkono kila zamu, { $group }. Kisha wanachama wachague mikono.
pin-why-merry-start = Anzisha merry ya { $amount }
merry-started = Merry imefunguliwa. Wanachama wote wamejulishwa; wachague mikono sasa. Kisha ufunge orodha.
merry-open = Merry { $number }: { $amount } kwa mkono kila zamu. { $hands ->
        [0] Bado hakuna mkono.
       *[other] Mikono { $hands } hadi sasa.
    } Yako: { $mine_hands }
merry-mine-none = hakuna
merry-take = Chukua mkono
merry-half = Nusu ya mkono
merry-give-back = Rudisha mikono yangu
merry-close = Funga orodha ya mikono
merry-cancel = Futa merry hii
merry-take-confirm = { $amount } kwa merry ya { $group } kila zamu
    Mkono wako utalipwa fungu lote mara moja.
merry-half-which = Nusu ya mkono hulipa nusu na kupata nusu. Ipi?
merry-half-new = Mpya; mwingine atachukua nusu ya pili
merry-half-of = Nusu ya pili ya mkono { $number }
merry-half-confirm = { $amount } kwa merry ya { $group } kila zamu
    Nusu ya mkono: nusu ya fungu.
    { $owner }
merry-half-with = Nusu nyingine: { $who }
merry-half-alone = Nusu nyingine bado iko wazi.
pin-why-merry-take = Shiriki katika merry
pin-why-merry-back = Rudisha mikono yako
merry-taken = Mkono { $number } ni wako. Utajulishwa zamu yako.
merry-taken-half = Nusu ya mkono { $number } ni yako. Utajulishwa zamu yake.
merry-given-back = { $count ->
        [0] Hukuwa na mkono.
       *[other] Mikono yako iko wazi tena.
    }
merry-close-confirm = Baada ya hapa hakuna mikono zaidi: mikono { $hands }. Kisha: { $how }
merry-how-draw = bahati nasibu ambayo kila mtu anaweza kuihakiki.
merry-how-agreed = mpangilio ambao kila mwanachama anaukubali.
merry-how-vote = kura ya wanachama kuhusu mpangilio.
pin-why-merry-close = Funga orodha ya mikono
merry-closed-draw = Bahati nasibu imeanza. Wote wametumiwa msimbo wake. Kila mtu anaweza kuweka nambari hadi { $at }.
merry-closed-agreed = Imefungwa. Sasa andika mpangilio uliokubaliwa, kisha kila mwanachama akubali kwa PIN yake.
merry-closed-vote = Imefungwa. Sasa wanachama wanapigia kura mpangilio: pendekeza mmoja kwenye Merry.
merry-cancel-confirm = Ufute merry hii? Hakuna pesa iliyotoka.
pin-why-merry-cancel = Futa merry
merry-cancelled = Merry imefutwa. Wanachama wote wamejulishwa.
merry-kept = Hakuna kilichobadilika.
merry-drawing = Bahati nasibu itapigwa { $at }, au kila mtu akishaweka nambari. Msimbo ulitangazwa mapema.
merry-add-number = Weka nambari yangu
merry-proof = Bahati nasibu na uhakiki
merry-number = Nambari yoyote, hadi tarakimu 12. Inachanganywa na haibadilishwi:
pin-why-merry-number = Weka { $number } kwenye bahati nasibu
merry-number-added = { $number } imewekwa. Utajulishwa mpangilio.
merry-number-last = { $number } ilikuwa ya mwisho: mpangilio umepatikana. Uone kwenye Mpangilio wote.
merry-agreeing = { $has ->
        [0] Maafisa bado hawajaandika mpangilio uliokubaliwa.
        [1] Soma mpangilio uliopendekezwa na useme kama unakubali.
       *[2] Umekubali. Wengine wanaulizwa.
    }
merry-see-order = Soma mpangilio na ukubali
merry-type-order = Andika mpangilio
merry-order-typed = Andika mikono kwa mpangilio, ukiacha nafasi. Mikono: { $hand_list }
merry-order-confirm = Mpangilio huu wa mikono? Wenye mikono wote wataulizwa.
    { $order }
pin-why-merry-order = Pendekeza mpangilio huu
merry-order-proposed = Wote wenye mikono wanaulizwa sasa. Wote wakikubali, itaanza.
merry-agree = Mpangilio wa mikono: { $order }
    Yako: { $mine_hands }. Unakubali?
pin-why-merry-agree = Kubali mpangilio huu
merry-agreed = Umekubali. Itaanza kila mtu akikubali.
merry-agreed-all = Wote wamekubali: merry inaanza. Utapata mpango kwa ujumbe.
merry-voting = Wanachama wanapigia kura mpangilio wa zamu. Yeyote anaweza kupendekeza; itaanza na utakaopita.
merry-propose-order = Pendekeza mpangilio
merry-whose-hands = Mikono ni ya nani
merry-hands-head = Merry ya { $group }, mikono:
merry-hand-line = { $hand } { $who }
merry-running = Merry { $number }: zamu { $turn } kati ya { $turns }, { $day }. { $amount } kwa mkono.
merry-finished = Merry { $number } imeisha: zamu zote { $turns } zimelipwa.
merry-pay = Lipa zamu yangu
merry-help = Lipia mwingine
merry-my-turn = Zamu yangu
merry-order = Mpangilio wote
merry-paid = Nani amelipa
merry-swap = Badilishana zamu
merry-join = Jiunge sasa
merry-pay-confirm = Lipa { $amount } kwa merry ya { $group }
    Zamu { $turn }: { $who }
merry-pay-for-confirm = Lipa { $amount } kwa ajili ya { $person } kwa merry ya { $group }
merry-other-amount = Kiasi kingine
merry-how-much = Unalipa kiasi gani? Hadi { $high }:
pin-why-merry-pay = Lipa { $amount } kwa merry
merry-whose = Nambari ya mkono unaoulipia (ona Mpangilio wote):
merry-pay-done = { $reference } Imethibitishwa. Umelipa { $amount } kwa merry ya { $group }. Deni: { $owed }. Salio: { $balance }.
merry-all-paid = Huna deni hadi zamu ijayo.
merry-they-paid = Mkono huu hauna deni hadi zamu ijayo.
merry-mine = Merry ya { $group }. Deni lako sasa: { $owed }.
merry-mine-line = Zamu { $turn }, { $day }: utapata { $amount } wote wakilipa
merry-mine-had = Zamu { $turn }, { $day }: imelipwa
merry-mine-phone = Itatumwa M-PESA yako, ukitoa gharama.
merry-no-hand = Huna mkono ndani yake.
merry-order-head = Merry ya { $group }, mpangilio wote:
merry-order-line = { $turn } { $day } { $who }, mkono { $hand }{ $has ->
        [1] : imelipwa
       *[0] { "" }
    }
merry-paid-head = Zamu { $turn }, { $day }, { $who }: { $received } kati ya { $expected }.
merry-missing-line = Bado: { $who } { $amount }{ $has ->
        [1] , alishapata zamu
       *[0] { "" }
    }
merry-paid-line = Amelipa: { $who }
merry-nothing-waits = Zamu zote zimelipwa.
merry-swaps = Badilishana zamu:
merry-swap-ask = Omba kubadilishana
merry-swap-line = Zamu { $turn } kwa zamu { $other_turn }?
merry-swap-mine = Zamu yako ipi?
merry-swap-with = Kwa zamu ipi?
merry-turn-line = Zamu { $turn }, { $day }
merry-swap-none = Hakuna zamu ya kubadilishana: zote mbili ziwe bado hazijafika.
merry-swap-confirm = Zamu yako { $turn } ({ $day }) kwa zamu { $other_turn } ({ $other_day }) ya { $other }?
pin-why-merry-swap = Badilishana zamu { $turn } na zamu { $other_turn }
merry-swap-asked = Ombi limetumwa. Wakikubali kwa PIN yao, zamu zitabadilishwa na wote watajulishwa.
merry-swap-answer = { $who } anaomba: zamu { $turn } ({ $day }) kwa zamu { $other_turn } ({ $other_day }). Unakubali?
merry-swap-yes = Kubali
merry-swap-no = Kataa
merry-swap-done = Zamu zimebadilishwa. Wanachama wote wamejulishwa.
merry-swap-waits = Umekubali. Mwingine bado hajakubali.
merry-swap-refused = Umekataa. Zamu zinabaki zilivyo.
merry-join-confirm = { $count ->
    [0] Jiunge na merry ya { $group } kwa mkono mmoja, bila kulipa sasa. Zamu yako ni ya mwisho, { $day }.
   *[other] Lipa { $amount } kwa merry ya { $group }, zamu { $count } ulizokosa. Utajiunga; zamu yako ni ya mwisho, { $day }.
}
pin-why-merry-join = Jiunge na merry
merry-joined = Umejiunga. Zamu yako ni { $day }.
merry-proof-head = Bahati nasibu { $round }
merry-proof-code = Msimbo uliotangazwa: { $commitment }
merry-proof-seed = Mbegu: { $seed }
merry-proof-later = Mbegu itaonyeshwa { $at }
merry-proof-number = { $label }={ $number }
merry-proof-order = Mpangilio wa mikono: { $order }
merry-proof-how = SHA-256 ya mbegu ndiyo msimbo. Hakiki kwa: mtaa verify-draw
merry-back = Merry

sms-merry-open = { $group }: merry ya { $amount } kwa mkono imefunguliwa. Chagua mikono yako: { $dialled }
sms-merry-cancelled = { $group }: merry imefutwa kabla ya kuanza. Hakuna pesa iliyotoka.
sms-merry-draw = { $group }: mpangilio wa zamu utapatikana kwa bahati nasibu kabla ya { $at }. Msimbo wa mbegu: { $commitment }. Hifadhi ujumbe huu. Weka nambari yako kwenye Merry.
sms-merry-agree = { $group }: mpangilio wa merry umependekezwa. Usome na ukubali: { $dialled }
sms-merry-plan = { $group }: merry inaanza { $begins }. Zamu yako: { $days }. Mpangilio: { $order }
sms-merry-plan-others = { $group }: merry inaanza { $begins }. Mpangilio: { $order }
sms-merry-late = { $group }: { $who } amelipa { $amount } za zamu yako zilizochelewa. Ziko kwa akaunti yako.
sms-merry-helped = { $group }: { $who } amekulipia { $amount } kwenye merry.
sms-merry-paid = { $group }: zamu { $turn } kati ya { $turns }: { $who } amelipwa { $amount }. Wote walikuwa wamelipa.
sms-merry-paid-short = { $in_group }: zamu { $turn } kati ya { $turns }: { $who } amelipwa { $amount }. Hawajalipa: { $missing }. Bado wanadaiwa.
sms-merry-kept = { $group }: { $amount } za zamu yako ziko kwenye akaunti yako hapa. { $reason ->
        [small] Ni kidogo mno kwa M-PESA.
        [limit] Zinazidi unachoweza kutoa sasa. Zitoe kidogo kidogo.
        [sim] Laini yako ilibadilishwa karibuni, hivyo zinasubiri. Zitoe baadaye.
        [unchecked] Hatukuweza kuthibitisha laini yako na mtandao wako, hivyo zinasubiri. Zitoe baadaye.
        [recovered] Ulirudishiwa akaunti karibuni, hivyo zinasubiri. Zitoe baadaye.
       *[closed] Akaunti yako imefungwa. Tupigie simu.
    }
sms-merry-swapped = { $group }: zamu zimebadilishwa. { $turn } ni { $who }, { $other_turn } ni { $other }.
sms-merry-swap-asked = { $in_group }: { $who } anaomba kubadilishana zamu { $turn } ({ $day }) kwa zamu { $other_turn } ({ $other_day }). Jibu: Merry, Badilishana zamu.
sms-merry-joined = { $group }: { $who } amejiunga na merry na kulipa zamu zilizopita. Zamu yake: { $day }.
sms-merry-left = { $group }: { $person } ameondoka kwenye merry. Watakaomrudishia, siku ya zamu yake, ni wale aliowalipa tu.
sms-merry-hands = { $group }, mikono: { $order }
sms-merry-order = { $group }: { $order }
sms-merry-collection = { $group }, zamu { $turn } ({ $who }): { $received } kati ya { $expected }. Hawajalipa: { $missing }

leave-merry-debt = Unadaiwa { $amount } kwa zamu za merry.
leave-merry-received = Zamu yako ya merry imelipwa na wengine wanasubiri zao.
leave-merry-shared = Una mkono wa merry wa watu wawili.
leave-merry-order = Mpangilio wa merry unatafutwa.
leave-merry-back = Merry, uliyolipa mapema
leave-merry-later = Merry, siku ya zamu yako
