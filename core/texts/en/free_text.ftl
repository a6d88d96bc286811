### What was understood

understood = I understood: { $task }.
understood-amount = I understood: { $task }, { $amount }.
