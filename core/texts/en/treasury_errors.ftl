### Refusals of the treasury

error-treasury-short = The treasury has { $available } free and { $needed } is needed. { $reserve } must remain as the reserve.
error-treasury-limit = { $period ->
        [day] The group pays out at most { $limit } a day. Today { $left } is left.
        [week] The group pays out at most { $limit } in any 7 days. Now { $left } is left.
       *[petty] Petty cash is { $limit } a week. This week { $left } is left.
    }
error-treasury-amount-too-small = The smallest payment is { $low }.
error-unknown-treasury-payee = This person is not an active member of the group.
error-too-few-approvers = { $needed } approvals are needed, and only { $count } of the officials may approve this. Who asks and who is paid cannot.
error-no-treasury-emergency = Nobody could approve this more strictly than usual. Ask for it in the usual way.
error-treasury-report-due = First report what emergency request { $number } was used for.
error-petty-cash-to-oneself = Petty cash is paid to others. For yourself, ask in the usual way: others approve it.
error-treasury-quote-expired = The price may have changed since you saw it. Please ask again.
error-signer-cooling = You are new in your office, so you can approve payments from { $at } on.
error-account-cooling = Your account was recovered in the last 3 days, so it cannot decide about the group's money yet.
error-bad-treasury-reason = Say it in { $low } to { $high } characters, with letters and simple signs.
error-treasury-vote-not-needed = Request { $number } needs no vote, or it is being voted on.
error-unknown-treasury-request = There is no such request in your group.
error-treasury-request-closed = Request { $number } is { $status ->
        [open] open
        [waiting] approved and waits
        [paying] being paid
        [paid] paid
        [failed] not paid by M-PESA
        [rejected] rejected
        [expired] expired
        [withdrawn] taken back
        [stopped] stopped
       *[void] void
    }: it is too late for this.
error-treasury-request-void = Request { $number } is void: officials, rules or people have changed since. It has to be asked for again.
error-own-treasury-request = You asked for this or are paid by it, so others decide.
error-not-an-approver = Only the officials and the padlock holder of this request decide about it.
error-treasury-already-decided = You have decided about this request before, and that stands.
error-not-your-treasury-request = Only the person who asked for it can do this.
error-no-treasury-report-due = No report is due for this request.
error-group-payout-too-large = M-PESA lets a number receive at most { $high } a day. Ask for less.
