### Fees

account-fees = Ada
fees-menu = Ada
fees-cost = Ada ni kiasi gani
fees-paid = Ada nilizolipa
fees-amount = Kwa kiasi gani?
fees-of = Leo, kwa { $amount }:
fees-of-deposit = Kuweka: ada { $fee }, unapata { $credited }
fees-of-payer = M-PESA inamtoza mlipaji { $charge }
fees-of-withdrawal = Kutoa: ada { $fee }, M-PESA { $charge }
fees-of-contribution = Kuchanga: bila ada
fees-none = Bado hujalipa ada yoyote.
fees-total = Ada ulizolipa: { $month } mwezi huu, { $total } kwa jumla.
fees-line = { $at } { $amount } { $kind ->
        [mpesa_deposit] kuweka
        [mpesa_withdrawal] kutoa
        [mpesa_deposit_returned] imerudishwa
        [mpesa_withdrawal_returned] imerudishwa
       *[network] M-PESA
    }
