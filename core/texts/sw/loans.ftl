### Mikopo

error-no-loans-here = Kikundi hiki hakitoi mikopo. Wanachama wanaweza kubadili hilo kwa kura.
error-too-new-for-loan = Unaweza kukopa kuanzia { $until }.
error-has-loan = Tayari una mkopo wa kikundi hiki, ulioombwa au unaoendelea.
error-loan-too-large = Kwa sasa unaweza kukopa hadi { $most }.
error-loan-too-small = Mkopo mdogo zaidi ni { $low }.
error-loan-term = Chagua kati ya mwezi 1 na miezi { $high }.
error-guarantors-needed = Chagua wanachama { $count } tofauti wa kukudhamini.
error-savings-too-small = Akiba yako isiyozuiwa ya { $available } haitoshi kwa udhamini huu.
error-unknown-loan = Hakuna mkopo kama huo hapa, au hatua hii si yako.
error-loan-not-decidable = Hili haliwezi kuamuliwa sasa: kuna ambaye hajajibu, au tayari umetoa uamuzi wako.
error-no-other-official = Hakuna afisa mwingine wa kuamua. Omba kikundi kimteue.
error-more-than-owed = Deni ni { $total } tu.
error-loan-pot-too-small = Mfuko wa mikopo unaweza kukopesha { $available } tu kwa sasa.

door-loans = Mikopo
loans-menu = Mikopo
loans-mine = Mkopo wangu
loans-ask = Omba mkopo
loans-vouch = Dhamini ({ $count })
loans-decide = Ya kuamua ({ $count })
loans-group = Mikopo yote
loans-pot = Mfuko wa mikopo

loan-amount = Unaweza kukopa hadi { $most }, riba { $rate } kwa mwezi. Kiasi gani?
loan-months = Kwa miezi mingapi, 1 hadi { $high }?
loan-guarantor = Akiba yako haitoshi: bado { $missing }. Chagua mdhamini wa { $number } kati ya { $count }:
loan-guarantor-name = { $name }
loan-confirm = Kopa { $amount } kutoka { $group }, { $months ->
        [one] mwezi 1
       *[other] miezi { $months }
    }
    Utalipa { $total }
    Malipo ya kwanza { $first }
loan-confirm-vouched = { $count ->
        [0] Akiba yako ndiyo dhamana.
        [one] Mwanachama mmoja ataombwa kukudhamini.
       *[other] Wanachama { $count } wataombwa kukudhamini.
    }
pin-why-loan = Omba mkopo wa { $amount }
loan-cancelled = Umeghairi. Hakuna kilichoombwa.
loan-asked = Umeomba { $amount }. { $count ->
        [0] Maafisa wanaamua sasa.
       *[other] Wadhamini wanaulizwa kwanza, kisha maafisa wataamua.
    } Tutakuarifu kwa SMS.
loan-none = Huna mkopo wa kikundi hiki.
loan-waits = Ombi lako la { $amount }: wadhamini { $vouched } kati ya { $count }, maafisa { $agreed } wamekubali.
loan-withdraw = Ondoa ombi
loan-withdrawn = Ombi lako limeondolewa.
loan-stands = Unadaiwa { $payoff }.
    Ijayo { $instalment } kufikia { $day }
owed-loan-interest = Riba ya mkopo { $day }
owed-loan-principal = Mkopo { $day }
owed-loan = Mkopo: { $due_sum }
loan-late = Imechelewa: { $arrears }
loan-pay = Lipa mkopo
loan-plan = Ona mpango
loan-plan-title = { $amount }, { $rate } kwa mwezi
loan-plan-line = { $day }: { $total } (riba { $interest })
loan-pay-amount = Unalipa kiasi gani? Yote: { $payoff }. Ya sasa: { $instalment }
loan-pay-confirm = Lipa mkopo { $amount } kwa { $group }
    Hakuna ada
pin-why-repay = Lipa mkopo { $amount } kwa { $group_name }
loan-paid = { $reference } Imethibitishwa. Umelipa { $amount } kwa { $group }, riba { $interest }. Bado unadaiwa { $left }.

