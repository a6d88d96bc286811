### People of a group: joining, inviting, offices, standing, leaving

kind-chama = Chama
kind-harambee = Harambee
kind-merry_go_round = Merry-go-round
kind-savings = Kikundi cha akiba
kind-investment = Kikundi cha uwekezaji
kind-community = Kikundi cha jamii
groups-kind = Kikundi ni cha nini?
group-found = Anzisha { $name } ({ $kind })? Kanuni zake za kwanza:
group-found-more = Unaweza kubadili kila jibu hadi mtu ajiunge: Vikundi, Zaidi, Kanuni.
groups-waiting = { $count ->
        [one] Jambo moja linakusubiri
       *[other] Mambo { $count } yanakusubiri
    }
group-suspended = { $name } (umesimamishwa)

join-code = Weka msimbo: wa kikundi (nambari 6) au wa mwaliko wako (nambari 8):
join-waiting = Haya yanasubiri neno lako:
join-invited-to = Jiunge na { $group }
join-offered = { $role } wa { $group }
join-start = { $observer ->
        [1] Ona { $name } kama mtazamaji, bila pesa wala kura? Unakubali kanuni zake (toleo { $version }):
       *[0] { $count ->
            [one] Jiunge na { $name }? Kina mwanachama mmoja. Unakubali kanuni zake (toleo { $version }):
           *[other] Jiunge na { $name }? Kina wanachama { $count }. Unakubali kanuni zake (toleo { $version }):
        }
    }
join-start-small = { $observer ->
        [1] Ona { $name } kama mtazamaji? Unaona yote, hulipi, huna kura.
       *[0] { $count ->
            [one] Jiunge na { $name }? Kina mwanachama mmoja. Kwanza soma gharama za kanuni zake.
           *[other] Jiunge na { $name }? Kina wanachama { $count }. Kwanza soma gharama za kanuni zake.
        }
    }
join-costs = Gharama zake
join-all-rules = Kanuni zote
join-read-on = Endelea kusoma
join-accept = Nakubali
join-costs-paying = { $has_joining_fee ->
        [0] Kujiunga ni bure.
       *[1] Kujiunga: { $joining_fee }.
    } Mchango { $contribution } { $frequency ->
        [weekly] kwa wiki
        [biweekly] kila wiki 2
       *[monthly] kwa mwezi
    }. Kuchelewa: { $by ->
        [none] hakuna faini.
        [percent] { $fine_percent }% { $fine_every ->
            [day] kwa siku
            [week] kwa wiki
           *[once] mara moja
        }{ $capped ->
            [no] {""}
           *[yes] , isizidi { $fine_cap }
        }.
       *[amount] { $fine } { $fine_every ->
            [day] kwa siku
            [week] kwa wiki
           *[once] mara moja
        }{ $capped ->
            [no] {""}
           *[yes] , isizidi { $fine_cap }
        }.
    }
join-costs-rest = { $has_welfare ->
        [0] Hakuna mfuko wa jamii.
       *[1] Mfuko wa jamii: { $welfare }.
    } Hisa: { $share_price }. { $loan_multiple ->
        [0] Hakuna mikopo.
       *[other] Mkopo: { $loan_interest }% kwa mwezi.
    } { $exit_notice_days ->
        [0] Kuondoka: mara moja.
       *[other] Kuondoka: siku { $exit_notice_days } kabla.
    }
join-decline = Hapana, asante
group-observed = Sasa unaona { $name } kama mtazamaji.
group-asked = Ombi lako liko kwa maafisa wa { $name }. Utajulishwa wakiamua.
error-invitation-over = Mwaliko huu si wa nambari yako, umetumika, au muda umeisha. Omba kikundi mwaliko mpya.
error-too-many-invitations = Inatosha kwa siku moja: mialiko { $most }. Jaribu tena kesho.
error-join-request-over = Ombi hili tayari limejibiwa.
error-too-many-join-requests = Vikundi { $most } bado havijakujibu. Subiri kimoja.
error-still-leaving = { $group } bado kinadaiwa pesa zako za awali. Unaweza kurudi zikilipwa.
sms-invitation = { $name } anakualika { $group }. Piga { $dial }, Vikundi, Jiunge na kikundi. Msimbo { $code }
sms-invitation-member = { $name } anakualika { $group }. Kujibu piga { $door }*{ $code }#
sms-joined = { $group }: { $name } amejiunga. Sasa wanachama { $count }.
sms-observes = { $group }: { $name } amekuja kama mtazamaji, bila pesa wala kura.
sms-asks-to-join = { $group }: { $name } anaomba kujiunga. Jibu: { $dialled }
sms-let-in = { $group } kimekukubali. Sasa wewe ni mwanachama.
sms-not-let-in = Maafisa wa { $group } hawajakukubali.

