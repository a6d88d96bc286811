### Taarifa ya kikundi

door-group-statement = Taarifa ya akaunti
group-statement-span = Taarifa ya akaunti ya { $group }. Siku zipi?
group-statement-month = Mwezi huu
group-statement-last-month = Mwezi uliopita
group-statement-year = Mwaka huu
group-statement-title = { $group }
group-statement-days = { $first } hadi { $last }, kwa Ksh
group-statement-opening = Kilichokuwepo
group-statement-income = Zilizoingia
group-statement-expenses = Zilizotoka
group-statement-holds = Kilichopo sasa
group-statement-closing = Jumla
group-statement-name = Mwanachama
group-statement-owes = Wanaodaiwa
group-statement-owed = Anadaiwa
group-statement-late = Iliyochelewa
group-statement-seal = Muhuri
group-account = { $name ->
        [treasury] Hazina
        [welfare] Mfuko wa jamii
        [loans] Mfuko wa mikopo
        [rotation] Merry
        [shares] Hisa
        [project] Mradi
       *[reserve] Akiba ya dharura
    }
group-movement = { $movement ->
        [contribution] Michango
        [loan] Mikopo iliyotolewa
        [loan_repayment] Malipo ya mikopo
        [contribution_credit] Malipo ya ziada yaliyotumika
        [contribution_return] Michango iliyorudishwa
        [contribution_taken_back] Michango iliyochukuliwa tena
        [departure] Malipo ya walioondoka
        [group_shared_out] Mgao wa mwisho
        [merry_payment] Merry, michango
        [merry_payout] Merry, zamu zilizolipwa
        [merry_refund] Merry, zilizorudishwa
        [share_purchase] Hisa zilizonunuliwa
        [share_out] Mgao
        [share_refund] Hisa zilizorudishwa
        [welfare_payment] Mfuko wa jamii, michango
        [welfare_claim] Mfuko wa jamii, misaada
        [treasury_payment] Malipo ya kikundi
        [treasury_payout] Malipo kwa M-PESA
        [mpesa_group_correction] Malipo ya M-PESA yaliyochelewa
        [mpesa_group_reversal] Malipo ya M-PESA yaliyorudi
        [mpesa_deposit] Sehemu ya ada
       *[other] Nyingine
    }
group-statement-short = { $group }: zimeingia { $income }, zimetoka { $expenses }, kina { $closing }. Kinadai { $owed }.
group-statement-sent = Taarifa ya { $group } inakuja kwenye chat hii, ya kuchapisha na ya jedwali.
