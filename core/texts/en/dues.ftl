### Contributions that are due, fines, reminders

dues-name-contribution = Contribution
dues-name-welfare = Welfare
charge-contribution = { $dues } { $day }
charge-fine = Fine, { $dues } { $day }
why-fine-late = { $group }: fine { $fine_amount }. { $dues } { $day }: { $due_sum } short at { $late_at } ({ $rules ->
        [0] rules
       *[other] rules { $rules }
    }: { $rule }).
why-fine-given = { $group }: fine { $fine_amount }. Reason: { $because }.
why-contribution = { $group }: { $dues } { $day }. Paid { $part }, missing { $due_sum }. { $rules ->
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
charge-waived = { $group }: { $item } is waived, { $due_sum }. Reason: { $because }.
contribution-for-you = { $payer } paid { $due_sum } for you to { $group }. You still owe { $owes }.
reminder-before = { $group }: { $dues } { $due_sum } is due on { $day }. Pay: { $dialled } If you have paid, ignore this.
reminder-tomorrow = { $group }: { $dues } { $due_sum } is due tomorrow, { $day }. Pay: { $dialled }
reminder-today = { $group }: { $dues } { $due_sum } is due today before 23:59. Pay: { $dialled }
reminder-late = { $group }: { $dues } of { $day } is late, { $due_sum } is missing. Pay: { $dialled }

error-too-many-kinds = The group has { $most } kinds of contributions already. End one first.
error-bad-contribution-amount = A contribution is from { $low } to { $high }.
error-rounds-collect = A merry-go-round collects for its turns itself. Choose something else.
error-kind-not-in-the-past = What is open already stays as it is. Choose { $day } or later.
error-kind-follows-rules = The rules say how much and when. Members change them by a vote.
error-unknown-contribution-kind = The group does not ask for this contribution any more.
error-unknown-charge = The group knows nothing of this. It may be paid already.
error-not-your-own-charge = Another official has to decide about what you owe yourself.
error-nothing-to-waive = This is waived already.
error-bad-reason = Say why in { $low } to { $high } characters.
error-no-outage = No outage is on record, or the end would be before its beginning.
error-outage-open = An outage is on record already since { $at }, or this would begin in the future.

contribute-due = { $group }: you owe { $owes }.
contribute-nothing-due = { $group }: nothing is due now.
contribute-exact = Pay { $owes } now
contribute-other = Another amount
contribute-someone = Pay for a member
contribute-whom = For whom do you pay?
contribute-amount-for = What amount for { $whom } to { $group }?
    .short = Amount for { $whom } to { $group }?
contribute-confirm-for = Contribute { $amount } to { $group } for { $whom }
    No fee
contribute-share = { $category ->
        [fines] Fines: { $due_sum }
        [loan_interest] Loan interest: { $due_sum }
        [loan_principal] Loan: { $due_sum }
        [welfare] Welfare: { $due_sum }
        [credit] Kept as credit: { $due_sum }
       *[contribution] Contribution: { $due_sum }
    }
contribute-done-owes = { $reference } Confirmed. You paid { $amount } to { $group }. You still owe { $owes }. Your balance: { $balance }.
contribute-kept = { $done } { $parts }.
contribute-done-for = { $reference } Confirmed. { $amount } for { $whom } to { $group }. Your balance: { $balance }.
charge-line = { $item }: { $due_sum }
credit-line = Your credit: { $credit }
outage-line = M-PESA is down since { $at }: no fines meanwhile.

parting-credit = Your credit in the group
parting-dues = Contributions and fines you owe
parting-payment = A payment of yours is still on its way to the group.

dues-door-board = Who has paid
dues-door-mine = What I owe
dues-door-kinds = Contributions asked for
dues-board = { $group }: who has paid
dues-board-empty = { $group } asks for no contributions yet.
board-head = { $dues } { $day }: { $count } of { $members } paid
board-line = { $name }: { $state ->
        [paid] paid
        [part] part paid
        [late] late since { $day }
       *[due] not yet
    }
sms-board = { $group }: { $lines }
dues-mine = { $group }: you owe { $owes }. Choose one to see why:
dues-nothing = { $group }: you owe nothing. Your credit: { $credit }.

kinds-menu = { $count ->
        [0] { $group } asks for no contributions yet.
       *[other] { $group } asks for:
    }
kind-line = { $dues }: { $due_sum } { $when }
kinds-start = Regular, as the rules say
kinds-start-welfare = Welfare, as the rules say
kinds-new = New contribution
kinds-waive = Waive a fine or charge
kind-one = { $dues }: { $mode ->
        [minimum] at least { $due_sum }
        [per_member] each her own amount
       *[fixed] { $due_sum }
    } { $when }, for { $purpose }. Next: { $day }
kind-change = Change the amount
kind-own = One member's amount
kind-follows = Members change the rest by a vote.
kind-end = End it
every-weekly = each { $weekday }
every-biweekly = every 2 weeks on { $weekday }
every-monthly = { $number ->
        [31] each month's last day
       *[other] each month on day { $number }
    }
every-on = on { $dates }
every-dates = { $number ->
        [0] on no day any more
        [one] on one day
       *[other] on { $number } days, the next { $day }
    }
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
purpose-treasury = the treasury
purpose-welfare = welfare
purpose-rotation = the merry-go-round
purpose-shares = shares
purpose-project = a project
purpose-loans = the loan fund
kind-name = What is it for? A short name of 2 to 20 characters:
kind-purpose = Where does the money go?
kind-frequency = How often is it due?
frequency-weekly = Every week
frequency-biweekly = Every second week
frequency-monthly = Every month
frequency-dates = On days I choose
kind-weekday = On which day?
kind-month-day = On which day of the month? 1 to 28, or 31 for the last day:
kind-dates = On which days? Like 5/12, 24/12:
kind-bad-dates = That is not a list of days to come. Type them like 5/12, 24/12.
kind-bad-day = Choose 1 to 28, or 31 for the last day of each month.
kind-mode = Which amount?
mode-fixed = The same for all
mode-minimum = At least this much
mode-per_member = Each her own
kind-amount = What amount? { $low } to { $high }:
kind-confirm = { $dues }: { $due_sum } for { $purpose }
    { $when }
pin-why-kind-rule = Ask all members for this contribution
pin-why-kind = Ask all members for { $name }
kind-created = { $dues } is asked for from now on. Members are reminded three days before.
kind-cancelled = Cancelled. Nothing has changed.
kind-change-amount = { $dues }: what amount from { $day } on? { $low } to { $high }:
pin-why-kind-change = Change { $name }
pin-why-kind-amount = Change { $name } to { $amount }
kind-changed = { $dues } is { $due_sum } from { $day } on.
kind-days = Change the days
kind-days-how = { $dues }, now { $when }. How often from { $day } on?
kind-days-first = { $dues } every second week: which day first?
kind-days-on = { $day }
kind-days-dates = On which days, from { $day } on? Type all of them, like 5/12, 24/12:
kind-days-now = Now: { $dates }
kind-days-confirm = { $dues }: { $when } from { $day } on, first on { $first_day }. What is open stays.
kind-days-confirm-dates = { $dues }: { $when }. What is open stays.
kind-days-changed = { $dues } is due { $when }, from { $day } on. All members are told.
kind-days-changed-dates = { $dues } is due { $when }. All members are told.
kind-days-same = { $dues } is due { $when } already. Nothing has changed.
kind-coming = From { $day } on: { $due_sum } { $when }
kind-dates-row = { $dates }
kind-own-whom = Whose amount for { $dues }?
kind-own-amount = What does { $name } pay for { $dues }? { $low } to { $high }:
pin-why-kind-own = { $name } pays { $amount }
kind-own-done = { $name } pays { $due_sum } for { $dues } from { $day } on.
kind-end-ask = End { $dues }? What is open stays owed.
pin-why-kind-end = End { $name }
kind-ended = { $dues } has ended. Its last day is { $day }.
kind-news = { $group }: { $dues }, { $due_sum } { $when }.
kind-news-from = { $group }: { $dues }, { $due_sum } { $when }, from { $day } on.
kind-news-ended = { $group }: { $dues } has ended.
waive-whom = { $count ->
        [0] Nobody owes anything.
       *[other] Who is it?
    }
waive-what = What do you waive for { $name }?
waive-reason = Why? Everybody can read it, 3 to 40 characters:
waive-confirm = Waive { $due_sum } for { $name }
    { $item }
    { $because }
pin-why-waive = Waive { $due_sum }
waive-done = { $due_sum } is waived for { $name }. The member is told.
