### Welfare

error-welfare-too-small = The smallest payment into the welfare fund is { $low }.
error-not-a-benefit = The rules of the group let the fund pay { $high } for this at most.
error-bad-claim-reason = Say why in a few words, 2 to { $most } characters.
error-still-waiting = The fund helps you from { $at } on: the rules ask for some time of membership first.
error-year-used = The fund can pay you { $left } more within these twelve months.
error-claim-is-open = You have a claim that is not decided yet.
error-no-claim = This claim was decided already, or it is over.
error-own-claim = Nobody decides on her own claim.
error-kitty-short = The welfare fund has only { $available }. Your word was not counted; it can be given again later.

door-welfare = Welfare
welfare-menu = Welfare fund of { $group }. Regular payment: { $regular }.
welfare-pay = Pay welfare
welfare-claim = Ask for help
welfare-table = What it pays for
welfare-fund = Fund and my claims
welfare-decide = Claims to decide
welfare-amount = What amount do you pay into the welfare fund? Regular: { $regular }
welfare-confirm = Pay { $amount } to the welfare fund of { $group }
    No fee
pin-why-welfare-pay = Pay { $amount } to the welfare fund
welfare-cancelled = Cancelled. Nothing was done.
welfare-paid = { $reference } Confirmed. { $amount } paid to the welfare fund of { $group }. Fund { $total }. Balance { $balance }.
welfare-bereavement = Bereavement
welfare-hospital = Hospital
welfare-birth = Birth
welfare-wedding = Wedding
welfare-benefit-line = { $benefit }: up to { $high }
welfare-table-head = The welfare fund of { $group } helps with:
welfare-table-none = The rules of { $group } name nothing that the fund pays for.
welfare-table-rules = Up to { $year } a year, after { $days_waiting } days of membership.
welfare-for-what = What do you need help for?
welfare-how-much = { $benefit }: what amount do you ask for? Up to { $high }:
welfare-why = Why? A few words; those who decide read them:
welfare-claim-confirm = Ask for { $amount } from { $group } ({ $benefit })
    { $reason }
pin-why-welfare-claim = Ask the welfare fund for { $amount }
welfare-claimed = Claim { $number } is in. The officials are asked; you will hear from us.
welfare-put-to-vote = Claim { $number } is in. No other official is there, so the members decide: vote { $vote }, until { $until }. All are told.
welfare-fund-head = Welfare fund of { $group }: { $total }. You paid in { $mine }.
welfare-fund-left = You can get { $left } more this year.
welfare-fund-observer = It helps members; you observe this group.
welfare-fund-waits = It helps you from { $at } on.
welfare-claim-line = Claim { $number }, { $amount }: { $state }
welfare-is-open = waits
welfare-is-paid = paid
welfare-is-refused = refused
welfare-is-lapsed = not decided in time
welfare-which = Which claim?
welfare-which-line = Claim { $number }: { $amount }
welfare-none-waits = No claim waits for your word.
welfare-one = { $amount } to { $person }?
    { $benefit }: { $reason }
    Approved: { $count } of { $needed_approvals }
welfare-approve = Approve
welfare-refuse = Refuse
welfare-back = Welfare
pin-why-welfare-approve = Approve { $amount } to { $person }
pin-why-welfare-refuse = Refuse { $amount } to { $person }
welfare-decided-waiting = Noted. It waits for the other officials.
welfare-decided-paid = { $amount } is paid to { $person }. All members are told.
welfare-decided-refused = The claim is refused. { $person } is told.

sms-welfare-asked = { $group }: { $person } asks the welfare fund for { $amount }. Decide: { $dialled }
sms-welfare-paid = { $in_group } welfare: { $amount } to { $person } ({ $benefit }). By { $names }. Fund: { $total }.
sms-welfare-low = { $group }: the welfare fund is down to { $total }, below { $floor }. Pay your { $regular }: { $dialled }
sms-welfare-refused = { $group }: your claim of { $amount } is not paid. { $cause ->
        [officials] The officials did not approve it. You can ask them why.
        [vote] It did not pass the members' vote.
        [cancelled] It was taken back.
        [lapsed] The vote lapsed.
        [ended] The group is being ended.
        [kitty-short] It passed, but the fund held too little.
        [year-used] It passed, but it is more than the fund pays in a year.
       *[other] It passed, but the rules do not let the fund pay it any more.
    }