people-door = Watu
people-menu = { $name }: watu
people-roles = Maafisa
people-history = Jinsi vyeo vilivyobadilika
people-invite = Alika mtu
people-requests = Wanaoomba kujiunga
people-invitations = Mialiko iliyo wazi
people-suspend = Simamisha mwanachama
people-suspended = Waliosimamishwa
people-offer = Pendekeza cheo
people-resign = Rudisha cheo changu
invite-role = Unamwalika kama nani?
invite-member = Mwanachama
invite-observer = Mtazamaji: anaona, bila pesa wala kura
invite-phone = Nambari ya simu ya kualika?
invite-confirm = Alika { $phone } kwa { $group } kama { $role }? Ni nambari hii tu inayoweza kutumia mwaliko.
invite-not-sent = Umeghairi. Hakuna aliyealikwa.
pin-why-invite = Ili kualika mtu kikundini
invite-sent = SMS yenye msimbo inatumwa kwa { $phone }. Inaweza kutumika hadi { $until }.
invite-link = Unaweza kutuma kiungo hiki; kinafanya kazi kwa nambari hiyo tu: { $link }
invite-withdraw = Chagua mwaliko wa kuondoa:
invite-line = { $phone }, hadi { $until }
invite-none = Hakuna mwaliko unaosubiri.
invite-withdrawn = Mwaliko umeondolewa. Hakuna anayeweza kuutumia.
request-which = Wanaoomba kujiunga:
request-line = { $name }, { $at }
request-none = Hakuna anayeomba kujiunga.
request-one = { $name } anaomba kujiunga. Je, unamjua mtu huyu?
request-accept = Ndio, mkubali
request-decline = La
pin-why-let-in = Ili kumkubali mtu kikundini
request-accepted = { $name } sasa ni mwanachama na amejulishwa.
request-declined = { $name } amejulishwa kuwa kikundi hakijakubali.

office-line = { $role }: { $name }
office-holders = Maafisa wa { $name }:
office-history = Vyeo katika { $name }:
office-change = { $at } { $way ->
        [founding] { $name }: { $role } kama mwanzilishi
        [appointed] { $name }: { $role }, kwa uteuzi
        [elected] { $name }: { $role }, kwa uchaguzi
        [voted] { $name }: { $role }, kwa kura
        [replaced] { $name }: { $role }, mwingine amechukua nafasi
        [resigned] { $name }: { $role }, amerudisha cheo
        [suspended] { $name }: { $role }, alisimamishwa
        [left] { $name }: { $role }, aliondoka
       *[expelled] { $name }: { $role }, alitolewa
    }
office-which = Cheo gani?
office-whom = Nani awe { $role }?
office-nobody = Hakuna wa kuchagua.
office-confirm = { $name } awe { $role }? Mtu mmoja ana cheo kimoja. Maafisa wasiwe ndugu wa karibu.
office-not-offered = Umeghairi. Hakuna cheo kilichopendekezwa.
pin-why-office = Ili kupendekeza cheo
office-offered = { $name } ameombwa kuwa { $role } na atakubali kwa PIN yake.
office-take = { $name } anakuomba uwe { $role } wa { $group }. Utawajibika kwa wanachama wote. Unakubali?
pin-why-take-office = Ili kukubali cheo
office-taken = Sasa wewe ni { $role } wa { $group }. Wanachama wote wanajulishwa.
office-declined = Wewe si { $role } wa { $group }. Mwenyekiti anajulishwa.
office-leave = Rudisha cheo cha { $role }? Kitakuwa wazi hadi mwingine akichukue.
office-kept = Unabaki na cheo.
pin-why-resign = Ili kurudisha cheo chako
office-resigned = Umerudisha cheo. Wanachama wote wanajulishwa.
error-elections-decide = Wanachama wamechagua maafisa: sasa ni uchaguzi tu unaotoa cheo.
error-no-chair = Kikundi kitabaki bila mwenyekiti. Kwanza mwingine achukue nafasi.
error-bad-office = { $reason ->
        [self] Huwezi kujipa cheo.
        [observer] Mtazamaji hawezi kuwa na cheo.
        [has] Mwanachama huyu tayari ana cheo hiki.
       *[role] Hiki si cheo cha kikundi.
    }
error-offer-over = Pendekezo hili limekwisha.
sms-office-offered = { $name } anakuomba uwe { $role } wa { $group }. Jibu: { $dialled }
sms-office-declined = { $name } hataki kuwa { $role }.
sms-office = { $group }: { $name } sasa ni { $role }.

