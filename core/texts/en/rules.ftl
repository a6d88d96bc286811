### A group's constitution: one sentence for each article, the questions behind them, and the screens that show them

rule-numbered = { $number }. { $sentence }
rule-members = { $join_by ->
        [code] Up to { $most_members } members. Whoever has the group's code may join.
       *[invitation] Up to { $most_members } members. New members join by invitation.
    }
rule-joining = { $has_joining_fee ->
        [0] Joining costs nothing.
       *[1] Whoever joins pays { $joining_fee } once.
    }
rule-leaving = { $exit_notice_days ->
        [0] Whoever wants to leave may leave the same day.
        [one] Whoever wants to leave says so one day before.
       *[other] Whoever wants to leave says so { $exit_notice_days } days before.
    }
rule-suspension = { $missed_until_suspended ->
        [one] Whoever misses a contribution may be suspended.
       *[other] Whoever misses { $missed_until_suspended } contributions may be suspended.
    }
rule-contribution = { $frequency ->
        [weekly] Each member contributes { $contribution } every week, on { $day }.
        [biweekly] Each member contributes { $contribution } every two weeks, on { $day }.
       *[monthly] Each member contributes { $contribution } every month, on { $day }.
    }
rule-grace = { $grace_days ->
        [0] There are no extra days to pay.
        [one] There is one extra day to pay before a fine.
       *[other] There are { $grace_days } extra days to pay before a fine.
    }
rule-fine = { $by ->
        [none] Paying late carries no fine.
        [percent] { $fine_every ->
            [day] The fine for paying late is { $fine_percent }% of what is missing each day{ $capped ->
                [no] {""}
               *[yes] , { $fine_cap } at most
            }.
            [week] The fine for paying late is { $fine_percent }% of what is missing each week{ $capped ->
                [no] {""}
               *[yes] , { $fine_cap } at most
            }.
           *[once] The fine for paying late is { $fine_percent }% of what is missing, once{ $capped ->
                [no] {""}
               *[yes] , { $fine_cap } at most
            }.
        }
       *[amount] { $fine_every ->
            [day] The fine for paying late is { $fine } each day{ $capped ->
                [no] {""}
               *[yes] , { $fine_cap } at most
            }.
            [week] The fine for paying late is { $fine } each week{ $capped ->
                [no] {""}
               *[yes] , { $fine_cap } at most
            }.
           *[once] The fine for paying late is { $fine }, once{ $capped ->
                [no] {""}
               *[yes] , { $fine_cap } at most
            }.
        }
    }
rule-partial = { $partial_payments ->
        [0] A contribution is paid in one amount.
       *[1] A contribution may be paid in parts.
    }
rule-allocation = What a member pays goes in this order: { $pot1 }, { $pot2 }, { $pot3 }, { $pot4 }, { $pot5 }.
rule-rotation = { $rotation_order ->
        [agreed] The members agree on the order of the merry-go-round.
        [vote] The members vote on the order of the merry-go-round.
       *[draw] The order of the merry-go-round is drawn by lot.
    }
rule-shortfall = { $rotation_shortfall ->
        [wait] If money is missing on a turn, it waits up to { $rotation_wait_days } days until all have paid.
        [reserve] If money is missing on a turn, the reserve adds what it can, and those who are late owe it.
       *[pay_what_came] If money is missing on a turn, what came is paid and the rest follows.
    }
rule-welfare = { $has_welfare ->
        [0] There is no welfare fund.
       *[1] Welfare: { $welfare } each time. A claim is { $welfare_most } at most, after { $welfare_waiting_days } days as a member.
    }
rule-netting = { $rotation_netting ->
        [0] A turn is paid whole, also to who is late with earlier turns.
       *[1] What a member is late with at earlier turns is taken from her own turn.
    }
rule-payout = { $rotation_payout ->
        [account] A turn of the merry-go-round stays in the member's account here.
       *[phone] A turn of the merry-go-round goes to the member's M-PESA; M-PESA's charge and our fee are taken from it.
    }
rule-seconding = { $seconders ->
        [0] No proposal needs a seconder.
        [one] Rules, removals, the group's end and what no official proposes need a seconder before the vote.
       *[other] Rules, removals, the group's end and what no official proposes need { $seconders } seconders before the vote.
    }
rule-attendance = { $has_absence_fine ->
        [0] { $has_lateness_fine ->
            [0] Meetings carry no fine.
           *[1] Whoever is late to a meeting pays { $lateness_fine }.
        }
       *[1] { $has_lateness_fine ->
            [0] Whoever is absent from a meeting without an apology pays { $absence_fine }.
           *[1] Whoever is absent from a meeting without an apology pays { $absence_fine }, whoever is late { $lateness_fine }.
        }
    }
rule-signers = { $signer_wait_hours ->
        [0] New officials can approve payments at once.
        [one] New officials can approve payments after 1 hour.
       *[other] New officials can approve payments after { $signer_wait_hours } hours.
    }
