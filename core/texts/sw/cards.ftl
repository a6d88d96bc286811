# Receipts as pictures, and what is sent beside them
card-title = { $receipt_kind ->
        [deposit] Pesa zimewekwa
        [contribution] Mchango umelipwa
        [loan] Mkopo umetolewa
        [repayment] Malipo ya mkopo
       *[withdrawal] Pesa zimetolewa
    }
card-label = { $fact ->
        [mpesa] Risiti ya M-PESA
        [reference] Risiti yetu
        [time] Wakati
        [balance] Salio lako jipya
       *[group] Kikundi
    }
card-sum = { $amount }
card-moment = { $at }
card-check = Skani ili kuhakiki risiti hii
card-copy = Nakala ya risiti ile ile:
