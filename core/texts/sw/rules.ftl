### A group's constitution: one sentence for each article, the questions behind them, and the screens that show them

rule-numbered = { $number }. { $sentence }
rule-members = { $join_by ->
        [code] Wanachama hadi { $most_members }. Mwenye msimbo wa kikundi anaweza kujiunga.
       *[invitation] Wanachama hadi { $most_members }. Wapya hujiunga kwa mwaliko.
    }
rule-joining = { $has_joining_fee ->
        [0] Kujiunga ni bure.
       *[1] Anayejiunga hulipa { $joining_fee } mara moja.
    }
rule-leaving = { $exit_notice_days ->
        [0] Anayetaka kuondoka anaweza kuondoka siku hiyo hiyo.
        [one] Anayetaka kuondoka hutoa taarifa siku moja kabla.
       *[other] Anayetaka kuondoka hutoa taarifa siku { $exit_notice_days } kabla.
    }
rule-suspension = { $missed_until_suspended ->
        [one] Anayekosa mchango mmoja anaweza kusimamishwa.
       *[other] Anayekosa michango { $missed_until_suspended } anaweza kusimamishwa.
    }
rule-contribution = { $frequency ->
        [weekly] Kila mwanachama huchanga { $contribution } kila wiki, { $day }.
        [biweekly] Kila mwanachama huchanga { $contribution } kila wiki mbili, { $day }.
       *[monthly] Kila mwanachama huchanga { $contribution } kila mwezi, { $day }.
    }
rule-grace = { $grace_days ->
        [0] Hakuna siku za nyongeza za kulipa.
        [one] Kuna siku moja ya nyongeza kabla ya faini.
       *[other] Kuna siku { $grace_days } za nyongeza kabla ya faini.
    }
rule-fine = { $by ->
        [none] Kuchelewa kulipa hakuna faini.
        [percent] { $fine_every ->
            [day] Faini ya kuchelewa ni { $fine_percent }% ya kilichokosekana kila siku{ $capped ->
                [no] {""}
               *[yes] , isizidi { $fine_cap }
            }.
            [week] Faini ya kuchelewa ni { $fine_percent }% ya kilichokosekana kila wiki{ $capped ->
                [no] {""}
               *[yes] , isizidi { $fine_cap }
            }.
           *[once] Faini ya kuchelewa ni { $fine_percent }% ya kilichokosekana, mara moja{ $capped ->
                [no] {""}
               *[yes] , isizidi { $fine_cap }
            }.
        }
       *[amount] { $fine_every ->
            [day] Faini ya kuchelewa ni { $fine } kila siku{ $capped ->
                [no] {""}
               *[yes] , isizidi { $fine_cap }
            }.
            [week] Faini ya kuchelewa ni { $fine } kila wiki{ $capped ->
                [no] {""}
               *[yes] , isizidi { $fine_cap }
            }.
           *[once] Faini ya kuchelewa ni { $fine }, mara moja{ $capped ->
                [no] {""}
               *[yes] , isizidi { $fine_cap }
            }.
        }
    }
rule-partial = { $partial_payments ->
        [0] Mchango hulipwa wote kwa mara moja.
       *[1] Mchango unaweza kulipwa kidogo kidogo.
    }
rule-allocation = Malipo ya mwanachama hutumika kwa mpangilio huu: { $pot1 }, { $pot2 }, { $pot3 }, { $pot4 }, { $pot5 }.
rule-rotation = { $rotation_order ->
        [agreed] Wanachama hukubaliana mpangilio wa zamu za merry.
        [vote] Wanachama hupiga kura ya mpangilio wa zamu za merry.
       *[draw] Mpangilio wa zamu za merry hupatikana kwa bahati nasibu.
    }
rule-shortfall = { $rotation_shortfall ->
        [wait] Pesa zikipungua, zamu husubiri hadi siku { $rotation_wait_days } wote walipe.
        [reserve] Pesa zikipungua, akiba ya zamu huongeza inachoweza na waliochelewa hudaiwa.
       *[pay_what_came] Pesa zikipungua, zilizofika hulipwa na zilizobaki hufuata.
    }
