### What was understood

# Names of what can be written about, where no menu has them.
task-group = Group
task-repay = Repay a loan
task-vouch = Vouch for a loan
task-pay-dues = Pay what is owed
task-invitations = Invitations
task-group-statement = The group's statement

understood = I understood: { $task }.
understood-in = I understood: { $task }, { $group }.
understood-filled = I understood: { $task }, { $filled }.
understood-filled-in = I understood: { $task }, { $filled }, { $group }.
# Something else is to be said besides.
understood-also = { $understood } { $also }
amount-unclear = The amount was not clear, so please say it once more.
which-group = Which group?

not-understood = I did not understand that. Tap a button, or write one thing, for example: { $examples }.
    .short = I did not understand. Write for example: { $examples }.
could-be-two = That could be "{ $first }" or "{ $second }". Write one of them, for example: { $examples }.
    .short = "{ $first }" or "{ $second }"? Write one of them.
could-be-three = That could be "{ $first }", "{ $second }" or "{ $third }". Write one of them, for example: { $examples }.
    .short = "{ $first }", "{ $second }" or "{ $third }"? Write one of them.
examples = balance, deposit 500, contribute 200, repay loan 300, what I owe, whose turn, next meeting, rules
    .short = balance, deposit 500, whose turn
help-write = In this chat you can also write what you want: { $examples }. Name the group if you have several. Nothing happens before you confirm it.
    .short = You can also write what you want: { $examples }.
