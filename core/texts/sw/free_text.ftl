### Kilichoeleweka

understood = Nimeelewa: { $task }.
understood-amount = Nimeelewa: { $task }, { $amount }.
