# What somebody has begun and not finished, and outcomes that come later than the screen.

unfinished = You have not finished something.
unfinished-task = Not finished: { $task }.
unfinished-amount = { $amount }: { $task }, not finished.
ussd-late-ready = What you asked for is ready. Dial { $dial } to go on.
ussd-late-nothing = Your last request did not go through; nothing was done. Dial { $dial } again.
ussd-late-failed = Something went wrong with what you asked for last. Dial { $dial } to see how it went; nothing is done twice.
nothing-to-choose = There is nothing to choose here.
