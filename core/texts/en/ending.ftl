### Groups that end

error-group-ends = The members have decided to end this group, so it takes nothing new. Loans can still be repaid.
ending-now = The members have ended this group. What it holds is being shared out.
ending-waits-loans = This group ends. It is shared out when { $count ->
        [one] one loan has ended.
       *[other] { $count } loans have ended.
    }
ending-waits-round = This group ends. It is shared out when the merry-go-round is over.
ending-waits-payment = This group ends. It is shared out when a payment on its way has ended.
group-is-closed = { $name } (closed)
group-was-closed = { $name } was closed by { $because } on { $at }. You got { $amount } of what was left.

sms-group-ends = { $group }: ended by { $because }. Nothing new is taken; loans are repaid. Then what is left is shared out and each is told.
sms-group-shared = { $group }: shared out { $total }. You had put in { $mine } of { $after }: { $part }. { $more }Paid to you: { $amount }. The group is closed.
sms-group-shared-equally = { $group }: shared out { $total }, to each the same: { $part }. { $more }Paid to you: { $amount }. The group is closed.
group-shared-more = Dues -{ $owed }, from others' dues +{ $back }, credit +{ $credit }.{" "}
group-shared-no-more = { "" }
