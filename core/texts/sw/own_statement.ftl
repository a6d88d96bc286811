# Her own statement, sent into a chat as a picture and as a PDF
own-chart-title = Ulicho nacho, mwezi kwa mwezi
own-chart-sum = { $amount }
own-chart-own = Yako { $amount }
own-chart-saved = Vikundini { $amount }
own-chart-caption = Pesa yako: { $mine }. Akiba vikundini: { $total }. Chati ina mwisho wa kila mwezi.
own-statement-title = Taarifa ya { $name }
own-statement-days = { $first } hadi { $last }, kwa Ksh
own-statement-check = Kila mstari una nambari ambayo mtu yeyote anaweza kuikagua.
own-statement-opening = Kabla
own-statement-closing = Sasa
own-statement-column = { $column ->
        [day] Siku
        [movement] Nini
        [code] Nambari
        [amount] Kiasi
       *[after] Salio
    }
own-movement = { $movement ->
        [mpesa_deposit] Kuweka kwa M-PESA
        [mpesa_withdrawal] Kutoa kwa M-PESA
        [contribution] Mchango
        [contribution_taken_back] Mchango uliorudishwa
        [loan] Mkopo uliotolewa
        [loan_repayment] Malipo ya mkopo
        [departure] Hesabu ya kuondoka
        [group_shared_out] Mgao wa mwisho
       *[other] Nyingine
    }
own-statement-sent = Chati na taarifa ya miezi 12 iliyopita zinakuja kwenye chat hii.
own-chart-sent = Chati inakuja kwenye chat hii.
bot-command-chart = Chati ya ulicho nacho, mwezi kwa mwezi
