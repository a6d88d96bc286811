### People of a group and its rules

error-not-your-role = Only some members may do this, such as the { $role }.
error-bad-rule = This cannot be a rule of a group. Choose from { $low } to { $high }.
group-savings = Savings and loans
group-decisions = Decisions
group-more = More
group-doors = { $name }
