### Withdrawals

error-withdrawal-too-small = Kima cha chini cha kutoa ni { $low }.
error-withdrawal-below-limit = Kima cha chini cha kutoa ni { $low }.
error-withdrawal-above-limit = { $period ->
        [once] Unaweza kutoa hadi { $limit } kwa mara moja.
        [day] Unaweza kutoa { $limit } kwa siku. Leo bado unaweza kutoa { $left }.
       *[month] Unaweza kutoa { $limit } kwa mwezi. Mwezi huu bado unaweza kutoa { $left }.
    }
