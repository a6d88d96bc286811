### Groups

error-bad-group-name = { $reason ->
    [short] The name is too short. Use 2 to 40 characters.
    [long] The name is too long. Use 2 to 40 characters.
    [letters] The name needs letters, not only numbers or signs.
   *[characters] Some phones cannot show this name. Use letters, numbers and simple signs.
}
error-too-many-groups = You have already started { $most } groups. You cannot start another one.
error-unknown-group = No group has this code. Check the six digits and try again.
error-already-member = You are already a member of { $group }.
error-group-full = { $group } is full: it has { $most } members.
error-not-a-member = Only members of the group can do this.
error-contribution-too-small = The smallest contribution is { $low }.