loan-vouch-list = Wanachama wanaoomba udhamini wako:
loan-vouch-option = { $whom }: { $amount }
loan-vouch-none = Hakuna anayeomba udhamini wako.
loan-vouch = { $amount } kwa { $whom }
    Ya mkopo wa { $total }. Usipolipwa, akiba yako italipa kiasi hiki.
loan-vouch-yes = Nadhamini
loan-vouch-no = Sidhamini
loan-vouch-later = Baadaye
pin-why-vouch-loan = Dhamini { $amount } kwa { $whom }
loan-vouched = Umemdhamini { $whom } kwa { $amount }. Kiasi hicho cha akiba yako kimezuiwa hadi mkopo ulipwe.
loan-not-vouched = Hukudhamini. Ni { $whom } tu atakayejua.
loan-vouch-wait = Jibu ukiwa tayari.

loan-decide-list = Mikopo ya kuamua:
loan-decide-option = { $whom }: { $amount }
loan-decide-none = Hakuna mkopo unaokusubiri.
loan-decide = { $amount } kwa { $whom }
    { $months ->
        [one] Mwezi 1
       *[other] Miezi { $months }
    }, wadhamini { $count }
    Wamekubali: { $agreed } kati ya { $quota }
loan-agree = Kubali
loan-refuse = Kataa
pin-why-decide-loan = Kubali { $amount } kwa { $whom }
pin-why-refuse-loan = Kataa { $amount } kwa { $whom }
loan-word-given = Uamuzi wako umehesabiwa. { $agreed } kati ya { $quota } wamekubali.
loan-now-paid = { $amount } imelipwa kwa { $whom }.
loan-recover = { $whom } anadaiwa { $payoff }, amechelewa siku { $days }. Ichukuliwe kutoka akiba iliyodhamini?
    Wamekubali: { $agreed } kati ya { $quota }
loan-recover-option = Amechelewa: { $whom }
pin-why-recover-loan = Chukua deni la { $whom } kutoka akiba
loan-now-taken = Imechukuliwa kutoka akiba.

loan-group-list = { $group } kimekopesha { $out } kwa { $count ->
        [one] mwanachama mmoja
       *[other] wanachama { $count }
    }. Iliyochelewa: { $late }. Mfuko una { $held }.

loan-sms-vouch = { $group }: { $whom } anaomba udhamini wako wa { $amount }. Jibu: { $dialled }
loan-sms-vouched = { $group }: { $whom } amekudhamini kwa { $amount }.
loan-sms-not-vouched = { $group }: { $whom } hakukudhamini. Ondoa ombi na umwombe mwingine.
loan-sms-decide = { $group }: mkopo wa { $amount } kwa { $whom } unasubiri uamuzi wako: { $dialled }
loan-sms-rejected = { $group }: maafisa hawakukubali mkopo ulioomba.
loan-sms-expired = { $group }: muda wa ombi lako la mkopo umeisha. Hakuna anayeudhamini tena.
loan-sms-paid-out = { $group }: mkopo wako wa { $amount } umeingia kwenye salio lako.
loan-sms-lent = { $group }: { $amount } imekopeshwa kwa { $whom } kutoka mfuko wa mikopo, kama maafisa walivyoamua.
loan-sms-repaid = { $group }: mkopo wako wa { $amount } umelipwa wote. Asante.
loan-sms-paid-for-you = { $group }: { $whom } amelipa { $amount } ya mkopo wako.
loan-sms-soon = { $group }: { $amount } ya mkopo wako inahitajika { $day }. Lipa: { $dialled }
loan-sms-late = { $group }: { $amount } ya mkopo wako ilihitajika { $day }. Deni lote { $total }. Lipa: { $dialled }
loan-sms-late-other = { $group }: mkopo wa { $whom } umechelewa: { $amount } ilihitajika { $day }.
loan-sms-taken = { $group }: { $amount } ya akiba yako imechukuliwa kwa mkopo uliochelewa wa { $whom }.
loan-sms-recovered = { $group }: { $amount } ya mkopo uliochelewa wa { $whom } imechukuliwa kutoka akiba iliyoudhamini.
loan-sms-written-off = { $group }: wanachama wamesamehe { $amount } ya mkopo wako kwa kura yao.
