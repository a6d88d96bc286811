### Fees

account-fees = Fees
fees-menu = Fees
fees-cost = What it costs
fees-paid = Fees I have paid
fees-amount = For what amount?
fees-of = Today, for { $amount }:
fees-of-deposit = Deposit: fee { $fee }, you get { $credited }
fees-of-payer = M-PESA takes { $charge } from the payer
fees-of-withdrawal = Withdraw: fee { $fee }, M-PESA { $charge }
fees-of-contribution = Contribute: no fee
fees-none = You have not paid any fee yet.
fees-total = Fees you paid: { $month } this month, { $total } in all.
fees-line = { $at } { $amount } { $kind ->
        [mpesa_deposit] deposit
        [mpesa_withdrawal] withdrawal
        [mpesa_deposit_returned] deposit returned
        [mpesa_withdrawal_returned] withdrawal returned
       *[network] M-PESA
    }
