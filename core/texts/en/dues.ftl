### Contributions that are due, fines, reminders

charge-contribution = { $dues } { $day }
charge-fine = Fine, { $dues } { $day }
why-fine-late = { $group }: fine { $fine_amount }. { $dues } { $day }: { $missing } short at { $late } ({ $rules ->
        [0] rules
       *[other] rules { $rules }
    }: { $rule }).
why-fine-given = { $group }: fine { $fine_amount }. Reason: { $because }.
why-contribution = { $group }: { $dues } { $day }. Paid { $part }, missing { $missing }. { $rules ->
        [0] Rules
       *[other] Rules { $rules }
    }.
fine-rule-fixed = { $every ->
        [day] { $fine_amount } a day
        [week] { $fine_amount } a week
       *[once] { $fine_amount } once
    }
fine-rule-percent = { $every ->
        [day] { $percent }% a day
        [week] { $percent }% a week
       *[once] { $percent }% once
    }
charge-waived = { $group }: { $owed } is waived, { $missing }. Reason: { $because }.
contribution-for-you = { $payer } paid { $missing } for you to { $group }. You still owe { $owes }.
reminder-before = { $group }: { $dues } { $missing } is due on { $day }. Dial us and choose Contribute. If you have paid, ignore this.
reminder-tomorrow = { $group }: { $dues } { $missing } is due tomorrow, { $day }. Dial us and choose Contribute.
reminder-today = { $group }: { $dues } { $missing } is due today before 23:59. Dial us and choose Contribute.
reminder-late = { $group }: { $dues } of { $day } is late, { $missing } is missing. Dial us and choose Contribute.

error-too-many-kinds = The group has { $most } kinds of contributions already. End one first.
error-bad-contribution-amount = A contribution is from { $low } to { $high }.
error-kind-not-in-the-past = What is open already stays as it is. Choose { $day } or later.
error-unknown-contribution-kind = The group does not ask for this contribution any more.
error-unknown-charge = The group knows nothing of this. It may be paid already.
error-not-your-own-charge = Another official has to decide about what you owe yourself.
error-nothing-to-waive = This is waived already.
error-bad-reason = Say why in { $low } to { $high } characters.
error-no-outage = No outage is on record, or the end would be before its beginning.
error-outage-open = An outage is on record already since { $at }, or this would begin in the future.
