### Muhuri: mihuri na risiti

door-muhuri = Muhuri
door-receipt = Hakiki risiti
muhuri-sms = { $group } kina { $total }. Muhuri { $seal }. Wanachama wenye msimbo sawa wana daftari sawa.
muhuri-group = Muhuri wa { $group }. Usome kwa sauti: msimbo sawa ni daftari sawa.
muhuri-none = { $group } bado hakina muhuri. Wa kwanza hutengenezwa jioni pesa zikishasogea.
muhuri-line = { $day }: { $total }, { $seal }
muhuri-book = Daftari lenye muhuri
muhuri-book-sent = Daftari lenye muhuri linakuja hapa. Yeyote anaweza kulihakiki bila sisi.
receipt-code = Andika msimbo ulio mwanzo wa risiti, herufi 8:
receipt-not-a-code = Msimbo wa risiti una herufi na nambari 8. Angalia tena na uuandike.
receipt-unknown = HAKUNA risiti yenye msimbo { $code }. Huenda ni ya uongo. Risiti ya dakika hii bado haijafika hapa.
receipt-broken = Daftari halilingani na muhuri wake kwa { $reference }. Mwambie mkaguzi wa kikundi mara moja.
receipt-own = { $reference } ni HALALI: { $amount }, { $initials }, { $at }. { $kind ->
        [mpesa_deposit] Kuweka pesa kwa M-PESA.
        [mpesa_withdrawal] Kutoa pesa kwa M-PESA.
       *[other] Imo kwenye daftari lenye muhuri.
    }
receipt-group = { $reference } ni HALALI: { $amount }, { $group }, { $initials }, { $at }. { $kind ->
        [contribution] Mchango.
        [loan] Mkopo uliotolewa.
        [loan_repayment] Malipo ya mkopo.
       *[other] Imo kwenye daftari lenye muhuri.
    }
receipt-sealed = { $reference } ni HALALI: { $amount }, { $group }, { $initials }, { $at }, Muhuri { $seal }. { $kind ->
        [contribution] Mchango.
        [loan] Mkopo uliotolewa.
        [loan_repayment] Malipo ya mkopo.
       *[other] Imo kwenye daftari lenye muhuri.
    }
