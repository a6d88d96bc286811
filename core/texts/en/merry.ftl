### Merry-go-round

error-round-runs = This group has a merry-go-round that is not over yet.
error-no-round = This can't be done at this point of the merry-go-round. Look at it again.
error-bad-hand-amount = A hand pays { $low } to { $high } at each turn, in whole shillings.
error-too-many-hands = One member can have { $most } hands at most.
error-round-full = This merry-go-round is full: it has { $most } hands.
error-hand-taken = This half is not free any more. Choose another one.
error-too-few-hands = It takes at least { $fewest } hands, and each shared hand needs its second owner.
error-not-in-round = You have no hand in this merry-go-round.
error-bad-draw-number = Choose a number of 1 to 12 digits.
error-number-stands = You have added your number already. It stands.
error-bad-order = An order names each hand once. The hands are { $hands }
error-hands-changed = Somebody with a hand is no longer in the group. An official has to call this merry-go-round off.
error-order-changed = The order was changed after you read it. Please read it again.
error-unknown-hand = There is no hand of this number. See Whole order.
error-nothing-owed = Nothing is owed in this merry-go-round now.
error-more-than-turns-owe = That is too much: { $needed } is owed in the whole round.
error-no-swap = Only turns that are still to come can be swapped. Look at the order again.
error-has-received = Your turn was paid. You go on paying until the others have had theirs.
error-hand-is-shared = This hand belongs to two members. One of them can't give it up alone.
error-order-is-being-found = The order of turns is being found. Hands can be given up again when it is there.
error-buy-in-changed = Another turn was paid meanwhile. Please read again what joining takes.

door-merry = Merry-go-round
merry-none = { $group } has no merry-go-round now. An official can start one.
merry-start = Start one
merry-amount = What amount does each hand pay at each turn? { $low } to { $high }:
merry-start-confirm = { $amount } a hand at each turn, for { $group }. Members choose their hands next.
pin-why-merry-start = Start a merry-go-round of { $amount }
merry-started = The merry-go-round is open. All members are told; they choose their hands now. Then you close the list.
merry-open = Merry { $number }: { $amount } a hand at each turn. { $hands ->
        [0] No hands yet.
        [one] One hand so far.
       *[other] { $hands } hands so far.
    } Yours: { $mine_hands }
merry-mine-none = none
merry-take = Take a hand
merry-half = Half a hand
merry-give-back = Give back my hands
merry-close = Close the list of hands
merry-cancel = Call it off
merry-take-confirm = { $amount } to the merry of { $group } at each turn
    Your hand is paid the whole pot once.
merry-half-which = Half a hand pays half and gets half. Which one?
merry-half-new = A new one; somebody takes its other half
merry-half-of = Second half of hand { $number }
merry-half-confirm = { $amount } to the merry of { $group } at each turn
    Half a hand: half of the pot.
    { $owner }
merry-half-with = The other half: { $who }
merry-half-alone = The other half is still free.
pin-why-merry-take = Take part in the merry-go-round
pin-why-merry-back = Give back your hands
merry-taken = Hand { $number } is yours. You will hear when your turn is.
merry-taken-half = Half of hand { $number } is yours. You will hear when its turn is.
merry-given-back = { $count ->
        [0] You had no hand.
       *[other] Your hands are free again.
    }
merry-close-confirm = No more hands after this: { $hands } hands. Next: { $how }
merry-how-draw = a draw that everybody can check.
merry-how-agreed = an order that every member agrees to.
merry-how-vote = the members' vote on the order.
pin-why-merry-close = Close the list of hands
merry-closed-draw = The draw has begun. All were told its code. Each may add a number until { $at }.
merry-closed-agreed = Closed. Now type the order that was agreed, and each member says yes with her PIN.
merry-closed-vote = Closed. Now the members vote on the order: propose one under Merry-go-round.
merry-cancel-confirm = Call off this merry-go-round? No money has moved in it.
pin-why-merry-cancel = Call off the merry-go-round
merry-cancelled = The merry-go-round is called off. All members are told.
merry-kept = Nothing was changed.
merry-drawing = The order is drawn at { $at }, or when everybody has added a number. The seed's code was published before.
merry-add-number = Add my number
merry-proof = Draw and its proof
merry-number = Any number, up to 12 digits. It is mixed into the draw and stands:
pin-why-merry-number = Add { $number } to the draw
merry-number-added = { $number } is in the draw. You will hear the order.
merry-number-last = { $number } was the last one: the order is drawn. See it under Whole order.
merry-agreeing = { $has ->
        [0] The officials are still to type the order that was agreed.
        [1] Read the proposed order and say whether you agree.
       *[2] You have agreed. The others are asked.
    }
