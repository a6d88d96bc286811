### Votes

bot-command-vote = Votes that wait for you
votes-door = Votes
votes-menu = Votes of { $name }
votes-mine = { $count ->
        [0] No vote is open in your groups.
       *[other] Votes in your groups:
    }
votes-item-todo = { $what } ({ $number }, you have not voted)
votes-item-done = { $what } ({ $number }, you have voted)
votes-item-waiting = { $what } ({ $number }, needs a seconder)
votes-item-gathering = { $what } ({ $number }, candidates)
votes-item-passed = { $what } ({ $number }, passed)
votes-item-open = { $what } ({ $number })
votes-in-group = { $group }: { $item }
votes-new = Propose something
votes-results = Results
votes-proxy = My representative
votes-none-yet = Nothing has been voted on yet.

matter-words = { $words }
matter-spend = { $amount } to { $receiver }: { $for_what }
matter-rule = { $rule }: { $old } -> { $new }
matter-election = Election: { $role }
matter-expulsion = Remove { $of_whom } from the group
matter-dissolution = End the group and share out
matter-write-off = Forgive { $of_whom } { $amount } of debt
matter-welfare = Welfare, { $amount } to { $of_whom } ({ $benefit })
matter-turns = Merry { $round }, order of hands: { $order }

votes-open = Vote { $number }: { $what }
    Open until { $until }
votes-open-secret = Secret vote { $number }: { $what }
    Open until { $until }
votes-waiting = Proposal { $number }: { $what }
    { $still ->
        [one] Somebody has to second it by { $until }
       *[other] { $still } more have to second it by { $until }
    }
votes-gathering = { $what }
    Candidates stand until { $until }
votes-passed = Vote { $number } passed: { $what }
votes-over = Vote { $number }: { $what }
votes-you-voted = You voted: { $answer }. You can change it.
votes-you-voted-secret = You have voted. You can change it.
votes-claim-reason = Reason: { $reason }
votes-no-list = You have no vote on this: you were not on the list when it was proposed.
votes-observer = You observe this group and have no vote in it.
votes-yes = Yes
votes-no = No
votes-abstain = Abstain
votes-nobody = None of them
votes-option = { $option }
votes-try = Try first
votes-more = More
votes-second = Second it
votes-stand = I stand
votes-withdraw = I do not stand
votes-nominate = Put somebody forward
votes-object = Object
votes-cancel = Take it back
votes-represent = Let somebody vote for me
votes-candidate-asked = { $option } (asked)
votes-candidate-accepted = { $option } stands
votes-candidate-declined = { $option } does not stand
votes-by = Proposed by { $mover }
votes-seconded = Seconded by { $seconder }
votes-rule-of = { $eligible } may vote. Quorum { $quorum }.
votes-end-early = It ends early when nothing can change the result.
votes-details = Vote { $number }

pin-why-vote = { $answer ->
        [yes] Vote { $number }: YES
        [no] Vote { $number }: NO
        [abstain] Vote { $number }: ABSTAIN
        [secret] Secret vote { $number }
       *[other] Vote { $number }: { $answer }
    }
    { $about }
pin-why-propose = Propose to { $name }:
    { $about }
pin-why-second = Second proposal { $number }
pin-why-stand = Stand in election { $number }
pin-why-not-standing = Not stand in election { $number }
pin-why-nominate = Put { $nominee } forward
pin-why-object = Object to vote { $number }
pin-why-cancel = Take back proposal { $number }
pin-why-proxy = Let { $holder } vote for you
pin-why-proxy-end = End what { $holder } does for you

votes-cast = { $answer ->
        [yes] You voted YES on { $number }.
        [no] You voted NO on { $number }.
        [abstain] You abstained on { $number }.
       *[other] You voted for { $answer } on { $number }.
    } You can change it until { $until }.
votes-cast-secret = Your secret vote on { $number } is in. Nobody sees what you chose. You can change it until { $until }.
votes-proposed-open = Proposal { $number } is open for votes until { $until }. All members are told.
votes-proposed-waiting = Proposal { $number } is written. { $still ->
        [one] Another member has to second it by { $until }.
       *[other] { $still } other members have to second it by { $until }.
    } All members are told.
votes-proposed-gathering = Election { $number }: candidates stand until { $until }, then the vote opens. All members are told.
votes-seconded-still = You seconded proposal { $number }. { $still ->
        [one] One more member has to second it by { $until }.
       *[other] { $still } more have to second it by { $until }.
    }
votes-now-seconded = You seconded proposal { $number }. It is open for votes until { $until }.
votes-now-standing = You stand in election { $number }.
votes-now-withdrawn = You do not stand in election { $number }.
votes-now-asked = We ask { $nominee }. Only those who accept can be voted for.
votes-now-objected = { $still ->
        [0] You objected. That was enough: it is voted on again.
        [one] You objected. One more objection and it is voted on again.
       *[other] You objected. { $still } more objections and it is voted on again.
    }