rule-welfare = { $has_welfare ->
        [0] Hakuna mfuko wa jamii.
       *[1] Mfuko wa jamii: { $welfare } kila mara. Ombi lisizidi { $welfare_most }, baada ya siku { $welfare_waiting_days } za uanachama.
    }
rule-netting = { $rotation_netting ->
        [0] Zamu hulipwa nzima, hata kwa aliyechelewa zamu zilizopita.
       *[1] Anachodaiwa mwanachama kwa zamu zilizopita hukatwa kwenye zamu yake.
    }
rule-payout = { $rotation_payout ->
        [account] Pesa ya zamu hubaki kwenye akaunti ya mwanachama hapa.
       *[phone] Pesa ya zamu hutumwa M-PESA ya mwanachama; gharama ya M-PESA na ada yetu hukatwa humo.
    }
rule-seconding = { $seconders ->
        [0] Hakuna pendekezo linalohitaji kuungwa mkono.
        [one] Kanuni, kuondolewa, kuvunja kikundi na lisiloletwa na afisa huungwa mkono na mwingine kabla ya kura.
       *[other] Kanuni, kuondolewa, kuvunja kikundi na lisiloletwa na afisa huungwa mkono na wengine { $seconders } kabla ya kura.
    }
rule-attendance = { $has_absence_fine ->
        [0] { $has_lateness_fine ->
            [0] Mikutano haina faini.
           *[1] Anayechelewa mkutano hulipa { $lateness_fine }.
        }
       *[1] { $has_lateness_fine ->
            [0] Asiyehudhuria mkutano bila udhuru hulipa { $absence_fine }.
           *[1] Asiyehudhuria mkutano bila udhuru hulipa { $absence_fine }, anayechelewa { $lateness_fine }.
        }
    }
rule-signers = { $signer_wait_hours ->
        [0] Maafisa wapya huidhinisha malipo mara moja.
        [one] Maafisa wapya huidhinisha malipo baada ya saa 1.
       *[other] Maafisa wapya huidhinisha malipo baada ya saa { $signer_wait_hours }.
    }
rule-benefits = Mfuko wa jamii hulipa hadi: msiba { $welfare_bereavement }, hospitali { $welfare_hospital }, uzazi { $welfare_birth }, harusi { $welfare_wedding }.
rule-kitty = Mwanachama hupata hadi { $welfare_yearly } za mfuko wa jamii kwa miezi 12. Chini ya { $welfare_floor } wote huombwa kuujaza.
rule-shares = Hisa moja ni { $share_price }. Mwanachama hununua hadi hisa { $most_shares } kwa mkutano.
rule-loans = { $loan_multiple ->
        [0] Kikundi hakitoi mikopo.
       *[other] Mkopo hauzidi akiba ya mwanachama mara { $loan_multiple }, baada ya siku { $loan_waiting_days } za uanachama.
    }
rule-interest = { $loan_method ->
        [flat] Riba ya mkopo ni { $loan_interest }% ya mkopo wote kwa mwezi; hulipwa ndani ya miezi { $loan_months }.
       *[reducing] Riba ya mkopo ni { $loan_interest }% ya deni lililobaki kwa mwezi; hulipwa ndani ya miezi { $loan_months }.
    }
rule-guarantors = { $loan_guarantors ->
        [0] Mkopo hauhitaji mdhamini.
        [one] Mkopo unahitaji mdhamini mmoja.
       *[other] Mkopo unahitaji wadhamini { $loan_guarantors }.
    }
rule-lending = { $loan_reserve }% ya pesa za mikopo haikopeshwi kamwe.
rule-approvals = { $padlock ->
        [0] Kila malipo yanahitaji maafisa { $approvals }.
       *[1] Kila malipo yanahitaji maafisa { $approvals } na mwanachama mmoja anayechaguliwa kwa kura ya nasibu kila robo mwaka.
    }
rule-spending = Malipo zaidi ya { $vote_above } yanahitaji kura ya wanachama.
rule-petty = { $has_petty_cash ->
        [0] Mweka hazina halipi chochote peke yake.
       *[1] Mweka hazina anaweza kulipa { $petty_cash } kwa wiki peke yake; kila mtu huona.
    }
