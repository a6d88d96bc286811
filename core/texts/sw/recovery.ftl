### Recovery

account-forgot-pin = Nimesahau PIN
account-contacts = Wasaidizi wa PIN
account-vouch = Msaidie mwanachama
account-new-number = Nimebadili nambari
register-new-number = My number changed / Laini mpya

recovery-explain = { $app ->
        [lost] Ili kuchagua PIN mpya na kuzima hatua mbili: nambari kwa SMS, wasaidizi { $needed } wathibitishe ni wewe, kisha ungoje siku 3. Anza?
       *[kept] Ili kuchagua PIN mpya: nambari kwa SMS, kisha wasaidizi { $needed } wathibitishe ni wewe, kisha ungoje saa 24. Anza?
    }
recovery-app = Umepoteza pia app ya uthibitisho na nambari za dharura? Kama ndio, hatua mbili zitazimwa.
recovery-app-kept = La
recovery-app-lost = Ndio, vyote vimepotea
recovery-app-goes = Hapo hatua mbili zitazimwa.
recovery-not-started = Hakuna kilichoanzishwa. PIN yako ni ile ile.
recovery-code-sent = Tunakutumia nambari kwa SMS. Ukiipata, piga { $dial } ndani ya dakika 5 na uchague Akaunti, Nimesahau PIN.
recovery-number-code-sent = Tunatuma nambari kwa simu hii. Ukiipata, piga { $dial } ndani ya dakika 5 na uchague Laini mpya.
recovery-code = Andika nambari ya tarakimu 6 kutoka kwa SMS:
recovery-code-expired = Muda wa nambari hiyo umeisha. Tafadhali anza tena upate mpya.
recovery-code-dead = Nambari zisizo sahihi zimezidi. Tafadhali anza tena upate mpya.
recovery-started = Wasaidizi wako wameulizwa. Zungumza nao: { $needed } lazima wathibitishe ni wewe, ndani ya siku 3. Tutakutumia SMS kila hatua.
recovery-waits-for-contacts = Wasaidizi wako wameulizwa. { $needed } kati yao lazima wathibitishe ni wewe. Wapigie.
recovery-waits-until = Wasaidizi wako wamethibitisha. Unaweza kuchagua PIN mpya kuanzia { $at }.
recovery-ready = Muda wa kungoja umekwisha. Chagua PIN yako mpya sasa.
recovery-choose-pin = Chagua PIN mpya
recovery-cancel = Simamisha ombi hili
recovery-cancel-sure = Simamisha ombi la PIN mpya ya akaunti hii? PIN yako ya zamani inabaki.
recovery-goes-on = Ombi linaendelea.
recovery-old-number = Nambari yako ya simu ya zamani ni gani?
recovery-new-number = Nambari yako mpya ya simu ni gani? Tutatuma nambari ya mara moja huko.
recovery-same-number = Hiyo ndiyo nambari uliyo nayo sasa. Andika ile nyingine.
recovery-pin-wrong = Nambari au PIN si sahihi. { $tries ->
        [one] Umebaki na jaribio moja.
       *[other] Umebaki na majaribio { $tries }.
    }
recovery-pin-closed = PIN zisizo sahihi zimezidi kwa nambari hii kutoka simu zingine. Jaribu baada ya dakika 30, au tumia simu yako au Telegram.
pin-why-number = Kuhamisha { $phone } hadi simu hii
pin-why-move = Kubadili nambari yako
pin-why-contacts = Kubadili wasaidizi wako wa PIN
pin-why-vouch = Kuthibitisha huyu ni { $name }
pin-why-vouch-not = Kusema huyu si { $name }
pin-why-accept = Kuwa msaidizi wa { $name }

contacts-menu = Wasaidizi huthibitisha ni wewe ukisahau PIN. Unahitaji angalau 2.
contacts-officials = Maafisa wa vikundi vyangu
contacts-by-number = Ongeza kwa nambari ya simu
contacts-list = Ona wasaidizi wangu
contacts-remove = Ondoa mmoja
contacts-which-official = Unamwamini nani? Tutamuuliza mtu huyu.
contacts-official = { $role }, { $group }
contacts-number = Nambari ya simu ya mtu katika kikundi chako kimoja:
contacts-off = Nambari ya simu ya msaidizi wa kuondoa:
contacts-asked = Tumemuuliza mtu huyu. Utapata SMS jibu likija.
contacts-dropped = Mtu huyu hawezi tena kuthibitisha kwa niaba yako.
contacts-none = Bado huna wasaidizi. Chagua angalau 2.
contacts-title = Wasaidizi wako:
contacts-line-asked = { $name }: bado hajajibu
contacts-line-accepted = { $name }

vouch-list = Wanachama wanaokuuliza:
vouch-nothing = Hakuna anayekuuliza kitu sasa.
vouch-recovery-of = { $name }: PIN mpya
vouch-contact-of = { $name }: uwe msaidizi
vouch-recovery = { $name } anaomba { $asked ->
        [number] nambari mpya
        [number-app] nambari mpya, bila hatua mbili
        [pin-app] PIN mpya, bila hatua mbili
       *[pin] PIN mpya
    }. Piga { $phone } na usikie sauti kabla ya kuthibitisha.
