### Loans

error-no-loans-here = This group gives no loans. Its members can change that by a vote.
error-too-new-for-loan = You can borrow from { $until } on.
error-has-loan = You already have a loan of this group, asked for or running.
error-loan-too-large = You can borrow at most { $most } now.
error-loan-too-small = The smallest loan is { $low }.
error-loan-term = Choose from 1 to { $high } months.
error-guarantors-needed = Choose { $count } different members who vouch for you.
error-savings-too-small = Your free savings of { $available } are not enough to vouch for this.
error-unknown-loan = There is no such loan here, or you have no part in this step.
error-loan-not-decidable = This cannot be decided now: somebody has not answered yet, or you have given your word already.
error-no-other-official = There is no other official who could decide. Ask the group to appoint one.
error-more-than-owed = Only { $total } is owed.
error-loan-pot-too-small = The loan pot can lend only { $available } now.

door-loans = Loans
loans-menu = Loans
loans-mine = My loan
loans-ask = Ask for a loan
loans-vouch = Vouch ({ $count })
loans-decide = To decide ({ $count })
loans-group = All loans
loans-pot = Loan pot

loan-amount = You can borrow up to { $most }, { $rate } interest a month. What amount?
loan-months = For how many months, 1 to { $high }?
loan-guarantor = { $missing } is not covered by your savings. Choose member { $number } of { $count } who vouches:
loan-guarantor-name = { $name }
loan-confirm = Borrow { $amount } from { $group }, { $months ->
        [one] 1 month
       *[other] { $months } months
    }
    To repay { $total }
    First { $first }
loan-confirm-vouched = { $count ->
        [0] Your savings answer for it.
        [one] One member is asked to vouch.
       *[other] { $count } members are asked to vouch.
    }
pin-why-loan = Ask for a loan of { $amount }
loan-cancelled = Cancelled. Nothing was asked for.
loan-asked = You asked for { $amount }. { $count ->
        [0] The officials decide now.
       *[other] The members who vouch are asked first, then the officials decide.
    } We tell you by SMS.
loan-none = You have no loan of this group.
loan-waits = Your request for { $amount }: { $vouched } of { $count } vouch, { $agreed } officials agree.
loan-withdraw = Withdraw the request
loan-withdrawn = Your request is withdrawn.
loan-stands = You owe { $payoff }.
    Next { $instalment } by { $day }
owed-loan-interest = Loan interest { $day }
owed-loan-principal = Loan { $day }
owed-loan = Loan: { $due_sum }
loan-late = Late: { $arrears }
loan-pay = Repay
loan-plan = See the plan
loan-plan-title = { $amount }, { $rate } a month
loan-plan-line = { $day }: { $total } (interest { $interest })
loan-pay-amount = What amount do you repay? All: { $payoff }. Now due: { $instalment }
loan-pay-confirm = Repay { $amount } to { $group }
    No fee
pin-why-repay = Repay { $amount } to { $group_name }
loan-paid = { $reference } Confirmed. You repaid { $amount } to { $group }, interest { $interest }. Still owed: { $left }.

loan-vouch-list = Members who ask you to vouch:
loan-vouch-option = { $whom }: { $amount }
loan-vouch-none = Nobody asks you to vouch.
loan-vouch = { $amount } for { $whom }
    Of a loan of { $total }. If it is not repaid, your savings pay this.
loan-vouch-yes = I vouch
loan-vouch-no = I do not
loan-vouch-later = Later
pin-why-vouch-loan = Vouch { $amount } for { $whom }
loan-vouched = You vouch { $amount } for { $whom }. So much of your savings is locked until it is repaid.
loan-not-vouched = You do not vouch. Only { $whom } is told.
loan-vouch-wait = Answer when you are ready.

loan-decide-list = Loans to decide:
loan-decide-option = { $whom }: { $amount }
loan-decide-none = No loan waits for you.
loan-decide = { $amount } for { $whom }
    { $months ->
        [one] 1 month
       *[other] { $months } months
    }, { $count } vouch
    Agree: { $agreed } of { $quota }
loan-agree = Agree
loan-refuse = Refuse
pin-why-decide-loan = Agree to { $amount } for { $whom }
pin-why-refuse-loan = Refuse { $amount } for { $whom }
loan-word-given = Your word counts. { $agreed } of { $quota } agree.
loan-now-paid = { $amount } was paid out to { $whom }.
loan-recover = { $whom } owes { $payoff }, { $days } days late. Take it from the savings that answer for it?
    Agree: { $agreed } of { $quota }
loan-recover-option = Late: { $whom }
pin-why-recover-loan = Take what { $whom } owes from savings
loan-now-taken = It was taken from the savings.

loan-group-list = { $group } has lent { $out } to { $count ->
        [one] one member
       *[other] { $count } members
    }. Late: { $late }. The pot holds { $held }.

loan-sms-vouch = { $group }: { $whom } asks you to vouch { $amount }. Answer: { $dialled }
loan-sms-vouched = { $group }: { $whom } vouches { $amount } for your loan.
loan-sms-not-vouched = { $group }: { $whom } does not vouch for your loan. Withdraw the request and ask somebody else.
loan-sms-decide = { $group }: a loan of { $amount } for { $whom } waits for your word: { $dialled }
loan-sms-rejected = { $group }: the officials do not give the loan that you asked for.
loan-sms-expired = { $group }: your request for a loan has expired. Nobody answers for it any more.
loan-sms-paid-out = { $group }: your loan of { $amount } is on your balance now.
loan-sms-lent = { $group }: { $amount } was lent to { $whom } from the loan pot, as the officials decided.
loan-sms-repaid = { $group }: your loan of { $amount } is repaid. Thank you.
loan-sms-paid-for-you = { $group }: { $whom } has repaid { $amount } of your loan.
loan-sms-soon = { $group }: { $amount } of your loan is due on { $day }. Repay: { $dialled }
loan-sms-late = { $group }: { $amount } of your loan was due on { $day }. You owe { $total } in all. Repay: { $dialled }
loan-sms-late-other = { $group }: the loan of { $whom } is late: { $amount } was due on { $day }.
loan-sms-taken = { $group }: { $amount } of your savings was taken for the late loan of { $whom }.
loan-sms-recovered = { $group }: { $amount } of the late loan of { $whom } was taken from the savings that answered for it.
loan-sms-written-off = { $group }: the members have given up { $amount } of your loan by their vote.
