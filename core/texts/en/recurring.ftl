### Automatic contributions

recurring-notice-wallet = { $group }: your automatic { $due_sum } is paid from your balance on { $at }. Pause it under Automatic contribution.
recurring-notice-mpesa = { $group }: your automatic { $due_sum } is due on { $at }. You will get an M-PESA request, fee on top.
recurring-paid = { $reference } Confirmed. Automatic: { $amount } to { $group }. Your balance: { $balance }.
recurring-failed = { $group }: your automatic { $due_sum } was not paid: { $reason ->
        [short] your balance is too low
       *[mpesa] no M-PESA payment came
    }. We try again { $at }.
recurring-stopped = { $group }: your automatic { $due_sum } has stopped: it failed three times in a row. Resume it under Automatic contribution.
recurring-suspended = { $group }: your automatic { $due_sum } has stopped, as you are suspended. When you are back you can resume it.
recurring-completed = { $group }: your automatic { $due_sum } has come to its end. All payments are made.

recurring-door = Automatic contribution
recurring-menu = { $count ->
        [0] { $group }: you have no automatic contribution.
       *[other] { $group }: your automatic contributions
    }
recurring-line = { $due_sum } { $cadence }{ $state ->
        [paused] , paused
       *[active] {""}
    }
cadence-daily = daily
cadence-weekly = weekly
cadence-biweekly = every second week
cadence-monthly = monthly
cadence-quarterly = every three months
cadence-yearly = yearly
recurring-new = Start one
recurring-amount = What amount each time? { $low } to { $high }:
recurring-cadence = How often?
recurring-first = When is the first one?
recurring-first-due = { $at }, when it is due
recurring-first-tomorrow = Tomorrow
recurring-first-other = Another day
recurring-first-day = On which day? Like 5/12:
recurring-bad-day = That is not a day to come. Type it like 5/12.
recurring-method = From where?
method-wallet = From my balance
method-mpesa = M-PESA asks me each time
method-mpesa-asks = M-PESA asks for { $total } each time, fee included
recurring-count = How many times? Type a number, a last day like 5/12, or N for no end:
recurring-bad-end = Type a number up to 500, a day like 5/12 that is not before { $first_day }, or N.
recurring-confirm = Pay { $amount } { $cadence } to { $group }
    First: { $first_day }, { $ends ->
        [never] no end
        [day] until { $last_day }
       *[times] { $many } times
    }
    { $method }
recurring-stays = It goes on as before.
recurring-cancelled = Cancelled. Nothing was started.
pin-why-recurring = Automatic { $amount } to { $group_name }
recurring-begun = { $amount } { $cadence } to { $group } is on. First: { $first_day }, 09:00.{ $reminded ->
        [no] {""}
       *[yes] {" "}We remind you three days before.
    }
recurring-one = { $due_sum } { $cadence } to { $group }
    { $state ->
        [paused] Paused
       *[active] Next: { $at }
    }. Paid so far: { $done }
recurring-pause = Pause it
recurring-resume = Resume it
recurring-end = End it
pause-reason = Why do you pause?
pause-reason-money = No money now
pause-reason-travel = I am away
pause-reason-other = Another reason
pin-why-recurring-change = Your automatic contribution
recurring-paused = Paused. Nothing is paid until you resume it.
recurring-over = It has come to its end: its last day is over.
recurring-resumed = It goes on. Next: { $at }.
recurring-end-ask = End it for good?
recurring-ended = Ended. Nothing more is paid automatically.

error-bad-recurring = This cannot be paid automatically. Choose { $low } to { $high } and a day to come.
error-too-many-recurring = You have { $most } automatic contributions already. End one first.
error-unknown-recurring = This automatic contribution has ended.
