### People of a group and its rules

error-not-your-role = Only some members may do this, such as the { $role }.
error-only-watches = You observe this group: you have no money and no vote in it.
error-bad-rule = This cannot be a rule of a group. Choose from { $low } to { $high }.
group-savings = Savings and loans
group-decisions = Decisions
group-more = More
group-doors = { $name }
error-too-many-memberships = You belong to { $most } groups already. Leave one before you join another.
error-expelled = The members of { $group } have expelled you. Only an invitation by its officials brings you back.
