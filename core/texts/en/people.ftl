### People of a group: joining, inviting, offices, standing, leaving

kind-chama = Chama
kind-harambee = Harambee
kind-merry_go_round = Merry-go-round
kind-savings = Savings group
kind-investment = Investment group
kind-community = Community group
groups-kind = What is the group for?
group-found = Start { $name } ({ $kind })? Its rules at first:
group-found-more = You can change each answer until somebody joins: Groups, More, Rules.
groups-waiting = { $count ->
        [one] One thing waits for you
       *[other] { $count } things wait for you
    }
group-suspended = { $name } (suspended)

join-code = Enter the code: the group's (6 digits) or your invitation's (8 digits):
join-waiting = This waits for your word:
join-invited-to = Join { $group }
join-offered = { $role } of { $group }
join-start = { $observer ->
        [1] See { $name } as an observer, without money and vote? You accept its rules (version { $version }):
       *[0] { $count ->
            [one] Join { $name }? It has one member. You accept its rules (version { $version }):
           *[other] Join { $name }? It has { $count } members. You accept its rules (version { $version }):
        }
    }
join-start-small = { $observer ->
        [1] See { $name } as an observer? You see all, pay nothing and have no vote.
       *[0] { $count ->
            [one] Join { $name }? It has one member. Read what its rules cost first.
           *[other] Join { $name }? It has { $count } members. Read what its rules cost first.
        }
    }
join-costs = What it costs
join-all-rules = All rules
join-read-on = Read on
join-accept = I accept the rules
join-costs-paying = { $has_joining_fee ->
        [0] Joining is free.
       *[1] To join: { $joining_fee }.
    } Then { $contribution } { $frequency ->
        [weekly] a week
        [biweekly] every 2 weeks
       *[monthly] a month
    }. Late: { $by ->
        [none] no fine.
        [percent] { $fine_percent }% { $fine_every ->
            [day] a day
            [week] a week
           *[once] once
        }{ $capped ->
            [no] {""}
           *[yes] , { $fine_cap } at most
        }.
       *[amount] { $fine } { $fine_every ->
            [day] a day
            [week] a week
           *[once] once
        }{ $capped ->
            [no] {""}
           *[yes] , { $fine_cap } at most
        }.
    }
join-costs-rest = { $has_welfare ->
        [0] No welfare fund.
       *[1] Welfare: { $welfare } each time.
    } A share: { $share_price }. { $loan_multiple ->
        [0] No loans.
       *[other] Loans: { $loan_interest }% a month.
    } { $exit_notice_days ->
        [0] Leaving: at once.
       *[other] Leaving: { $exit_notice_days } days before.
    }
join-decline = No, thank you
group-observed = You see { $name } as an observer now.
group-asked = Your request is with the officials of { $name }. You will be told when they have decided.
error-invitation-over = This invitation is not for your number, has been used, or is over. Ask the group for a new one.
error-too-many-invitations = That is enough for a day: { $most } invitations. Try again tomorrow.
error-join-request-over = This request has been answered already.
error-too-many-join-requests = { $most } groups have not answered you yet. Wait for one of them.
error-still-leaving = { $group } still owes you money from before. You can come back when it is paid.
sms-invitation = { $name } invites you to { $group }. Dial { $dial }, Groups, Join a group. Code { $code }
sms-invitation-member = { $name } invites you to { $group }. To answer dial { $door }*{ $code }#
sms-joined = { $group }: { $name } has joined. { $count } members now.
sms-observes = { $group }: { $name } has come as an observer, without money and vote.
sms-asks-to-join = { $group }: { $name } asks to join. Answer: { $dialled }
sms-let-in = { $group } has let you in. You are a member now.
sms-not-let-in = The officials of { $group } have not let you in.

people-door = People
people-menu = { $name }: people
people-roles = Officials
people-history = How offices changed
people-invite = Invite somebody
people-requests = Who asks to join
people-invitations = Open invitations
people-suspend = Suspend a member
people-suspended = Suspended members
people-offer = Offer an office
people-resign = Give my office back
invite-role = Invite as what?
invite-member = Member
invite-observer = Observer: sees, no money, no vote
invite-phone = The phone number to invite?
invite-confirm = Invite { $phone } to { $group } as { $role }? Only this number can use the invitation.
invite-not-sent = Cancelled. Nobody was invited.
pin-why-invite = To invite somebody into your group
invite-sent = An SMS with the code is on its way to { $phone }. It can be used until { $until }.
invite-link = You may pass this link on; it works only for that number: { $link }
invite-withdraw = Choose an invitation to take it back:
invite-line = { $phone }, until { $until }
invite-none = No invitation waits.
invite-withdrawn = The invitation is taken back. Nobody can use it.
request-which = Who asks to join:
request-line = { $name }, { $at }
request-none = Nobody asks to join.
request-one = { $name } asks to join. Do you know this person?
request-accept = Yes, let in
request-decline = No
pin-why-let-in = To let somebody into your group
request-accepted = { $name } is a member now and was told.
request-declined = { $name } was told that the group has not agreed.

office-line = { $role }: { $name }
office-holders = Officials of { $name }:
office-history = Offices in { $name }:
office-change = { $at } { $way ->
        [founding] { $name }: { $role } as founder
        [appointed] { $name }: { $role }, appointed
        [elected] { $name }: { $role }, elected
        [voted] { $name }: { $role }, by vote
        [replaced] { $name }: { $role }, somebody else took over
        [resigned] { $name }: { $role }, gave the office back
        [suspended] { $name }: { $role }, was suspended
        [left] { $name }: { $role }, left
       *[expelled] { $name }: { $role }, was expelled
    }