votes-now-cancelled = Proposal { $number } is taken back.
votes-not-done = Nothing was done.

votes-new-what = What do you propose?
votes-new-motion = A decision
votes-new-spend = A payment from the treasury
votes-new-rule = Another rule
votes-new-election = An election
votes-new-poll = A poll
votes-new-expulsion = To remove a member
votes-new-write-off = To forgive a debt
votes-new-dissolution = To end the group
votes-new-turns = An order of turns
votes-whose-debt = Whose debt?
votes-no-debt = Nobody owes the group on a loan.
votes-words = Write it in 3 to 60 characters:
votes-reason = What is the payment for? 3 to 30 characters:
votes-amount = What amount is to be paid?
votes-payee = Phone number of who is to be paid:
votes-options = Write 2 to 5 options with commas between them:
votes-office = Which office?
votes-who = Which member?
votes-chapter = About what?
votes-question = Which rule?
votes-answer = { $rule }. Now: { $old }. From { $low } to { $high }. Your proposal:
votes-answer-order = What a payment covers first. Type the order, like 21345: 1 fines 2 interest 3 loan 4 contribution 5 welfare
votes-pick = { $rule }. Now: { $old }. Your proposal:
votes-confirm = { $what }
    Propose it to { $name }?
votes-to-number = Number: { $phone }
votes-confirm-open = Votes are taken at once.
votes-confirm-second = { $still ->
        [one] Another member has to second it.
       *[other] { $still } other members have to second it.
    }
votes-confirm-candidates = First candidates stand, then it is voted on.
votes-confirm-rule = If it passes it counts from { $at }.

votes-chapter-belonging = Joining and leaving
votes-chapter-contributions = Contributions
votes-chapter-fines = Fines
votes-chapter-rotation = Merry-go-round
votes-chapter-welfare = Welfare and shares
votes-chapter-loans = Loans
votes-chapter-spending = Spending
votes-chapter-approving = Approvals
votes-chapter-votes = Votes and meetings
votes-chapter-benefits = What welfare pays

rule-label-most-members = Most members
rule-label-join-by = How one joins
rule-label-joining-fee = Joining fee
rule-label-exit-notice-days = Notice before leaving
rule-label-missed-until-suspended = Missed until suspended
rule-label-contribution = Contribution
rule-label-frequency = How often it is due
rule-label-due-day = Day it is due
rule-label-grace-days = Days of grace
rule-label-partial-payments = Paying in parts
rule-label-fine = Fine for being late
rule-label-fine-percent = Fine in percent
rule-label-fine-every = How often it is fined
rule-label-fine-cap = Most that is fined
rule-label-allocation = What is covered first
rule-label-rotation-order = Order of turns
rule-label-rotation-shortfall = When money is missing for a turn
rule-label-rotation-wait-days = Wait for missing money
rule-label-welfare = Welfare contribution
rule-label-welfare-waiting-days = Membership before welfare
rule-label-welfare-most = Most for one welfare claim
rule-label-share-price = Price of a share
rule-label-most-shares = Most shares at a meeting
rule-label-loan-multiple = Loan, times the savings
rule-label-loan-interest = Loan interest a month
rule-label-loan-method = How interest is counted
rule-label-loan-months = Longest loan
rule-label-loan-guarantors = Guarantors of a loan
rule-label-loan-waiting-days = Membership before a loan
rule-label-loan-reserve = Part that is never lent
rule-label-approvals = Officials who approve
rule-label-padlock = A member approves too
rule-label-vote-above = Spending needs a vote above
rule-label-petty-cash = Petty cash a week
rule-label-daily-limit = Most that is spent a day
rule-label-weekly-limit = Most that is spent a week
rule-label-reserve = Reserve in the treasury
rule-label-pay-delay-hours = Wait before a payment
rule-label-objectors = Members who can stop it
rule-label-officials-two-factor = Officials use a second code
rule-label-voting-days = How long a vote is open
rule-label-quorum = Quorum
rule-label-quorum-special = Quorum for rules and removal
rule-label-execution-hours = Wait after a vote
rule-label-secret-elections = Elections are secret
rule-label-voter-days = Membership before voting
rule-label-voter-missed = Missed and may still vote
rule-label-meeting-frequency = How often we meet
rule-label-absence-fine = Fine for being absent
rule-label-lateness-fine = Fine for coming late
rule-label-rotation-netting = Arrears taken from one's turn
rule-label-rotation-payout = Where a turn goes
rule-label-welfare-bereavement = Welfare for a death
rule-label-welfare-hospital = Welfare for hospital
rule-label-welfare-birth = Welfare for a birth
rule-label-welfare-wedding = Welfare for a wedding
rule-label-welfare-yearly = Most welfare in 12 months
rule-label-welfare-floor = Least in the welfare fund
rule-label-seconders = Who has to second it
rule-label-signer-wait-hours = New officials wait
rule-answer-money = { $amount }
rule-answer-percent = { $percent }%
rule-answer-yes = yes
rule-answer-no = no
rule-answer-order = { $foremost } first
rule-answer-days = { $count ->
        [one] 1 day
       *[other] { $count } days
    }