vouch-yes = Thibitisha: nimezungumza naye
vouch-no = Si yeye
vouch-later = Hukusema lolote. Unaweza kujibu baadaye.
vouch-confirmed = Asante. Umethibitisha kwa { $name }.
vouch-refused = Asante. Umesema huyu si { $name }. Tutamjulisha.
vouch-request = Utathibitisha kwa { $name } akisahau PIN? Utazungumza naye kwanza. Huoni pesa zake.
vouch-declined = Umekataa. Tutamjulisha { $name }.
vouch-accepted = Sasa wewe ni msaidizi wa PIN wa { $name }.

sms-contact-asked = Mtaa DAO: { $name } anakuomba uwe msaidizi wake wa PIN. Ili kujibu chagua Akaunti, Msaidie mwanachama.
sms-contact-accepted = Mtaa DAO: { $name } sasa ni msaidizi wako wa PIN.
sms-contact-declined = Mtaa DAO: { $name } hataki kuwa msaidizi wako wa PIN. Tafadhali chagua mwingine.
sms-contacts-changed = Mtaa DAO: wasaidizi wako wa PIN wamebadilishwa. Kama si wewe, badili PIN yako mara moja.
sms-recovery-vouch = { $app ->
        [lost] Mtaa DAO: { $name } anaomba kuingia bila hatua mbili. Piga { $phone }. Kama ni yeye, chagua Akaunti, Msaidie mwanachama.
       *[kept] Mtaa DAO: { $name } anaomba kuingia tena. Piga { $phone }. Kama ni yeye kweli, chagua Akaunti, Msaidie mwanachama.
    }
sms-recovery-started = { $app ->
        [lost] Mtaa DAO: mtu ameomba PIN au nambari mpya, na kuzima hatua mbili. Kama si wewe, simamisha: Akaunti, Nimesahau PIN.
       *[kept] Mtaa DAO: mtu ameomba PIN au nambari mpya ya akaunti yako. Kama si wewe, simamisha: Akaunti, Nimesahau PIN.
    }
sms-recovery-confirmed = { $app ->
        [lost] Mtaa DAO: wasaidizi wamethibitisha. Kuanzia { $at } PIN mpya itazima hatua mbili. Si wewe? Simamisha: Akaunti, Nimesahau PIN.
       *[kept] Mtaa DAO: wasaidizi wamethibitisha. PIN mpya yaweza kuchaguliwa kuanzia { $at }. Si wewe? Simamisha: Akaunti, Nimesahau PIN.
    }
sms-recovery-open = { $app ->
        [lost] Mtaa DAO: chagua PIN mpya sasa, ulikoombea. Hapo hatua mbili zitazimwa. Si wewe? Simamisha: Akaunti, Nimesahau PIN.
       *[kept] Mtaa DAO: sasa unaweza kuchagua PIN mpya, kwa simu au chat uliyoombea. Si wewe? Simamisha: Akaunti, Nimesahau PIN.
    }
sms-recovery-cancelled = Mtaa DAO: ombi la PIN mpya ya akaunti yako limesimamishwa. PIN yako ya zamani inabaki.
sms-recovery-done = Mtaa DAO: akaunti yako ina PIN mpya. Hakuna pesa itakayotolewa kwa saa 24. Si wewe? Waambie maafisa wa kikundi mara moja.

sms-sim-swapped = Mtaa DAO: laini ya nambari yako ilibadilishwa hivi karibuni, pesa hazitatoka hadi siku 3. Si wewe? Kiambie kikundi mara moja.
withdraw-held = { $reason ->
        [recovered] Akaunti yako ilirudishwa hivi karibuni. Huwezi kutoa pesa hadi { $at }. Hakuna pesa iliyotoka.
        [recovered_little] Akaunti yako ilirudishwa hivi karibuni. Hadi { $at } unaweza kutoa Ksh 1,000 kwa siku. Hakuna pesa iliyotoka.
        [sim_swapped] Laini ya nambari yako ilibadilishwa hivi karibuni. Huwezi kutoa pesa hadi { $at }. Hakuna pesa iliyotoka.
       *[sim_unknown] Tunaangalia laini yako na mtandao wako. Tafadhali jaribu tena baada ya dakika chache. Hakuna pesa iliyotoka.
    }

error-bad-contact = { $reason ->
        [self] Huwezi kuwa msaidizi wako mwenyewe.
        [twice] Mtu huyu tayari ni msaidizi wako, au bado hajajibu.
       *[many] Tayari una wasaidizi 5. Ondoa mmoja kwanza.
    }
error-request-over = Ombi hili limekwisha.
error-no-recovery-contacts = Hakuna anayeweza kuthibitisha ni wewe: unahitaji wasaidizi 2 waliokubali. Tafadhali zungumza na maafisa wa kikundi chako.
error-too-many-recoveries = Umeomba mara nyingi sana. Tafadhali jaribu tena baada ya { $days ->
        [one] siku moja.
       *[other] siku { $days }.
    }
error-recovery-over = Ombi hili limekwisha: lilitumika, lilisimamishwa, au muda uliisha.
error-recovery-underway = Ombi lingine la akaunti hii tayari linaendelea.
error-recovery-not-open = Bado wakati haujafika. Tutakutumia SMS utakapoweza kuchagua PIN mpya.
error-recovery-elsewhere = Tafadhali chagua PIN mpya kwa simu au chat uliyoombea.
error-not-a-contact = Wewe si msaidizi wa mwanachama huyu, au hukuwa bado ilipoombwa.
error-not-in-your-groups = Hakuna mtu katika vikundi vyako mwenye nambari hii.
