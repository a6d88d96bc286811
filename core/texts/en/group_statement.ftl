### The group's statement

door-group-statement = Statement
group-statement-span = Statement of { $group }. Which days?
group-statement-month = This month
group-statement-last-month = Last month
group-statement-year = This year
group-statement-title = { $group }
group-statement-days = { $first } to { $last }, in KES
group-statement-opening = Held before
group-statement-income = Came in
group-statement-expenses = Went out
group-statement-holds = What is there
group-statement-closing = Together
group-statement-name = Member
group-statement-owes = Who owes
group-statement-owed = Owes
group-statement-late = Of it late
group-statement-seal = Muhuri
group-account = { $name ->
        [treasury] Treasury
        [welfare] Welfare fund
        [loans] Loan pot
        [rotation] Merry-go-round
        [shares] Shares
        [project] Project
       *[reserve] Reserve
    }
group-movement = { $movement ->
        [contribution] Contributions
        [loan] Loans paid out
        [loan_repayment] Loans repaid
        [contribution_credit] Credit used for contributions
        [contribution_return] Contributions given back
        [contribution_taken_back] Contributions taken back
        [departure] Paid to who left
        [group_shared_out] Shared out at the end
        [merry_payment] Merry-go-round, paid in
        [merry_payout] Merry-go-round, turns paid
        [merry_refund] Merry-go-round, given back
        [share_purchase] Shares bought
        [share_out] Share-out
        [share_refund] Shares given back
        [welfare_payment] Welfare, paid in
        [welfare_claim] Welfare claims
        [treasury_payment] Payments by the group
        [treasury_payout] Payments by M-PESA
        [mpesa_group_correction] Payments by M-PESA, settled late
        [mpesa_group_reversal] Payments by M-PESA that came back
        [mpesa_deposit] Share of fees
       *[other] Other
    }
group-statement-short = { $group }: in { $income }, out { $expenses }, holds { $closing }. Owed to it: { $owed }.
group-statement-sent = The statement of { $group } is on its way to this chat, to print and as a table.
