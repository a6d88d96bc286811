### Shares

error-no-cycle = This group has no cycle of shares yet. An official can begin one.
error-cycle-runs = A cycle of shares is running already.
error-bad-share-count = At one meeting you can buy 1 to { $most } shares.
error-bought-already = You have bought your shares at this meeting. You can buy again from { $day }.
error-share-out-is-open = A share-out waits for the officials to approve it. Until then nobody buys shares.
error-nothing-to-share = There is nothing to share out yet.
error-no-share-out = The figures have changed, or it is over. Please look at the share-out again.

door-shares = Shares
shares-none = { $group } has no shares yet. An official can begin a cycle.
shares-begin = Begin a cycle
shares-begin-confirm = Begin a cycle: { $price } a share, up to { $most } at each meeting. The price stays until the share-out.
pin-why-shares-begin = Begin a cycle of shares
shares-begun = The cycle has begun. All members are told.
shares-menu = Shares of { $group }, cycle { $number }: { $price } each, up to { $most } at each meeting.
shares-buy = Buy shares
shares-mine = My shares
shares-today = If we shared out today
shares-out = Share-out
shares-how-many = How many shares do you buy, 1 to { $most }? One is { $price }:
shares-confirm = Pay { $amount } to { $group }
    for { $shares } shares at { $price }
pin-why-shares-buy = Buy { $shares } shares for { $amount }
shares-cancelled = Cancelled. No money has moved.
shares-bought = { $reference } Confirmed. { $shares } shares of { $group } bought for { $amount }. You have { $owned } now. Your balance: { $balance }.
shares-own = You have { $shares } shares of { $group }, paid { $amount }.
shares-today-head = If { $group } shared out today: { $amount } for { $shares } shares, { $price } each.
shares-today-mine = Your { $shares } shares: { $amount }
shares-today-debt = Your debts: { $amount }
shares-today-net = You would get { $amount }
shares-today-none = You have no shares.
shares-today-cash = In the pot: { $amount }
shares-today-return = And { $what ->
        [fines] fines paid
       *[loan_interest] interest of loans
    }: { $amount }
shares-today-liability = Less { $what ->
       *[savings] members' own savings there
    }: { $amount }
shares-out-none = Share out { $amount } for { $shares } shares, { $price } each? Members' debts are taken from their own parts.
shares-out-propose = Propose it
shares-out-nothing = There is nothing to share out yet.
shares-out-waits = Share-out of cycle { $number }: { $amount } for { $shares } shares.
    Code { $code }
    Approved: { $count } of { $needed_approvals }
shares-out-approve = Approve this code
shares-back = Shares
pin-why-shares-out = Share out { $amount }, code { $code }
shares-out-waiting = Approved. It waits for the other officials: they must see the code { $code }.
shares-out-done = Shared out. Each has her part on her own balance, and all are told. The next cycle has begun.
shares-out-void = The figures have changed since it was proposed. No money has moved. Please propose it again.

sms-shares-begin = { $group }: a cycle of shares has begun. A share is { $price }; buy up to { $most } at each meeting.
sms-share-out-asked = { $group }: an official proposes to share out { $amount }. Code { $code }. Look at it: { $dialled }
sms-share-out = { $group }: cycle { $number } shared out: { $amount } for { $shares } shares, { $price } each. Closing balances: welfare { $welfare }, loan pot { $loans }, treasury { $total }. Remember them.
sms-share-out-mine = { $group }: your { $shares } shares came to { $amount }, debts { $debts }. On your balance now: { $total }.

leave-shares-back = Shares ({ $shares }), own money back
leave-shares-open = A share-out waits for approval; you have shares in it.
