# Her own statement, sent into a chat as a picture and as a PDF
own-chart-title = Ulicho nacho, mwezi kwa mwezi
own-chart-sum = { $amount }
own-chart-own = Yako { $amount }
own-chart-saved = Vikundini { $amount }
own-chart-caption = Pesa yako: { $mine }. Akiba vikundini: { $total }. Chati ina mwisho wa kila mwezi.
own-statement-title = Taarifa ya { $name }
own-statement-days = { $first } hadi { $last }, kwa Ksh
own-statement-check = Kila mstari una msimbo ambao mtu yeyote anaweza kuuhakiki.
own-statement-opening = Kabla
own-statement-closing = Sasa
own-statement-column = { $column ->
        [day] Siku
        [movement] Nini
        [code] Msimbo
        [amount] Kiasi
       *[after] Salio
    }
own-movement = { $movement ->
        [mpesa_deposit] Kuweka kwa M-PESA
        [mpesa_withdrawal] Kutoa kwa M-PESA
        [contribution] Mchango
        [contribution_taken_back] Mchango uliochukuliwa tena
        [contribution_return] Mchango uliorudishwa
        [treasury_payment] Malipo ya kikundi
        [merry_payment] Merry, nilicholipa
        [merry_payout] Merry, zamu yangu
        [merry_refund] Merry, iliyorudishwa
        [share_purchase] Hisa nilizonunua
        [share_out] Mgao
        [share_refund] Hisa zilizorudishwa
        [welfare_payment] Mfuko wa jamii, mchango
        [welfare_claim] Mfuko wa jamii, msaada
        [mpesa_charge] Ada ya M-PESA
        [mpesa_reversal] M-PESA iliirudisha
        [mpesa_correction] M-PESA, iliyochelewa
        [mpesa_refund] Iliyorudishwa kwa mlipaji
        [loan] Mkopo uliotolewa
        [loan_repayment] Malipo ya mkopo
        [departure] Hesabu ya kuondoka
        [group_shared_out] Mgao wa mwisho
       *[other] Nyingine
    }
own-statement-sent = Chati na taarifa ya miezi 12 iliyopita zinakuja kwenye chat hii.
own-chart-sent = Chati inakuja kwenye chat hii.
bot-command-chart = Chati ya ulicho nacho, mwezi kwa mwezi
