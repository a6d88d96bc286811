### News of the treasury, to members

sms-treasury-asked = { $in_group }: { $path ->
        [emergency] EMERGENCY, request
       *[usual] request
    } { $number }, { $amount } to { $payee_short } for { $why_short }, by { $by_short }. See: Groups, Decisions.
sms-treasury-decide = { $in_group }: { $amount } to { $payee_short } for { $why_short }. Request { $number } needs you: { $dialled }
sms-treasury-waiting = { $in_group }: request { $number }, { $amount } to { $payee_short } OK by { $approvers }. Paid { $at }. Object { $dialled }
sms-treasury-paid = { $in_group }: paid { $amount } to { $payee_short }. Request { $number }{ $receipt } OK by { $approvers }. Treasury now { $total }.
sms-treasury-petty = { $in_group }: petty cash { $amount } to { $payee_short } for { $why_short }. This week { $petty_used } of { $limit }.
sms-treasury-failed = { $in_group }: M-PESA did not pay { $amount } to { $payee_short } (request { $number }). The money is back. You can try again until { $until }.
sms-treasury-part = { $in_group }: { $paid } of { $amount } reached { $payee_short } (request { $number }). The rest is back in the treasury.
sms-treasury-late = { $in_group }: M-PESA paid { $amount } to { $payee_short } after all (request { $number }). Do not pay it again: we are looking into it.
sms-treasury-came-back = { $in_group }: { $amount } to { $payee_short } came back from M-PESA, fees included. Request { $number }{ $receipt }. Treasury now { $total }.
sms-treasury-recovered = { $in_group }: M-PESA did pay { $amount } to { $payee_short }: taken from the treasury. Request { $number }{ $receipt }. Treasury now { $total }.
sms-treasury-postponed = { $in_group }: request { $number }, { $amount } to { $payee_short }, waits: { $because ->
        [reserve] the reserve must remain.
       *[limit] a spending limit is reached.
    } We try until { $until }.
sms-treasury-rejected = { $in_group }: request { $number }, { $amount } to { $payee_short }, was rejected. Nothing is paid.
sms-treasury-expired = { $in_group }: request { $number }, { $amount } to { $payee_short }, has expired. Nothing is paid.
sms-treasury-withdrawn = { $in_group }: request { $number }, { $amount } to { $payee_short }, was taken back by { $by_short }. Nothing is paid.
sms-treasury-stopped = { $in_group }: request { $number }, { $amount } to { $payee_short }, was stopped: { $count } members object. Nothing is paid.
sms-treasury-void = { $in_group }: request { $number }, { $amount } to { $payee_short }, is void: { $because ->
        [ends] the group is being ended.
        [signers] officials or rules changed.
        [padlock] the padlock holder changed.
        [payee] the payee has left the group.
       *[other] approvals no longer count.
    } Nothing is paid.
sms-treasury-padlock = { $in_group }: { $by_short } was drawn from { $count } members to hold the padlock until the end of { $lock_until }. Check it: Groups, Decisions.
sms-treasury-report = { $in_group }: report on emergency request { $number }, { $amount } to { $payee_short }: { $report_words }
