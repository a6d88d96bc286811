### Withdrawals

error-withdrawal-too-small = The smallest withdrawal is { $low }.
error-withdrawal-below-limit = The smallest withdrawal is { $low }.
error-withdrawal-above-limit = { $period ->
        [once] You can withdraw at most { $limit } at once.
        [day] You can withdraw { $limit } a day. Today you can still withdraw { $left }.
       *[month] You can withdraw { $limit } a month. This month you can still withdraw { $left }.
    }
