### News of the treasury, to members

sms-treasury-asked = { $in_group }: { $path ->
        [emergency] DHARURA, ombi
       *[usual] ombi
    } { $number }, { $amount } kwa { $payee_short }, sababu { $why_short }, la { $by_short }. Ona: Vikundi, Maamuzi.
sms-treasury-decide = { $in_group }: { $amount } kwa { $payee_short }, sababu { $why_short }. Ombi { $number } linakusubiri: { $dialled }
sms-treasury-waiting = { $in_group }: ombi { $number }, { $amount } kwa { $payee_short }, sawa: { $approvers }. Malipo { $at }. Pinga { $dialled }
sms-treasury-paid = { $in_group }: kimelipa { $amount } kwa { $payee_short }. Ombi { $number }{ $receipt }, idhini: { $approvers }. Hazina { $total }.
sms-treasury-petty = { $in_group }: matumizi madogo { $amount } kwa { $payee_short }, { $why_short }. Wiki hii { $petty_used } kati ya { $limit }.
sms-treasury-failed = { $in_group }: M-PESA haikulipa { $amount } kwa { $payee_short } (ombi { $number }). Pesa zimerudi. Unaweza kujaribu tena hadi { $until }.
sms-treasury-part = { $in_group }: { $paid } kati ya { $amount } zimefika kwa { $payee_short } (ombi { $number }). Zilizobaki zimerudi hazinani.
sms-treasury-late = { $in_group }: M-PESA imelipa { $amount } kwa { $payee_short } baada ya kukataa (ombi { $number }). Msilipe tena: tunachunguza.
sms-treasury-came-back = { $in_group }: { $amount } kwa { $payee_short } zimerudi kutoka M-PESA, pamoja na ada. Ombi { $number }{ $receipt }. Hazina { $total }.
sms-treasury-recovered = { $in_group }: M-PESA ilikuwa imelipa { $amount } kwa { $payee_short }. Zimetolewa kwenye hazina. Ombi { $number }{ $receipt }. Hazina { $total }.
sms-treasury-postponed = { $in_group }: ombi { $number }, { $amount } kwa { $payee_short }, linasubiri: { $because ->
        [reserve] akiba lazima ibaki.
       *[limit] kikomo cha matumizi kimefikiwa.
    } Tutajaribu hadi { $until }.
sms-treasury-rejected = { $in_group }: ombi { $number }, { $amount } kwa { $payee_short }, limekataliwa. Hakuna kilicholipwa.
sms-treasury-expired = { $in_group }: ombi { $number }, { $amount } kwa { $payee_short }, muda umeisha. Hakuna kilicholipwa.
sms-treasury-withdrawn = { $in_group }: ombi { $number }, { $amount } kwa { $payee_short }, limeondolewa na { $by_short }. Hakuna kilicholipwa.
sms-treasury-stopped = { $in_group }: ombi { $number }, { $amount } kwa { $payee_short }, limesimamishwa: wanachama { $count } wamepinga. Hakuna kilicholipwa.
sms-treasury-void = { $in_group }: ombi { $number }, { $amount } kwa { $payee_short }, limebatilika: { $because ->
        [ends] kikundi kinavunjwa.
        [signers] maafisa au kanuni zimebadilika.
        [padlock] mshika kufuli amebadilika.
        [payee] mlipwaji ameondoka kikundini.
       *[other] idhini hazitoshi tena.
    } Hakuna kilicholipwa.
sms-treasury-padlock = { $in_group }: { $by_short } amechaguliwa kwa bahati kati ya { $count } kushika kufuli hadi mwisho wa { $lock_until }. Hakiki: Vikundi, Maamuzi.
sms-treasury-report = { $in_group }: ripoti ya ombi la dharura { $number }, { $amount } kwa { $payee_short }: { $report_words }
