### Meetings: notice, agenda, attendance, minutes

meet-door = Mikutano
meet-none = { $name }: hakuna mkutano ulioitishwa.
meet-next = { $urgent ->
        [1] Mkutano wa dharura { $number }: { $at }, { $place }
       *[0] Mkutano { $number }: { $at }, { $place }
    }
meet-here = Niko hapa
meet-apology = Siwezi kufika
meet-agenda = Ajenda
meet-minutes = Kumbukumbu
meet-freeze = Andika kumbukumbu
meet-confirm = Thibitisha kumbukumbu
meet-plan = Panga na ongoza
meet-excused = Udhuru wako wa mkutano wa { $at } umeandikwa.
meet-code = Andika nambari 4 zilizotangazwa mkutanoni:
meet-is-here = Uko kwenye orodha ya waliohudhuria.
meet-code-wrong = Msimbo si sahihi. { $tries ->
        [one] Umebaki na jaribio moja.
       *[other] Umebaki na majaribio { $tries }.
    }
meet-code-locked = Umekosea mara nyingi. Mwambie katibu.
meet-code-closed = Mahudhurio hayachukuliwi sasa.
meet-item = { $number }. { $words }
meet-agenda-of = Ajenda ya { $at }:
meet-agenda-empty = Ajenda bado haina hoja.
meet-plan-what = Unataka kufanya nini?
meet-call = Itisha mkutano
meet-open = Chukua mahudhurio
meet-add-item = Ongeza kwenye ajenda
meet-call-off = Futa mkutano
meet-when = Mkutano ni lini? Andika siku, mwezi na saa, kama 6/12 14:00:
meet-when-or = Mkutano ni lini? 1 kwa { $at }, au andika nyingine, kama 6/12 14:00:
meet-when-unread = Andika kama 6/12 14:00.
meet-where = Wapi? Hadi herufi 40:
meet-call-sure = Itisha mkutano { $at }, { $place }? Wanachama wote watajulishwa.
meet-not-called = Umeghairi. Hakuna mkutano ulioitishwa.
meet-called = Mkutano wa { $at } umeitishwa. Wanachama wote wanajulishwa. Ongeza ajenda sasa.
meet-item-words = Hoja ni gani? Hadi herufi 60:
meet-off-sure = Futa mkutano? Wanachama wote watajulishwa.
meet-stays = Mkutano unabaki kama ulivyo.
meet-is-off = Mkutano umefutwa. Wanachama wote wanajulishwa.
pin-why-attendance = Ili kuchukua mahudhurio
meet-announce = Tangaza msimbo huu: { $code }. Kila mmoja auandike kwenye simu yake: Vikundi, Maamuzi, Mikutano. Unatumika kwa saa 3.
meet-freeze-sure = Andika kumbukumbu sasa? Zinatokana na yaliyorekodiwa, na hazibadiliki baadaye.
meet-not-frozen = Mkutano unaendelea.
pin-why-minutes = Kwa kumbukumbu za kikundi chako
meet-frozen = Kumbukumbu zimeandikwa na zinamsubiri mwenyekiti.
meet-minutes-none = Hakuna kumbukumbu.
meet-confirm-these = Ilikuwa hivi?
meet-not-confirmed = Kumbukumbu bado zinasubiri. Kosa huandikwa kwa mkutano ujao.
meet-confirmed = Kumbukumbu zimethibitishwa na zinatumwa kwa wanachama wote.
meet-which = Kumbukumbu gani?
meet-minutes-of = Mkutano { $number } wa { $at }
meet-correct = Kuna kosa
meet-correct-words = Ilipaswa kusema nini? Itaandikwa kwenye kumbukumbu zijazo. Hadi herufi 60:
meet-correction-noted = Sahihisho limeandikwa na litakuwa kwenye kumbukumbu zijazo.
minutes-line = { $words }
minutes-of = Kumbukumbu za { $group }, mkutano { $number } wa { $at }, { $place }.
minutes-present = Waliohudhuria ({ $count }): { $names }
minutes-late = Waliochelewa: { $names }
minutes-apologies = Wenye udhuru: { $names }
minutes-absent = Wasiofika: { $names }
minutes-item = Ajenda: { $words }
minutes-correction = Sahihisho la kumbukumbu za mkutano { $number }: { $words }
minutes-contributions = { $count ->
        [0] Hakuna aliyechanga siku hii.
        [one] Mchango mmoja siku hii: { $amount }.
       *[other] Michango { $count } siku hii: { $amount }.
    }
minutes-holds = Hazina ya kikundi ina { $amount }.
error-bad-meeting-time = { $reason ->
        [soon] Mkutano huitishwa angalau siku moja kabla.
        [far] Hiyo ni mbali sana. Chagua siku ndani ya nusu mwaka.
        [early] Mahudhurio huchukuliwa kuanzia saa moja kabla ya mkutano.
       *[over] Muda wa hilo umepita.
    }
error-no-meeting = Hakuna mkutano kama huo.
error-meeting-waits = Mkutano tayari umeitishwa. Ufanye au uufute kwanza.
error-agenda-full = Ajenda ina hoja { $most }. Inatosha kwa mkutano mmoja.
error-bad-minutes = { $reason ->
        [unopened] Kwanza chukua mahudhurio: hakuna kumbukumbu bila hayo.
        [confirmed] Kumbukumbu hizi tayari zimethibitishwa.
       *[same] Aliyeandika kumbukumbu hawezi kuzithibitisha.
    }
sms-meeting = { $group }: mkutano { $at }, { $place }. Ajenda: { $dialled }
sms-meeting-off = { $group }: mkutano wa { $at } umefutwa.
sms-minutes = { $group }: kumbukumbu za mkutano { $number } ({ $at }) zimethibitishwa. Waliohudhuria { $count }. Soma: { $dialled }
