# Her own statement, sent into a chat as a picture and as a PDF
own-chart-title = What you have, month by month
own-chart-sum = { $amount }
own-chart-own = Own { $amount }
own-chart-saved = In groups { $amount }
own-chart-caption = Your own money: { $mine }. Saved in your groups: { $total }. The chart has the end of each month.
own-statement-title = Statement of { $name }
own-statement-days = { $first } to { $last }, in KES
own-statement-check = Each line has a code by which anybody can check it.
own-statement-opening = Before
own-statement-closing = Now
own-statement-column = { $column ->
        [day] Day
        [movement] What
        [code] Code
        [amount] Amount
       *[after] Balance
    }
own-movement = { $movement ->
        [mpesa_deposit] M-PESA deposit
        [mpesa_withdrawal] M-PESA withdrawal
        [contribution] Contribution
        [contribution_taken_back] Contribution taken back
        [contribution_return] Contribution given back
        [treasury_payment] Paid by a group
        [merry_payment] Merry-go-round, paid in
        [merry_payout] Merry-go-round, my turn
        [merry_refund] Merry-go-round, given back
        [share_purchase] Shares bought
        [share_out] Share-out
        [share_refund] Shares given back
        [welfare_payment] Welfare fund, paid in
        [welfare_claim] Welfare fund, help
        [mpesa_charge] M-PESA charge
        [mpesa_reversal] M-PESA took it back
        [mpesa_correction] M-PESA, settled late
        [mpesa_refund] Sent back to its payer
        [loan] Loan paid out
        [loan_repayment] Loan repaid
        [departure] Settled on leaving
        [group_shared_out] Shared out at the end
       *[other] Other movement
    }
own-statement-sent = The chart and the statement of your last 12 months are on their way to this chat.
own-chart-sent = The chart is on its way to this chat.
bot-command-chart = What you have, month by month, as a chart