rule-benefits = Welfare pays up to: death { $welfare_bereavement }, hospital { $welfare_hospital }, birth { $welfare_birth }, wedding { $welfare_wedding }.
rule-kitty = A member gets at most { $welfare_yearly } of welfare in 12 months. Below { $welfare_floor } all are asked to fill the fund.
rule-shares = A share costs { $share_price }. A member buys up to { $most_shares } at a meeting.
rule-loans = { $loan_multiple ->
        [0] The group gives no loans.
       *[other] A loan is { $loan_multiple } times the member's savings at most, after { $loan_waiting_days } days as a member.
    }
rule-interest = { $loan_method ->
        [flat] A loan costs { $loan_interest }% of the whole loan a month and ends within { $loan_months } months.
       *[reducing] A loan costs { $loan_interest }% of what is still owed a month and ends within { $loan_months } months.
    }
rule-guarantors = { $loan_guarantors ->
        [0] A loan needs no guarantors.
        [one] A loan needs one guarantor.
       *[other] A loan needs { $loan_guarantors } guarantors.
    }
rule-lending = { $loan_reserve }% of the loan money is never lent.
rule-approvals = { $padlock ->
        [0] Each payment needs { $approvals } officials.
       *[1] Each payment needs { $approvals } officials and one ordinary member, drawn by lot each quarter.
    }
rule-spending = A payment above { $vote_above } needs the members' vote.
rule-petty = { $has_petty_cash ->
        [0] The treasurer pays nothing alone.
       *[1] The treasurer may pay { $petty_cash } a week alone; everybody sees it.
    }
rule-limits = { $has_reserve ->
        [0] Payments: { $daily_limit } a day and { $weekly_limit } in seven days at most.
       *[1] Payments: { $daily_limit } a day and { $weekly_limit } in seven days at most; { $reserve } always stays.
    }
rule-objection = { $pay_delay_hours ->
        [0] An approved payment goes out at once.
        [one] An approved payment waits one hour: { $objectors } members can stop it.
       *[other] An approved payment waits { $pay_delay_hours } hours: { $objectors } members can stop it.
    }
rule-codes = { $officials_two_factor ->
        [0] Officials approve with their PIN.
       *[1] Officials approve with their PIN and a code of their authenticator app.
    }
rule-voting = { $voting_days ->
        [one] A vote is open for one day. It counts when { $quorum }% vote; for rules, removals and big payments { $quorum_special }%.
       *[other] A vote is open { $voting_days } days. It counts when { $quorum }% vote; for rules, removals and big payments { $quorum_special }%.
    }
rule-execution = { $execution_hours ->
        [0] What is passed counts at once.
        [one] What is passed counts one hour later.
       *[other] What is passed counts { $execution_hours } hours later.
    }
rule-elections = { $secret_elections ->
        [0] Elections are open: everybody sees who voted how.
       *[1] Elections are secret.
    }
rule-voters = { $voter_days ->
        [0] Every member may vote who has missed { $voter_missed } contributions at most.
       *[other] Members of { $voter_days } days may vote who have missed { $voter_missed } contributions at most.
    }
rule-meetings = { $meeting_frequency ->
        [weekly] The group meets every week.
        [biweekly] The group meets every two weeks.
        [never] The group holds no regular meetings.
       *[monthly] The group meets every month.
    }

day-of-month = day { $days }
last-of-month = the last day
pot-fines = fines
pot-loan_interest = loan interest
pot-loan_principal = loan
pot-contribution = contribution
pot-welfare = welfare

