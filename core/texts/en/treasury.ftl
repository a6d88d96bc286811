### The treasury on the screen

treasury-door = Treasury
treasury-to-approve = To approve
treasury-menu = Treasury of { $name }
treasury-see = Balance and limits
treasury-see-requests = Requests ({ $count })
treasury-ask = Ask for a payment
treasury-petty = Petty cash
treasury-see-padlock = Padlock holder
treasury-show = { $name }: { $total }
    Free { $fund_free }, set aside { $fund_aside }, reserve { $fund_kept }
treasury-left = Can go out today { $fund_today }, in 7 days { $fund_week }
treasury-petty-used = Petty cash this week { $petty_gone } of { $petty_most }
treasury-payment = { $at } { $amount } { $payee_short }
treasury-requests = Requests to the treasury:
treasury-mine = These wait for you:
treasury-no-requests = There is no request.
treasury-line = { $number }: { $amount } { $payee_short }, { $standing }
treasury-state = { $status ->
        [open] open
        [waiting] approved
        [paying] being paid
        [paid] paid
        [failed] not paid
        [rejected] rejected
        [expired] expired
        [withdrawn] taken back
        [stopped] stopped
       *[void] void
    }
treasury-padlock = { $by_short } holds the padlock until the end of { $lock_until }. It was drawn from { $count } members.
treasury-no-padlock = Nobody can hold the padlock: the group has no ordinary member.
treasury-draw = Anyone can check it: SHA-256 of the line below, its first 15 digits (base 16) divided by { $count }; the remainder and 1 is number { $number }.
treasury-drawn-from = { $draw_line }
treasury-candidate = { $number } { $whose }

pin-why-treasury-approve = Approve { $amount } to { $payee }
pin-why-treasury-reject = Reject { $amount } to { $payee }
pin-why-treasury-object = Object to { $amount } to { $payee }
pin-why-treasury-withdraw = Take back { $amount } to { $payee }
pin-why-treasury-again = Pay { $amount } to { $payee } again
pin-why-treasury-report = Send the report to the group
pin-why-treasury-ask = Ask for { $amount } to { $payee }

treasury-request = { $amount } to { $payee_short }
    Request { $number }: { $why_short }
treasury-counted = Approved { $officials }/{ $needed_officials }{ $needed_padlocks ->
        [0] {""}
       *[other] , padlock { $padlocks }/{ $needed_padlocks }
    }{ $vote_needed ->
        [needed] . Needs the members' vote
       *[none] {""}
    }
treasury-you-cool = You are new in your office: you can approve from { $at } on.
treasury-cools = { $by_short }, new in office, can approve from { $at } on.
treasury-remains = Treasury { $fund_before } - { $fund_takes } = { $fund_leaves }
treasury-waits = Paid in { $hours_left } h, { $at }. Objections { $count }/{ $most }
treasury-was-paid = Paid { $at }
treasury-was-paid-out = Paid { $at }. M-PESA receipt: { $receipt }
    .short = Paid { $at } { $receipt }
treasury-stands = This request is { $standing }.
treasury-is-void = Void: { $because ->
        [ends] the group is being ended.
        [signers] officials or rules changed.
        [padlock] the padlock holder changed.
        [payee] the payee has left.
       *[other] approvals no longer count.
    }
treasury-deed = { $deed ->
        [approve] Approve
        [reject] Reject
        [object] Object
        [again] Pay again
        [vote] Put to the vote
        [report] Report
       *[withdraw] Take it back
    }
treasury-details = Details
treasury-back = Back to the request
treasury-details-of = Request { $number }: { $expense }
treasury-who = To { $whose }. Asked by { $by_short }. Code { $code }
treasury-approved-by = Approved by { $approvers }
treasury-refused-by = Rejected by { $approvers }
treasury-fees = Fee { $fee }, M-PESA charge { $charge }
treasury-unpayable = Then these could not be paid: { $request_numbers }
treasury-until = Open until { $until }
treasury-reported = Report: { $report_words }
treasury-all-approved = Request { $number } has all approvals. It is paid { $at } unless members object. Everybody is told.
treasury-you-approved = You approved request { $number }.
treasury-you-rejected = You rejected request { $number }. { $status ->
        [rejected] It is dead: nothing is paid.
       *[open] Others can still decide.
    }
treasury-you-object = You object to request { $number }. { $status ->
        [stopped] It is stopped: nothing is paid.
       *[open] { $count } of { $most } members object.
    }
treasury-you-withdrew = You took request { $number } back. Nothing is paid.
treasury-tried-again = Request { $number }: { $amount } is being paid again. We will tell the group.
treasury-report = What was the money of emergency request { $number } used for? Everybody will read it:
treasury-report-sent = Thank you. The report on request { $number } goes to every member.

treasury-amount = What amount should the treasury pay?
treasury-petty-amount = Petty cash, up to { $limit } a week. What amount?
treasury-to-whom = { $amount } to whom?
treasury-to-member = A member
treasury-to-phone = An M-PESA number
treasury-find = Type a part of the member's name:
treasury-find-again = Search again
treasury-nobody = No member has that in the name.
treasury-which = Which member?
treasury-member = { $whose }
treasury-phone = Type the M-PESA number to pay:
treasury-name = Whose is { $phone }? The name that the group knows:
treasury-which-category = What kind of expense?
treasury-category = { $category ->
        [supplies] Supplies
        [services] Services
        [welfare] Welfare
        [project] Project
        [refund] Refund
        [fees] Fees and rent
       *[other] Other
    }
treasury-reason = For what? { $low } to { $high } letters; every member will read it:
treasury-confirm = { $amount } to { $whose }
    For: { $why_short }
treasury-in-parts = M-PESA sends it in { $count } payments.
treasury-with-fees = Fees { $fee } included
treasury-needs-vote = Above { $limit }: the members must vote first
treasury-too-much = { $amount } to { $whose }: the treasury has too little.
treasury-less = Another amount
treasury-urgent = Emergency
treasury-emergency = { $amount } to { $payee_short }: EMERGENCY
    All officials and one more member approve. Paid after 1 hour; you report its use.
treasury-not-asked = Cancelled. Nothing was asked for.
treasury-petty-sent = Request { $number }: { $amount } from petty cash is being paid. Every member is told.
treasury-asked = Request { $number } (code { $code }) needs { $needed_officials } officials{ $needed_padlocks ->
        [0] {""}
       *[other] {" "}and { $needed_padlocks } padlock
    } by { $until }. { $vote_needed ->
        [needed] The members must vote: open it and put it to the vote.
       *[none] Every member is told.
    }

minutes-payment = Paid { $amount } to { $payee } for { $reason } (request { $number }).
