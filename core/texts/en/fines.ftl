# Fines that officials give, and giving back what was paid.

fine-for-absent = absent from the meeting
fine-for-late = late to the meeting
fine-for-noise = noise or phone at the meeting
fine-for-joining = Joining
joining-charged = { $group }: whoever joins pays { $due_sum } once, as the rules say. Pay: { $dialled }
why-joining = { $group }: joining costs { $due_sum }, once (rule 2). Paid { $part }. { $rules ->
        [0] Rules
       *[other] Rules { $rules }
    }.
missed-yours = { $in_group }: you have missed { $count ->
        [one] a contribution
       *[other] { $count } contributions
    }. By rule 4 you may be suspended. Pay: { $dialled }
missed-theirs = { $in_group }: { $by_short } has missed { $count ->
        [one] a contribution
       *[other] { $count } contributions
    } and may be suspended (rule 4). Talk to each other first: { $dialled }
fine-given = { $why } Not right? Object under Savings, What I owe.
fine-objected = { $in_group }: { $by_short } objects to a fine of { $fine_amount }: { $because }. Waive it if it is wrong.
error-no-fines-here = This group's rules know no fines.
error-bad-fine = A fine here is from { $low } to { $high }.
kinds-fine = Fine a member
kinds-refund = Give back what was paid
fine-why = A fine: what for?
fine-cause = { $cause ->
        [absent] Absent from the meeting ({ $count })
        [late] Late to the meeting ({ $count })
        [noise] Noise or phone at the meeting
       *[other] Something else
    }
fine-reason = What is the fine for? { $low } to { $high } characters:
fine-whom = Who is fined: { $because }?
fine-amount = What amount is { $name }'s fine, up to { $high }?
fine-confirm = Fine of { $fine_amount } for { $name }
    { $because }
pin-why-fine = Fine { $name }
fine-done = { $name } is fined { $fine_amount } and told why. Another official can waive it.
fine-object = I object
fine-over = This fine is paid or waived.
fine-objection-sent = Your objection is with the officials. Until they waive it the fine stands.
error-refund-needs-another = Another official has to agree, and there is none. Ask the group to appoint one.
error-refund-waits = This was asked for already and waits for another official.
error-savings-locked = These savings answer for a loan. { $free } of them can be given back.
error-no-refund = This waits for nobody's word any more, or another official has to decide.
refund-asked = { $in_group }: give back { $due_sum } ({ $item })? { $because }. Look under Contributions.
refund-menu = { $count ->
        [0] Give back what a member paid: two officials decide.
       *[other] Waits for your word:
    }
refund-line = { $name }: { $due_sum }
refund-ask = Ask to give back
refund-whom = Who paid it?
refund-what = { $count ->
        [0] { $name } has paid nothing lately.
       *[other] What do you give back to { $name }?
    }
refund-reason = Why? Everybody can read it, 3 to 40 characters:
refund-confirm = Give back { $due_sum } to { $name }
    { $item }
    { $because }
pin-why-refund = Give back { $due_sum } to { $name }
pin-why-refund-refuse = Refuse to give back { $due_sum } to { $name }
refund-sent = { $outcome ->
        [done] { $due_sum } is given back to { $name }, as credit in the group. The member is told.
        [refused] Refused. { $name }'s payment stays.
       *[asked] Asked. Another official has to agree within 72 hours.
    }
refund-over = This is decided already.
refund-one = Give back { $due_sum } to { $payee_short }
    { $item }
    { $because }
    Asked for by { $by_short }
refund-agree = Agree
refund-refuse = Refuse
