### Kuhamisha pesa kati ya hazina na mifuko mingine ya kikundi

pots-door = Hamisha kati ya mifuko
pots-menu = Pesa zipi za kikundi?
pots-fund = { $fund ->
        [loans] Mfuko wa mikopo
        [reserve] Akiba ya zamu
       *[project] Pesa za mradi
    }
pots-hold = { $fund ->
        [loans] Mfuko wa mikopo una { $held }.
        [reserve] Akiba ya zamu zilizopungukiwa ina { $held }.
       *[project] Zilizochangwa kwa mradi: { $held }.
    }
pots-in = Ingiza pesa
pots-out = Ondoa pesa
pots-amount = Kiasi gani kati ya hazina na { $fund ->
        [loans] mfuko wa mikopo
        [reserve] akiba ya zamu
       *[project] pesa za mradi
    }?
pots-confirm = { $amount } { $direction ->
        [in] kutoka hazina kwenda { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        }
       *[out] kutoka { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        } kwenda hazina
    }
pots-open = { $amount } { $direction ->
        [in] kuingia
       *[out] kutoka
    } { $fund ->
        [loans] mfuko wa mikopo
        [reserve] akiba ya zamu
       *[project] pesa za mradi
    }: { $agreed } kati ya { $quota } wamekubali
pin-why-pots = { $direction ->
    [in] Hamisha { $amount } kutoka hazina kwenda { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        }
   *[out] Hamisha { $amount } kutoka { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        } kwenda hazina
}
pin-why-pots-refuse = { $direction ->
    [in] Kataa { $amount } kwenda { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        }
   *[out] Kataa { $amount } kutoka { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        }
}
pots-waits = Umetoa uamuzi wako. Wengine wanasubiriwa.
pots-refused = { $over ->
    [0] Umekataa { $amount }. Wengine bado wanaweza kuamua.
   *[1] { $amount } imekataliwa na inabaki ilipo. Maafisa wanaarifiwa.
}
pots-asked = Maafisa { $agreed } kati ya { $quota } wamekubali. { $agreed ->
       *[other] Pesa itahamishwa wakitosha, ndani ya siku 14.
    }
pots-moved = { $amount } imehamishwa. Kila mwanachama anaarifiwa.
error-loan-funding-open = Uhamisho mwingine kati ya hazina na mfuko unasubiri maafisa.
error-treasury-keeps = Hazina ina { $available }. Kwa kanuni, { $reserve } hubaki humo daima.

pot-sms-asked = { $group }: { $direction ->
        [in] kuingiza { $amount } kwenye
       *[out] kuondoa { $amount } kwenye
    } { $fund ->
        [loans] mfuko wa mikopo
        [reserve] akiba ya zamu
       *[project] pesa za mradi
    }? Inasubiri uamuzi wako: { $dialled }
pot-sms-rejected = { $direction ->
    [in] { $group }: maafisa wamekataa kuhamisha { $amount } kwenda { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        }. Inabaki hazinani.
   *[out] { $group }: maafisa wamekataa kuhamisha { $amount } kutoka { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        }. Inabaki humo.
}
pot-sms-expired = { $direction ->
    [in] { $group }: siku 14 zimeisha bila uamuzi wa { $amount } kwenda { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        }. Inabaki hazinani.
   *[out] { $group }: siku 14 zimeisha bila uamuzi wa { $amount } kutoka { $fund ->
            [loans] mfuko wa mikopo
            [reserve] akiba ya zamu
           *[project] pesa za mradi
        }. Inabaki humo.
}
pot-sms-in = { $group }: { $amount } imehamishwa kutoka hazina kwenda { $fund ->
        [loans] mfuko wa mikopo
        [reserve] akiba ya zamu
       *[project] pesa za mradi
    }, kama maafisa walivyoamua.
pot-sms-out = { $group }: { $amount } imehamishwa kutoka { $fund ->
        [loans] mfuko wa mikopo
        [reserve] akiba ya zamu
       *[project] pesa za mradi
    } kwenda hazina, kama maafisa walivyoamua.