office-which = Which office?
office-whom = Who should be { $role }?
office-nobody = There is nobody to choose.
office-confirm = { $name } as { $role }? One person holds one office. Officials should not be close relatives.
office-not-offered = Cancelled. No office was offered.
pin-why-office = To offer an office
office-offered = { $name } was asked to be { $role } and takes it with a PIN.
office-take = { $name } asks you to be { $role } of { $group }. You answer for it to all members. Do you take it?
pin-why-take-office = To take an office
office-taken = You are { $role } of { $group } now. All members are told.
office-declined = You are not { $role } of { $group }. The chair is told.
office-leave = Give back the office of { $role }? It stays empty until somebody takes it.
office-kept = You keep the office.
pin-why-resign = To give your office back
office-resigned = You have given the office back. All members are told.
error-elections-decide = The members have elected officials: only an election gives an office now.
error-no-chair = The group would have no chair. Somebody has to take over first.
error-bad-office = { $reason ->
        [self] You cannot give an office to yourself.
        [observer] An observer cannot hold an office.
        [has] This member holds the office already.
       *[role] This is not an office of a group.
    }
error-offer-over = This offer is over.
sms-office-offered = { $name } asks you to be { $role } of { $group }. Answer: { $dialled }
sms-office-declined = { $name } does not want to be { $role }.
sms-office = { $group }: { $name } is { $role } now.

standing-whom = Suspend whom?
standing-why = Why is { $name } suspended? The reason is sent to the member. Up to 60 letters:
standing-confirm = Suspend { $name }? Reason: { $reason }
standing-unchanged = Nothing was changed.
pin-why-suspend = To suspend a member
standing-suspended = { $name } is suspended, was told why, and may reply.
standing-which = Suspended members:
standing-none = Nobody is suspended.
standing-reinstate = Make { $name } a full member again? Suspended for: { $reason }
pin-why-reinstate = To reinstate a member
standing-reinstated = { $name } is a full member again.
standing-mine = You are suspended in { $group }: { $reason }
standing-reply = Reply
standing-say = What do you say to it? Up to 60 letters. The officials will read it:
standing-said = Your words were sent to the officials.
error-bad-standing = { $reason ->
        [self] You cannot do this to yourself.
        [chair] The chair can only be suspended by a vote.
        [suspended] This member is suspended already.
       *[active] This member is not suspended.
    }
error-too-many-replies = You have replied { $most } times today. Try again tomorrow.
error-bad-words = { $reason ->
        [short] That is too short.
        [long] That is too long.
       *[characters] Some phones cannot show this. Use letters, numbers and simple signs.
    }
sms-suspended = { $group } has suspended you ({ $reason }). You may reply under Groups.
sms-was-suspended = { $group }: { $name } is suspended: { $reason }
sms-reinstated = You are a full member of { $group } again.
sms-replied = { $group }: { $name } replies: { $reason }

leave-door = Leave the group
leave-menu = { $group }
leave-account = If I left today
leave-say-so = I want to leave
leave-stay = I stay after all
leave-close = Close the group
leave-today = If you left { $group } today you would get { $amount }.
leave-line = { $label }: { $amount }
leave-keeps = Before you can leave: { $reason }
leave-notice = { $days ->
        [0] You could leave the same day.
       *[other] You would have to say so { $days } days before.
    }
sms-leave-today = { $group }: if you left today you would get { $amount }. { $lines }.
leave-confirm = { $days ->
        [0] Leave { $group } now? What is yours comes to your balance.
       *[other] Leave { $group } in { $days } days? Until then you are a member and may still stay.
    }
leave-given = You leave { $group } on { $at }. You can still stay: see the menu.
leave-not = Cancelled. Nothing has changed.
pin-why-leave = To leave the group
leave-left = You have left { $group }. What is yours comes to your balance shortly.
leave-noted = You leave { $group } on { $at }. The officials are told. You may still stay.
leave-stays = You stay in { $group }.
leave-close-sure = Close { $group } for ever? Only an empty group without money can be closed.
pin-why-close = To close the group
leave-closed = { $group } is closed.
parting-savings = Your savings
parting-loan = Your loan
parting-loan-first = Repay your loan first, or take your request back.
parting-vouches = You vouch for a loan that is still running.
parting-chair = Somebody else has to be chair first.
parting-debt = You owe { $amount } more than you would get.
error-may-not-leave = Before you can leave: { $reason }
error-group-not-empty = { $reason ->
        [members] There are still members, or somebody is still to be paid.
       *[money] The group still holds money.
    }
sms-left = { $group }: { $name } has left.
sms-you-left = You have left { $group }. What is yours comes to your balance.
sms-notice = { $group }: { $name } leaves on { $at }.
sms-still-in = You are still in { $group }: { $reason }
sms-expelled = The members of { $group } have expelled you: { $reason }
sms-was-expelled = { $group }: { $name } is expelled: { $reason }
sms-departure-paid = { $group }: { $amount } of the group's money was paid to { $who }, who has left.
sms-settled = { $group }: { $amount } is what was left to you, and is on your balance.