rule-limits = { $has_reserve ->
        [0] Malipo yasizidi { $daily_limit } kwa siku na { $weekly_limit } kwa siku saba.
       *[1] Malipo yasizidi { $daily_limit } kwa siku na { $weekly_limit } kwa siku saba; { $reserve } hubaki daima.
    }
rule-objection = { $pay_delay_hours ->
        [0] Malipo yaliyoidhinishwa hutoka mara moja.
        [one] Malipo yaliyoidhinishwa husubiri saa moja: wanachama { $objectors } wanaweza kuyazuia.
       *[other] Malipo yaliyoidhinishwa husubiri saa { $pay_delay_hours }: wanachama { $objectors } wanaweza kuyazuia.
    }
rule-codes = { $officials_two_factor ->
        [0] Maafisa huidhinisha kwa PIN yao.
       *[1] Maafisa huidhinisha kwa PIN yao na nambari ya app yao ya uthibitisho.
    }
rule-voting = { $voting_days ->
        [one] Kura iko wazi siku moja. Huhesabiwa wakipiga { $quorum }%; kwa kanuni, kuondoa mtu na malipo makubwa { $quorum_special }%.
       *[other] Kura iko wazi siku { $voting_days }. Huhesabiwa wakipiga { $quorum }%; kwa kanuni, kuondoa mtu na malipo makubwa { $quorum_special }%.
    }
rule-execution = { $execution_hours ->
        [0] Kilichopita huanza mara moja.
        [one] Kilichopita huanza baada ya saa moja.
       *[other] Kilichopita huanza baada ya saa { $execution_hours }.
    }
rule-elections = { $secret_elections ->
        [0] Uchaguzi ni wa wazi: kila mtu huona nani alipiga kura vipi.
       *[1] Uchaguzi ni wa siri.
    }
rule-voters = { $voter_days ->
        [0] Kila mwanachama aliyekosa michango isiyozidi { $voter_missed } anaweza kupiga kura.
       *[other] Mwanachama wa siku { $voter_days } aliyekosa michango isiyozidi { $voter_missed } anaweza kupiga kura.
    }
rule-meetings = { $meeting_frequency ->
        [weekly] Kikundi hukutana kila wiki.
        [biweekly] Kikundi hukutana kila wiki mbili.
        [never] Kikundi hakina mikutano ya kawaida.
       *[monthly] Kikundi hukutana kila mwezi.
    }

day-of-month = tarehe { $days }
last-of-month = siku ya mwisho
pot-fines = faini
pot-loan_interest = riba ya mkopo
pot-loan_principal = mkopo
pot-contribution = mchango
pot-welfare = mfuko wa jamii

