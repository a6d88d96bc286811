### Welfare

error-welfare-too-small = Malipo ya chini kwa mfuko wa jamii ni { $low }.
error-not-a-benefit = Kanuni za kikundi zinaruhusu mfuko ulipe hadi { $high } kwa hili.
error-bad-claim-reason = Eleza sababu kwa maneno machache, herufi 2 hadi { $most }.
error-still-waiting = Mfuko utakusaidia kuanzia { $at }: kanuni zinataka muda wa uanachama kwanza.
error-year-used = Mfuko unaweza kukulipa { $left } zaidi ndani ya miezi hii kumi na miwili.
error-claim-is-open = Una ombi ambalo bado halijaamuliwa.
error-no-claim = Ombi hili limeshaamuliwa, au limeisha.
error-own-claim = Hakuna anayeamua ombi lake mwenyewe.
error-kitty-short = Mfuko wa jamii una { $available } tu. Uamuzi wako haukuhesabiwa; unaweza kuutoa tena baadaye.

door-welfare = Mfuko wa jamii
welfare-menu = Mfuko wa jamii wa { $group }. Kawaida: { $regular }.
welfare-pay = Lipa mfuko wa jamii
welfare-claim = Omba msaada
welfare-table = Unasaidia nini
welfare-fund = Mfuko na maombi yangu
welfare-decide = Maombi ya kuamua
welfare-amount = Unalipa kiasi gani kwenye mfuko wa jamii? Kawaida: { $regular }
welfare-confirm = Lipa { $amount } kwa mfuko wa jamii wa { $group }
    Hakuna ada
pin-why-welfare-pay = Lipa { $amount } kwa mfuko wa jamii
welfare-cancelled = Umeghairi. Hakuna kilichofanyika.
welfare-paid = { $reference } Imethibitishwa. { $amount } kwa mfuko wa jamii wa { $group }. Mfuko { $total }. Salio { $balance }.
welfare-bereavement = Msiba
welfare-hospital = Hospitali
welfare-birth = Uzazi
welfare-wedding = Harusi
welfare-benefit-line = { $benefit }: hadi { $high }
welfare-table-head = Mfuko wa jamii wa { $group } husaidia:
welfare-table-none = Kanuni za { $group } hazitaji chochote ambacho mfuko hulipia.
welfare-table-rules = Hadi { $year } kwa mwaka, baada ya siku { $days_waiting } za uanachama.
welfare-for-what = Unahitaji msaada wa nini?
welfare-how-much = { $benefit }: unaomba kiasi gani? Hadi { $high }:
welfare-why = Kwa nini? Maneno machache; wanaoamua watayasoma:
welfare-claim-confirm = Omba { $amount } kutoka { $group } ({ $benefit })
    { $reason }
pin-why-welfare-claim = Omba { $amount } kwa mfuko wa jamii
welfare-claimed = Ombi { $number } limepokelewa. Maafisa wanaulizwa; tutakujulisha.
welfare-put-to-vote = Ombi { $number } limepokelewa. Hakuna afisa mwingine, hivyo wanachama wataamua: kura { $vote }, hadi { $until }. Wote wanajulishwa.
welfare-fund-head = Mfuko wa jamii wa { $group }: { $total }. Umelipa { $mine }.
welfare-fund-left = Unaweza kupata { $left } zaidi mwaka huu.
welfare-fund-observer = Husaidia wanachama; wewe ni mtazamaji.
welfare-fund-waits = Utakusaidia kuanzia { $at }.
welfare-claim-line = Ombi { $number }, { $amount }: { $state }
welfare-is-open = linasubiri
welfare-is-paid = limelipwa
welfare-is-refused = limekataliwa
welfare-is-lapsed = halikuamuliwa kwa wakati
welfare-which = Ombi lipi?
welfare-which-line = Ombi { $number }: { $amount }
welfare-none-waits = Hakuna ombi linalosubiri uamuzi wako.
welfare-one = { $amount } kwa { $person }?
    { $benefit }: { $reason }
    Wameidhinisha: { $count } kati ya { $needed_approvals }
welfare-approve = Idhinisha
welfare-refuse = Kataa
welfare-back = Mfuko wa jamii
pin-why-welfare-approve = Idhinisha { $amount } kwa { $person }
pin-why-welfare-refuse = Kataa { $amount } kwa { $person }
welfare-decided-waiting = Imeandikwa. Inasubiri maafisa wengine.
welfare-decided-paid = { $person } amelipwa { $amount }. Wanachama wote wamejulishwa.
welfare-decided-refused = Ombi limekataliwa. { $person } amejulishwa.

sms-welfare-asked = { $group }: { $person } anaomba { $amount } kwa mfuko wa jamii. Amua: { $dialled }
sms-welfare-paid = { $in_group }, jamii: { $person } amelipwa { $amount } ({ $benefit }). Na { $names }. Mfuko: { $total }.
sms-welfare-low = { $group }: mfuko wa jamii umebaki { $total }, chini ya { $floor }. Lipa { $regular }: { $dialled }
sms-welfare-refused = { $group }: ombi lako la { $amount } halilipwi. { $cause ->
        [officials] Maafisa hawakuliidhinisha. Unaweza kuwauliza sababu.
        [vote] Halikupita kwa kura ya wanachama.
        [cancelled] Liliondolewa.
        [lapsed] Kura iliisha bila uamuzi.
        [ended] Kikundi kinavunjwa.
        [kitty-short] Lilipita, lakini mfuko una pesa kidogo.
        [year-used] Lilipita, lakini ni zaidi ya kiasi cha mwaka.
       *[other] Lilipita, lakini kanuni haziruhusu tena kulilipa.
    }