ask-most_members = How many members at most? { $low } to { $high }:
ask-join_by = How do new members join?
ask-joining_fee = What does joining cost? KES { $low } to { $high }:
ask-exit_notice_days = How many days before leaving must a member say so? { $low } to { $high }:
ask-missed_until_suspended = After how many missed contributions may a member be suspended? { $low } to { $high }:
ask-contribution = How much does each member contribute each time? KES { $low } to { $high }:
ask-frequency = How often do members contribute?
ask-due_day = On which day is it due? Of the month 1 to { $high } ({ $high } is its last day), or of the week 1 (Monday) to 7 (Sunday):
ask-grace_days = How many extra days to pay before a fine? { $low } to { $high }:
ask-partial_payments = May a contribution be paid in parts?
ask-fine = What is the fine for paying late? KES { $low } to { $high }:
ask-fine_percent = Or a percentage of what is missing, up to { $high }%:
ask-fine_every = How often is the fine charged?
ask-fine_cap = How much can the fines for one payment be at most? KES { $low } to { $high }:
ask-allocation = In which order is a payment used? 1 fines, 2 loan interest, 3 loan, 4 contribution, 5 welfare. Type all five, such as 12345:
ask-rotation_order = How is the order of the merry-go-round found?
ask-rotation_shortfall = What if money is missing on a turn?
ask-rotation_wait_days = How many days does a turn wait for money at most? { $low } to { $high }:
ask-welfare = How much for welfare each time? KES { $low } to { $high }:
ask-welfare_waiting_days = After how many days as a member may she claim welfare? { $low } to { $high }:
ask-welfare_most = How much can one welfare claim be at most? KES { $low } to { $high }:
ask-rotation_payout = Where does a turn go?
ask-rotation_netting = Is what a member is late with taken from her own turn?
ask-welfare_bereavement = How much for a death in the family? KES { $low } to { $high }:
ask-welfare_hospital = How much for hospital? KES { $low } to { $high }:
ask-welfare_birth = How much for a birth? KES { $low } to { $high }:
ask-welfare_wedding = How much for a wedding? KES { $low } to { $high }:
ask-welfare_yearly = How much welfare can one member get in 12 months? KES { $low } to { $high }:
ask-welfare_floor = Below what amount are all asked to fill the welfare fund? KES { $low } to { $high }:
ask-share_price = What does a share cost? KES { $low } to { $high }:
ask-most_shares = How many shares may a member buy at a meeting? { $low } to { $high }:
ask-loan_multiple = How many times her savings may a member borrow? { $low } (no loans) to { $high }:
ask-loan_interest = How much interest a month? { $low } to { $high }%:
ask-loan_method = On what is interest counted?
ask-loan_months = Within how many months is a loan paid back? { $low } to { $high }:
ask-loan_guarantors = How many guarantors does a loan need? { $low } to { $high }:
ask-loan_waiting_days = After how many days as a member may she borrow? { $low } to { $high }:
ask-loan_reserve = How much of the loan money is never lent? { $low } to { $high }%:
ask-approvals = How many officials must approve a payment? { $low } to { $high }:
ask-padlock = Must one ordinary member, drawn each quarter, approve too?
ask-vote_above = Above what amount do all members vote? KES { $low } to { $high }:
ask-petty_cash = How much may the treasurer pay alone in a week? KES { $low } to { $high }:
ask-daily_limit = How much may be paid in a day at most? KES { $low } to { $high }:
ask-weekly_limit = How much may be paid in seven days at most? KES { $low } to { $high }:
ask-reserve = How much must always stay? KES { $low } to { $high }:
ask-pay_delay_hours = How many hours does an approved payment wait? { $low } to { $high }:
ask-objectors = How many members can stop a payment? { $low } to { $high }:
ask-officials_two_factor = Must officials also type a code of their authenticator app?
ask-voting_days = How many days is a vote open? { $low } to { $high }:
ask-quorum = How many of 100 members must vote? { $low } to { $high }:
ask-quorum_special = And for rules, removals and big payments? { $low } to { $high } of 100:
ask-execution_hours = How many hours after the vote does it count? { $low } to { $high }:
ask-secret_elections = Are elections secret?
ask-voter_days = After how many days as a member may she vote? { $low } to { $high }:
ask-voter_missed = How many contributions may a voter have missed? { $low } to { $high }:
ask-absence_fine = Fine for being absent from a meeting? KES { $low } to { $high }, 0 for none:
ask-lateness_fine = Fine for being late to a meeting? KES { $low } to { $high }, 0 for none:
ask-meeting_frequency = How often does the group meet?

ask-seconders = How many others must second a rule, a removal, or what no official proposes? { $low } to { $high }:
ask-signer_wait_hours = How many hours does a new official wait before approving payments? { $low } to { $high }:

ask-none = Type N for none.

answer-yes = Yes
answer-no = No
answer-invitation = By invitation
answer-code = By the group's code
answer-monthly = Every month
answer-weekly = Every week
answer-biweekly = Every two weeks
answer-never = No regular meetings
answer-once = Once
answer-day = Each day
answer-week = Each week
answer-draw = By lot
answer-agreed = Members agree
answer-vote = By vote
answer-pay_what_came = Pay what came, the rest follows
answer-wait = Wait until all have paid
answer-reserve = The reserve adds it
answer-phone = To the member's M-PESA
answer-account = To her account here
answer-reducing = What is still owed
answer-flat = The whole loan

subject-belonging = Joining and leaving
subject-contributions = Contributions and fines
subject-pots = Merry, welfare, shares
subject-loans = Loans
subject-money = The group's money
subject-votes = Votes and meetings

rules-door = Rules
rules-menu = { $group }: rules, version { $version }
rules-changes = What changed
rules-document = As a document
rules-document-sent = The rules will appear here as a document in a moment.
rules-subject = { $subject }
rules-answer = Change an answer
rules-which = Which rule?
rules-confirm = The new rule:
    { $sentence }
rules-unchanged = Nothing was changed.
rules-changed = The rule is changed. It counts from now on: { $sentence }
pin-why-rules = To change a rule of your group
rules-version = Version { $version } from { $at }: { $because }
rules-no-changes = These rules have not been changed since the group was started.
rules-since = What changed in the rules of { $group }:
rules-was = Before: { $sentence }
rules-is = Now: { $sentence }
because-founding = the group was started
because-answered = answered by { $name } before others joined
because-other = { $reason }
document-rules = { $group }: the rules, version { $version }
document-rules-from = In force from { $at }. Who decided: { $because }.
document-rules-next = From { $at } on version { $version } counts, which changes:
document-rules-end = These sentences are made from the rules that the system applies. Only a vote of the members changes them.
error-rules-fixed = Others have joined, so only a vote of the members can change the rules now.
error-rules-moved = The rules of { $group } have changed meanwhile. Read them again, then decide.
sms-rules-change = { $in_group }: { $because }. From { $at } rule { $sentence }