standing-whom = Umsimamishe nani?
standing-why = Kwa nini { $name } anasimamishwa? Sababu hutumwa kwa mwanachama. Hadi herufi 60:
standing-confirm = Simamisha { $name }? Sababu: { $reason }
standing-unchanged = Hakuna kilichobadilika.
pin-why-suspend = Ili kumsimamisha mwanachama
standing-suspended = { $name } amesimamishwa, ameelezwa sababu, na anaweza kujibu.
standing-which = Waliosimamishwa:
standing-none = Hakuna aliyesimamishwa.
standing-reinstate = Mrudishe { $name } kama mwanachama kamili? Alisimamishwa kwa: { $reason }
pin-why-reinstate = Ili kumrudisha mwanachama
standing-reinstated = { $name } ni mwanachama kamili tena.
standing-mine = Umesimamishwa katika { $group }: { $reason }
standing-reply = Jibu
standing-say = Unasema nini kuhusu hilo? Hadi herufi 60. Maafisa watasoma:
standing-said = Maneno yako yametumwa kwa maafisa.
error-bad-standing = { $reason ->
        [self] Huwezi kujifanyia hivi.
        [chair] Mwenyekiti husimamishwa kwa kura tu.
        [suspended] Mwanachama huyu tayari amesimamishwa.
       *[active] Mwanachama huyu hajasimamishwa.
    }
error-too-many-replies = Umejibu mara { $most } leo. Jaribu tena kesho.
error-bad-words = { $reason ->
        [short] Ni fupi mno.
        [long] Ni ndefu mno.
       *[characters] Simu nyingine haziwezi kuonyesha hii. Tumia herufi, nambari na alama rahisi.
    }
sms-suspended = { $group } kimekusimamisha ({ $reason }). Unaweza kujibu kwenye Vikundi.
sms-was-suspended = { $group }: { $name } amesimamishwa: { $reason }
sms-reinstated = Wewe ni mwanachama kamili wa { $group } tena.
sms-replied = { $group }: { $name } anajibu: { $reason }

leave-door = Ondoka kikundini
leave-menu = { $group }
leave-account = Nikiondoka leo
leave-say-so = Nataka kuondoka
leave-stay = Nimeamua kubaki
leave-close = Funga kikundi
leave-today = Ukiondoka { $group } leo utapata { $amount }.
leave-line = { $label }: { $amount }
leave-keeps = Kabla ya kuondoka: { $reason }
leave-notice = { $days ->
        [0] Unaweza kuondoka siku hiyo hiyo.
       *[other] Ungetoa taarifa siku { $days } kabla.
    }
sms-leave-today = { $group }: ukiondoka leo utapata { $amount }. { $lines }.
leave-confirm = { $days ->
        [0] Ondoka { $group } sasa? Pesa zako zitaingia kwenye salio lako.
       *[other] Ondoka { $group } baada ya siku { $days }? Hadi hapo wewe ni mwanachama na unaweza kubaki.
    }
leave-given = Unaondoka { $group } { $at }. Bado unaweza kubaki: tazama menyu.
leave-not = Umeghairi. Hakuna kilichobadilika.
pin-why-leave = Ili kuondoka kikundini
leave-left = Umeondoka { $group }. Pesa zako zitaingia kwenye salio lako hivi karibuni.
leave-noted = Unaondoka { $group } { $at }. Maafisa wanajulishwa. Bado unaweza kubaki.
leave-stays = Unabaki { $group }.
leave-close-sure = Funga { $group } kabisa? Ni kikundi kisicho na watu wala pesa tu kinachofungwa.
pin-why-close = Ili kufunga kikundi
leave-closed = { $group } kimefungwa.
parting-savings = Akiba yako
parting-loan = Mkopo wako
parting-loan-first = Kwanza lipa mkopo wako, au ondoa ombi lako.
parting-vouches = Wewe ni mdhamini wa mkopo ambao bado haujalipwa.
parting-chair = Kwanza mwingine awe mwenyekiti.
parting-debt = Unadaiwa { $amount } zaidi ya unachostahili kupata.
error-may-not-leave = Kabla ya kuondoka: { $reason }
error-group-not-empty = { $reason ->
        [members] Bado kuna wanachama, au mtu bado hajalipwa.
       *[money] Kikundi bado kina pesa.
    }
sms-left = { $group }: { $name } ameondoka.
sms-you-left = Umeondoka { $group }. Pesa zako zitaingia kwenye salio lako.
sms-notice = { $group }: { $name } ataondoka { $at }.
sms-still-in = Bado uko { $group }: { $reason }
sms-expelled = Wanachama wa { $group } wamekutoa: { $reason }
sms-was-expelled = { $group }: { $name } ametolewa: { $reason }
sms-departure-paid = { $group }: { $amount } za kikundi zimelipwa kwa { $who }, ambaye ameondoka.
sms-settled = { $group }: { $amount } ndicho kilichobaki chako, kiko kwenye salio lako.