rule-answer-hours = { $count ->
        [one] 1 hour
       *[other] { $count } hours
    }
rule-answer-months = { $count ->
        [one] 1 month
       *[other] { $count } months
    }
rule-answer-number = { $count }
rule-word-invitation = by invitation
rule-word-code = with the code
rule-word-monthly = monthly
rule-word-weekly = weekly
rule-word-biweekly = every 2 weeks
rule-word-never = never
rule-word-once = once
rule-word-day = each day
rule-word-week = each week
rule-word-draw = by lot
rule-word-agreed = as agreed
rule-word-vote = by vote
rule-word-pay-what-came = pay what came
rule-word-wait = wait
rule-word-reserve = use the reserve
rule-word-phone = to M-PESA
rule-word-account = to the account
rule-word-reducing = on what is left
rule-word-flat = flat
rule-word-fines = fines
rule-word-loan-interest = interest
rule-word-loan-principal = loan
rule-word-contribution = savings
rule-word-welfare = welfare

vote-passed = PASSED
vote-won = { $winner } WINS
vote-chosen = { $winner } WINS
vote-rejected = FAILED
vote-tie = FAILED (a tie)
vote-no-quorum = FAILED (too few voted)
vote-quorum-reached = Quorum { $quorum } reached.
vote-quorum-missed = Quorum { $quorum } not reached.
vote-sum = { $voted } of { $eligible } voted: Yes { $yes }, No { $no }, Abstain { $abstain }. { $reached }
vote-sum-options = { $voted } of { $eligible } voted, most for one { $best }, Abstain { $abstain }. { $reached }
vote-option-line = { $option }: { $count }
vote-nobody-line = None of them: { $count }
vote-takes-effect = Takes effect { $at }.
vote-executed = Carried out { $at }.
vote-refused = { $cause ->
        [hands-changed] Not carried out: somebody with a hand has left the group. Officials call that merry-go-round off.
        [kitty-short] Not carried out: the welfare fund held too little.
        [year-used] Not carried out: it was more than the fund pays a member in a year.
        [not-a-member] Not carried out: the member is no longer in the group.
        [group-ends] Not carried out: the group is being ended.
        [no-round] Not carried out: that merry-go-round has begun or was called off.
       *[other] It could not be carried out any more. Whoever still wants it can propose it again.
    }
vote-turns-part = { $first }-{ $last }: { $order }
vote-objected = Members objected: it is voted on again.
votes-result = Vote { $number }: { $what }
    { $outcome }
votes-result-sum = { $sum }

sms-vote-opened = { $chama }: vote { $number }, { $what } (by { $until }). { $dialled }
sms-vote-reminder = { $chama }: vote on { $number }, { $what }, by { $until }! { $dialled }
sms-vote-waiting = { $chama }: { $number }, { $what } needs a seconder by { $until }. { $dialled }
sms-vote-gathering = { $chama }: { $number }, { $what } (candidates stand until { $until })
sms-vote-asked = { $chama }: do you stand in { $number }, { $what }? By { $until }: { $dialled }
sms-vote-cancelled = { $chama }: proposal { $number } was taken back. { $what }
sms-vote-lapsed = { $chama }: proposal { $number } lapsed, nobody came forward. { $what }
sms-vote-result = { $chama }, vote { $number }: { $outcome }. { $sum }
sms-vote-result-effect = { $chama }, vote { $number }: { $outcome }. { $sum } In effect { $at }.
sms-vote-executed = { $chama }: vote { $number } is carried out. { $what }
sms-vote-refused = { $chama }: vote { $number } is not carried out{ $cause ->
        [hands-changed] , somebody with a hand has left
        [kitty-short] , the welfare fund holds too little
        [year-used] , it is more than the fund pays in a year
        [not-a-member] , the member is no longer in the group
        [group-ends] , the group is being ended
        [no-round] , the round has begun or was called off
       *[other] { "" }
    }. { $what }
sms-vote-objected = { $chama }: members objected to vote { $number }. There is a new vote. { $what }