merry-see-order = Read the order and agree
merry-type-order = Type the order
merry-order-typed = The hands in their order, with spaces between. Hands: { $hand_list }
merry-order-confirm = This order of hands? All owners will be asked.
    { $order }
pin-why-merry-order = Propose this order
merry-order-proposed = All who have hands are asked now. When all have agreed, it starts.
merry-agree = Order of hands: { $order }
    Yours: { $mine_hands }. Agree?
pin-why-merry-agree = Agree to this order
merry-agreed = You have agreed. It starts when everybody has.
merry-agreed-all = All have agreed: the merry-go-round starts. You get the plan as a message.
merry-voting = The members vote on the order of turns. Anybody can propose one; it starts with the one that passes.
merry-propose-order = Propose an order
merry-whose-hands = Whose hands
merry-hands-head = Merry of { $group }, hands:
merry-hand-line = { $hand } { $who }
merry-running = Merry { $number }: turn { $turn } of { $turns } on { $day }. { $amount } a hand.
merry-finished = Merry { $number } is over: all { $turns } turns were paid.
merry-pay = Pay my turn
merry-help = Pay for somebody else
merry-my-turn = My turn
merry-order = Whole order
merry-paid = Who has paid
merry-swap = Swap turns
merry-join = Join it now
merry-pay-confirm = Pay { $amount } to the merry of { $group }
    Turn { $turn }: { $who }
merry-pay-for-confirm = Pay { $amount } for { $person } to the merry of { $group }
merry-other-amount = Another amount
merry-how-much = What amount do you pay? Up to { $high }:
pin-why-merry-pay = Pay { $amount } to the merry
merry-whose = The number of the hand that you pay for (see Whole order):
merry-pay-done = { $reference } Confirmed. { $amount } paid to the merry of { $group }. Still owed { $owed }. Balance { $balance }.
merry-all-paid = You owe nothing up to the next turn.
merry-they-paid = Nothing is owed for this hand up to the next turn.
merry-mine = Merry of { $group }. You owe now: { $owed }.
merry-mine-line = Turn { $turn }, { $day }: you get { $amount } when all pay
merry-mine-had = Turn { $turn }, { $day }: paid
merry-mine-phone = It goes to your M-PESA, less the charges.
merry-no-hand = You have no hand in it.
merry-order-head = Merry of { $group }, whole order:
merry-order-line = { $turn } { $day } { $who }, hand { $hand }{ $has ->
        [1] : paid
       *[0] { "" }
    }
merry-paid-head = Turn { $turn }, { $day }, { $who }: { $received } of { $expected }.
merry-missing-line = Missing: { $who } { $amount }{ $has ->
        [1] , had a turn
       *[0] { "" }
    }