ask-most_members = Wanachama wangapi kwa wingi? { $low } hadi { $high }:
ask-join_by = Wanachama wapya hujiungaje?
ask-joining_fee = Kujiunga ni pesa ngapi? Ksh { $low } hadi { $high }:
ask-exit_notice_days = Anayeondoka hutoa taarifa siku ngapi kabla? { $low } hadi { $high }:
ask-missed_until_suspended = Mwanachama anaweza kusimamishwa akikosa michango mingapi? { $low } hadi { $high }:
ask-contribution = Kila mwanachama huchanga kiasi gani kila mara? Ksh { $low } hadi { $high }:
ask-frequency = Wanachama huchanga kila baada ya muda gani?
ask-due_day = Hulipwa siku gani? Ya mwezi 1 hadi { $high } ({ $high } ni siku ya mwisho), au ya wiki 1 (Jumatatu) hadi 7 (Jumapili):
ask-grace_days = Siku ngapi za nyongeza kabla ya faini? { $low } hadi { $high }:
ask-partial_payments = Mchango unaweza kulipwa kidogo kidogo?
ask-fine = Faini ya kuchelewa ni kiasi gani? Ksh { $low } hadi { $high }:
ask-fine_percent = Au asilimia ya kilichokosekana, hadi { $high }%:
ask-fine_every = Faini hutozwa kila baada ya muda gani?
ask-fine_cap = Faini za malipo mamoja zisizidi kiasi gani? Ksh { $low } hadi { $high }:
ask-allocation = Malipo hutumika kwa mpangilio gani? 1 faini, 2 riba ya mkopo, 3 mkopo, 4 mchango, 5 jamii. Andika zote tano, kama 12345:
ask-rotation_order = Mpangilio wa zamu za merry hupatikanaje?
ask-rotation_shortfall = Ikiwa pesa za zamu zimepungua?
ask-rotation_wait_days = Zamu husubiri pesa siku ngapi kwa wingi? { $low } hadi { $high }:
ask-welfare = Mfuko wa jamii ni kiasi gani kila mara? Ksh { $low } hadi { $high }:
ask-welfare_waiting_days = Mwanachama anaweza kuomba mfuko wa jamii baada ya siku ngapi? { $low } hadi { $high }:
ask-welfare_most = Ombi moja la mfuko wa jamii lisizidi kiasi gani? Ksh { $low } hadi { $high }:
ask-rotation_payout = Pesa ya zamu iende wapi?
ask-rotation_netting = Deni la mwanachama likatwe kwenye zamu yake?
ask-welfare_bereavement = Msiba ni kiasi gani? Ksh { $low } hadi { $high }:
ask-welfare_hospital = Hospitali ni kiasi gani? Ksh { $low } hadi { $high }:
ask-welfare_birth = Uzazi ni kiasi gani? Ksh { $low } hadi { $high }:
ask-welfare_wedding = Harusi ni kiasi gani? Ksh { $low } hadi { $high }:
ask-welfare_yearly = Mwanachama mmoja apate kiasi gani kwa miezi 12? Ksh { $low } hadi { $high }:
ask-welfare_floor = Wote waombwe kujaza mfuko ukiwa chini ya kiasi gani? Ksh { $low } hadi { $high }:
ask-share_price = Hisa moja ni kiasi gani? Ksh { $low } hadi { $high }:
ask-most_shares = Mwanachama anaweza kununua hisa ngapi kwa mkutano? { $low } hadi { $high }:
ask-loan_multiple = Mwanachama anaweza kukopa mara ngapi ya akiba yake? { $low } (hakuna mikopo) hadi { $high }:
ask-loan_interest = Riba ni asilimia ngapi kwa mwezi? { $low } hadi { $high }%:
ask-loan_method = Riba huhesabiwa kwa nini?
ask-loan_months = Mkopo hulipwa ndani ya miezi mingapi? { $low } hadi { $high }:
ask-loan_guarantors = Mkopo unahitaji wadhamini wangapi? { $low } hadi { $high }:
ask-loan_waiting_days = Mwanachama anaweza kukopa baada ya siku ngapi? { $low } hadi { $high }:
ask-loan_reserve = Asilimia ngapi ya pesa za mikopo haikopeshwi? { $low } hadi { $high }%:
ask-approvals = Maafisa wangapi lazima waidhinishe malipo? { $low } hadi { $high }:
ask-padlock = Mwanachama mmoja anayechaguliwa kwa nasibu kila robo mwaka aidhinishe pia?
ask-vote_above = Wanachama wote hupiga kura kwa malipo zaidi ya? Ksh { $low } hadi { $high }:
ask-petty_cash = Mweka hazina anaweza kulipa kiasi gani peke yake kwa wiki? Ksh { $low } hadi { $high }:
ask-daily_limit = Malipo ya siku moja yasizidi kiasi gani? Ksh { $low } hadi { $high }:
ask-weekly_limit = Malipo ya siku saba yasizidi kiasi gani? Ksh { $low } hadi { $high }:
ask-reserve = Kiasi gani lazima kibaki daima? Ksh { $low } hadi { $high }:
ask-pay_delay_hours = Malipo yaliyoidhinishwa husubiri saa ngapi? { $low } hadi { $high }:
ask-objectors = Wanachama wangapi wanaweza kuzuia malipo? { $low } hadi { $high }:
ask-officials_two_factor = Maafisa waandike pia nambari ya app yao ya uthibitisho?
ask-voting_days = Kura iko wazi siku ngapi? { $low } hadi { $high }:
ask-quorum = Kati ya wanachama 100, wangapi lazima wapige kura? { $low } hadi { $high }:
ask-quorum_special = Na kwa kanuni, kuondoa mtu na malipo makubwa? { $low } hadi { $high } kati ya 100:
ask-execution_hours = Huanza saa ngapi baada ya kura? { $low } hadi { $high }:
ask-secret_elections = Uchaguzi ni wa siri?
ask-voter_days = Mwanachama anaweza kupiga kura baada ya siku ngapi? { $low } hadi { $high }:
ask-voter_missed = Mpiga kura anaweza kuwa amekosa michango mingapi? { $low } hadi { $high }:
ask-absence_fine = Faini ya kutohudhuria mkutano? Ksh { $low } hadi { $high }, 0 kama hakuna:
ask-lateness_fine = Faini ya kuchelewa mkutano? Ksh { $low } hadi { $high }, 0 kama hakuna:
ask-meeting_frequency = Kikundi hukutana kila baada ya muda gani?