minutes-vote = Vote { $number }, { $what }: { $outcome }.
minutes-vote-by = { $sum } Moved by { $mover }.
minutes-vote-seconded = { $sum } Moved by { $mover }, seconded by { $seconder }.

votes-proxy-none = Nobody votes for you. A member can, where you do not vote yourself; your own vote always wins.
votes-proxy-some = They vote where you do not:
votes-proxy-line-all = { $holder }, all votes, until { $until }
votes-proxy-line-category = { $holder }, one kind of vote, until { $until }
votes-proxy-line-proposal = { $holder }, one proposal, until { $until }
votes-proxy-give = Choose somebody
votes-proxy-end = End with { $holder }
votes-proxy-scope = For which votes? Elections and secret votes are always your own.
votes-proxy-all = All of them
votes-proxy-motion = Decisions
votes-proxy-spend = Payments
votes-proxy-rule = Rules
votes-proxy-poll = Polls
votes-proxy-days = For how long?
votes-proxy-for = { $count } days
votes-proxy-given = { $holder } votes for you until { $until } where you do not vote yourself.
votes-proxy-ended = { $holder } no longer votes for you.

try-title = If { $number } passes:
try-treasury = Treasury { $before } -> { $after }
try-too-little = The treasury holds too little: { $needed } would be missing.
try-reserve = That is below the reserve of { $reserve }.
try-day-limit = At most { $limit } is paid a day, fees included, so it could not be paid.
try-fees = Fees of { $fee } come on top.
try-others = { $count ->
        [one] One other payment of { $amount } that is voted on could no longer be made.
       *[other] { $count } other payments, { $amount } in all, that are voted on could no longer be made.
    }
try-rule = { $rule }: now { $old }, then { $new }, from { $at }
try-replay-quorum = { $count ->
        [0] Of the last { $of } votes none would have ended differently.
        [one] Of the last { $of } votes one would have ended differently.
       *[other] Of the last { $of } votes { $count } would have ended differently.
    }
try-replay-fines = { $late ->
        [0] In the last { $months } months nobody would have been fined, now or then.
        [one] One payment was late in the last { $months } months: fines now { $before }, then { $after }.
       *[other] { $late } payments of { $members } members were late in the last { $months } months: fines now { $before }, then { $after }.
    }
try-voters = Today { $after } members could vote instead of { $before }.
try-election = { $option } becomes { $role }
try-election-instead = { $option } becomes { $role } instead of { $holder }
try-vacant = The office of { $role } would be empty
try-expulsion = { $of_whom } leaves; { $count } members stay
try-dissolution = Nothing new would be taken. { $total } would be shared out among { $count } members, by what each has put in.
try-fund = Welfare fund { $before } -> { $after }
try-fund-too-little = The welfare fund holds too little: { $needed } would be missing.
try-turns = The first turn would be on { $begins }. Turns:
try-turns-part = { $order }
try-record = The result is written down. Nothing else happens by itself.
try-nothing = Nobody stands yet.

error-unknown-proposal = There is no such proposal in your groups.
error-bad-proposal = { $reason ->
        [words] Use 3 to 60 letters and numbers that every phone can show (a reason: 3 to 30).
        [options] Give 2 to 5 different options, each of at most 24 characters.
        [same] That is the rule already.
        [self] You cannot propose to remove yourself. You can leave the group.
        [amount] The amount must be above zero.
        [observer] An observer watches and does not propose.
       *[gone] This member is no longer in the group.
    }
error-too-many-proposals = You have { $most } proposals that are not decided yet. Wait for one of them.
error-nobody-may-vote = By the group's rules nobody has a vote at this moment.
error-not-a-voter = You have no vote on this: only those who were on the list when it was proposed, and are still members.
error-vote-not-open = { $number } is not open for votes. The vote is over or has not begun.
error-not-a-choice = This cannot be chosen in this vote.
error-cannot-second = It needs no seconder any more, you proposed it yourself, or you seconded it already.
error-cannot-cancel = Only the one who proposed it can take it back, and only before the first vote.
error-cannot-stand = { $reason ->
        [over] It is too late: the candidates are known.
        [many] There are 6 candidates already.
        [already] This member is a candidate already or was asked.
       *[member] Only members of the group who are not observers can stand.
    }
error-cannot-delegate = { $reason ->
        [self] You vote for yourself anyway.
        [chain] This member is represented by somebody else. Choose one who votes.
        [holds] You vote for others, so you cannot pass your vote on.
        [full] This member votes for two others already.
        [kind] Nobody can vote for you on this.
        [dates] Choose 1 to 365 days.
       *[member] Only members of the group who are not observers can vote for you.
    }
error-cannot-object = You cannot object to this now, or you have already.
error-cannot-carry-out = What was decided can no longer be carried out.
error-not-carried-out-yet = This is carried out later, from { $at }.
