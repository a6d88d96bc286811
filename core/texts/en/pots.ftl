### Moving money between the treasury and the group's other pots

pots-door = Move between pots
pots-menu = Which money of the group?
pots-fund = { $fund ->
        [loans] Loan pot
        [reserve] Reserve for turns
       *[project] Project money
    }
pots-hold = { $fund ->
        [loans] The loan pot holds { $held }.
        [reserve] The reserve for turns that are short holds { $held }.
       *[project] Collected for projects: { $held }.
    }
pots-in = Move money in
pots-out = Move money out
pots-amount = What amount between the treasury and { $fund ->
        [loans] the loan pot
        [reserve] the reserve for turns
       *[project] the project money
    }?
pots-confirm = { $amount } { $direction ->
        [in] from the treasury into { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        }
       *[out] from { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        } into the treasury
    }
pots-open = { $amount } { $direction ->
        [in] into
       *[out] out of
    } { $fund ->
        [loans] the loan pot
        [reserve] the reserve for turns
       *[project] the project money
    }: { $agreed } of { $quota } agree
pin-why-pots = { $direction ->
    [in] Move { $amount } from the treasury into { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        }
   *[out] Move { $amount } from { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        } into the treasury
}
pin-why-pots-refuse = { $direction ->
    [in] Refuse { $amount } into { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        }
   *[out] Refuse { $amount } out of { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        }
}
pots-waits = You have given your word. It waits for the others.
pots-refused = { $over ->
    [0] You have refused { $amount }. The others can still decide.
   *[1] { $amount } is refused and stays where it is. The officials are told.
}
pots-asked = { $agreed } of { $quota } officials agree. { $agreed ->
       *[other] It moves when enough of them do, within 14 days.
    }
pots-moved = { $amount } has moved. Every member is told.
error-loan-funding-open = Another move between the treasury and a pot waits for the officials.
error-treasury-keeps = The treasury has { $available }. By the rules { $reserve } always stays there.

pot-sms-asked = { $group }: move { $amount } { $direction ->
        [in] into
       *[out] out of
    } { $fund ->
        [loans] the loan pot
        [reserve] the reserve for turns
       *[project] the project money
    }? It waits for your word: { $dialled }
pot-sms-rejected = { $direction ->
    [in] { $group }: the officials have refused to move { $amount } into { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        }. It stays in the treasury.
   *[out] { $group }: the officials have refused to move { $amount } out of { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        }. It stays there.
}
pot-sms-expired = { $direction ->
    [in] { $group }: nobody decided in 14 days on { $amount } into { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        }. It stays in the treasury.
   *[out] { $group }: nobody decided in 14 days on { $amount } out of { $fund ->
            [loans] the loan pot
            [reserve] the reserve for turns
           *[project] the project money
        }. It stays there.
}
pot-sms-in = { $group }: { $amount } was moved from the treasury into { $fund ->
        [loans] the loan pot
        [reserve] the reserve for turns
       *[project] the project money
    }, as the officials decided.
pot-sms-out = { $group }: { $amount } was moved from { $fund ->
        [loans] the loan pot
        [reserve] the reserve for turns
       *[project] the project money
    } into the treasury, as the officials decided.