merry-paid-line = Paid: { $who }
merry-nothing-waits = All turns were paid.
merry-swaps = Swap turns:
merry-swap-ask = Ask for a swap
merry-swap-line = Turn { $turn } with turn { $other_turn }?
merry-swap-mine = Which of your turns?
merry-swap-with = With which turn?
merry-turn-line = Turn { $turn }, { $day }
merry-swap-none = There is no turn to swap: both must be still to come.
merry-swap-confirm = Your turn { $turn } ({ $day }) for turn { $other_turn } ({ $other_day }) of { $other }?
pin-why-merry-swap = Swap turn { $turn } with turn { $other_turn }
merry-swap-asked = Asked. When they agree with their PIN, the turns are swapped and all are told.
merry-swap-answer = { $who } asks: turn { $turn } ({ $day }) for turn { $other_turn } ({ $other_day }). Do you agree?
merry-swap-yes = Agree
merry-swap-no = Refuse
merry-swap-done = Swapped. All members are told.
merry-swap-waits = You have agreed. Somebody else has still to agree.
merry-swap-refused = Refused. The turns stay as they are.
merry-join-confirm = { $count ->
    [0] Join the merry of { $group } with a hand, nothing to pay now. Your turn is the last, { $day }.
    [one] Pay { $amount } to the merry of { $group } for one turn that you missed. You join; your turn is the last, { $day }.
   *[other] Pay { $amount } to the merry of { $group } for { $count } turns you missed. You join; your turn is the last, { $day }.
}
pin-why-merry-join = Join the merry-go-round
merry-joined = You are in. Your turn is on { $day }.
merry-proof-head = Draw { $round }
merry-proof-code = Code shown before: { $commitment }
merry-proof-seed = Seed: { $seed }
merry-proof-later = The seed is shown at { $at }
merry-proof-number = { $label }={ $number }
merry-proof-order = Order of hands: { $order }
merry-proof-how = SHA-256 of the seed is the code. Check it with: mtaa verify-draw
merry-back = Merry-go-round

sms-merry-open = { $group }: a merry-go-round of { $amount } a hand is open. Choose your hands: { $dialled }
sms-merry-cancelled = { $group }: the merry-go-round was called off before it began. No money has moved.
sms-merry-draw = { $group }: the order of turns is drawn by { $at }. Code of the seed: { $commitment }. Keep this message. Add your own number under Merry-go-round.
sms-merry-agree = { $group }: an order for the merry-go-round was proposed. Read it and agree: { $dialled }
sms-merry-plan = { $group }: merry-go-round starts { $begins }. Your turn: { $days }. Order: { $order }
sms-merry-plan-others = { $group }: merry-go-round starts { $begins }. Order: { $order }
sms-merry-late = { $group }: { $who } paid { $amount } late for your turn. It is in your account here.
sms-merry-helped = { $group }: { $who } paid { $amount } for you to the merry-go-round.
sms-merry-paid = { $group }: turn { $turn } of { $turns }: { $amount } paid to { $who }. Everybody had paid.
sms-merry-paid-short = { $in_group }: turn { $turn } of { $turns }: { $amount } paid to { $who }. Missing: { $missing }. They owe it still.
sms-merry-kept = { $group }: { $amount } of your turn is in your account here. { $reason ->
        [small] It is too little for M-PESA.
        [limit] It is above what you may withdraw now. Withdraw it in parts.
        [sim] Your line was changed lately, so it waits. Withdraw it later.
        [unchecked] We could not check your line with your network, so it waits. Withdraw it later.
        [recovered] You got your account back lately, so it waits. Withdraw it later.
       *[closed] Your account is closed. Please call us.
    }
sms-merry-swapped = { $group }: turns swapped. { $turn } is now { $who }, { $other_turn } is { $other }.
sms-merry-swap-asked = { $in_group }: { $who } asks to swap turn { $turn } ({ $day }) for turn { $other_turn } ({ $other_day }). Answer under Merry-go-round, Swap turns.
sms-merry-joined = { $group }: { $who } joined the merry-go-round and paid what was missed. Turn: { $day }.
sms-merry-left = { $group }: { $person } left the merry-go-round. Only those whom that hand had paid pay it back, at its turn.
sms-merry-hands = { $group }, hands: { $order }
sms-merry-order = { $group }: { $order }
sms-merry-collection = { $group }, turn { $turn } ({ $who }): { $received } of { $expected }. Missing: { $missing }

leave-merry-debt = You owe { $amount } to turns of the merry-go-round.
leave-merry-received = Your turn of the merry-go-round was paid and others wait for theirs.
leave-merry-shared = You share a hand of the merry-go-round.
leave-merry-order = The order of the merry-go-round is being found.
leave-merry-back = Merry, paid ahead
leave-merry-later = Merry, at your turn
