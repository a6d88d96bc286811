### Taarifa ya kikundi

door-group-statement = Taarifa ya akaunti
group-statement-span = Taarifa ya { $group }. Siku zipi?
group-statement-month = Mwezi huu
group-statement-last-month = Mwezi uliopita
group-statement-year = Mwaka huu
group-statement-title = { $group }
group-statement-days = { $first } hadi { $last }
group-statement-opening = Kilichokuwepo
group-statement-income = Zilizoingia
group-statement-expenses = Zilizotoka
group-statement-closing = Kilichopo sasa
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
       *[other] Nyingine
    }
group-statement-short = { $group }: zimeingia { $income }, zimetoka { $expenses }, ina { $closing }. Inadai { $owed }.
group-statement-sent = Taarifa ya { $group } inakuja kwenye chat hii, ya kuchapisha na ya jedwali.