ask-seconders = Wangapi waunge mkono kanuni, kuondolewa, au lisiloletwa na afisa? { $low } hadi { $high }:
ask-signer_wait_hours = Afisa mpya asubiri saa ngapi kabla ya kuidhinisha malipo? { $low } hadi { $high }:

ask-none = Kama hakuna, andika H.

answer-yes = Ndio
answer-no = La
answer-invitation = Kwa mwaliko
answer-code = Kwa msimbo wa kikundi
answer-monthly = Kila mwezi
answer-weekly = Kila wiki
answer-biweekly = Kila wiki mbili
answer-never = Hakuna mikutano ya kawaida
answer-once = Mara moja
answer-day = Kila siku
answer-week = Kila wiki
answer-draw = Bahati nasibu
answer-agreed = Wanachama hukubaliana
answer-vote = Kwa kura
answer-pay_what_came = Lipa zilizofika, nyingine zifuate
answer-wait = Subiri wote walipe
answer-reserve = Akiba iongeze
answer-phone = M-PESA ya mwanachama
answer-account = Akaunti yake hapa
answer-reducing = Deni lililobaki
answer-flat = Mkopo wote

subject-belonging = Kujiunga na kuondoka
subject-contributions = Michango na faini
subject-pots = Merry, jamii, hisa
subject-loans = Mikopo
subject-money = Pesa za kikundi
subject-votes = Kura na mikutano

rules-door = Kanuni
rules-menu = { $group }: kanuni, toleo { $version }
rules-changes = Kilichobadilika
rules-document = Kama hati
rules-document-sent = Kanuni zitaonekana hapa kama hati baada ya muda mfupi.
rules-subject = { $subject }
rules-answer = Badili jibu
rules-which = Kanuni gani?
rules-confirm = Kanuni mpya:
    { $sentence }
rules-unchanged = Hakuna kilichobadilishwa.
rules-changed = Kanuni imebadilishwa. Inaanza sasa: { $sentence }
pin-why-rules = Ili kubadili kanuni ya kikundi chako
rules-version = Toleo { $version } kuanzia { $at }: { $because }
rules-no-changes = Kanuni hizi hazijabadilishwa tangu kikundi kuanzishwa.
rules-since = Kilichobadilika katika kanuni za { $group }:
rules-was = Awali: { $sentence }
rules-is = Sasa: { $sentence }
because-founding = kikundi kilianzishwa
because-answered = ilijibiwa na { $name } kabla wengine hawajajiunga
because-other = { $reason }
document-rules = { $group }: kanuni, toleo { $version }
document-rules-from = Zinatumika kuanzia { $at }. Aliyeamua: { $because }.
document-rules-next = Kuanzia { $at } toleo { $version } litatumika, linabadilisha:
document-rules-end = Sentensi hizi zimetokana na kanuni ambazo mtambo unatumia. Ni kura ya wanachama pekee inayozibadili.
error-rules-fixed = Wengine wamejiunga, kwa hivyo ni kura ya wanachama pekee inayoweza kubadili kanuni sasa.
error-rules-moved = Kanuni za { $group } zimebadilika. Zisome tena, kisha uamue.
sms-rules-change = { $in_group }: { $because }. Kuanzia { $at } kanuni { $sentence }
