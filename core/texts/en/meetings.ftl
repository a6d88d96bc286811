### Meetings: notice, agenda, attendance, minutes

meet-door = Meetings
meet-none = { $name }: no meeting is called.
meet-next = { $urgent ->
        [1] Emergency meeting { $number }: { $at }, { $place }
       *[0] Meeting { $number }: { $at }, { $place }
    }
meet-here = I am here
meet-apology = I cannot come
meet-agenda = Agenda
meet-minutes = Minutes
meet-freeze = Write the minutes
meet-confirm = Confirm the minutes
meet-plan = Plan and lead
meet-excused = Your apology for the meeting of { $at } is noted.
meet-code = Type the 4 digits that were announced at the meeting:
meet-is-here = You are on the list of those present.
meet-code-wrong = That is not the code. { $tries ->
        [one] One try left.
       *[other] { $tries } tries left.
    }
meet-code-locked = Too many wrong codes. Tell the secretary.
meet-code-closed = Attendance is not being taken now.
meet-item = { $number }. { $words }
meet-agenda-of = Agenda for { $at }:
meet-agenda-empty = The agenda has no points yet.
meet-plan-what = What do you want to do?
meet-call = Call a meeting
meet-open = Take attendance
meet-add-item = Add to the agenda
meet-call-off = Call the meeting off
meet-when = When is the meeting? Type day, month and time, such as 6/12 14:00:
meet-when-or = When is the meeting? 1 for { $at }, or type another, such as 6/12 14:00:
meet-when-unread = Type it like 6/12 14:00.
meet-where = Where? Up to 40 letters:
meet-call-sure = Call the meeting for { $at }, { $place }? All members are told.
meet-not-called = Cancelled. No meeting was called.
meet-called = The meeting of { $at } is called. All members are told. Add the agenda now.
meet-item-words = What is the point? Up to 60 letters:
meet-off-sure = Call the meeting off? All members are told.
meet-stays = The meeting stays as it is.
meet-is-off = The meeting is called off. All members are told.
pin-why-attendance = To take attendance
meet-announce = Announce this code: { $code }. Each member types it on an own phone under Groups, Decisions, Meetings. It counts for 3 hours.
meet-freeze-sure = Write the minutes now? They are made of what was recorded, and never change afterwards.
meet-not-frozen = The meeting goes on.
pin-why-minutes = For the minutes of your group
meet-frozen = The minutes are written and wait for the chair.
meet-minutes-none = There are no minutes.
meet-confirm-these = Was it so?
meet-not-confirmed = The minutes still wait. What is wrong is noted for the next meeting.
meet-confirmed = The minutes are confirmed and go to all members.
meet-which = Which minutes?
meet-minutes-of = Meeting { $number } of { $at }
meet-correct = Something is wrong
meet-correct-words = What should it say? It is entered into the next minutes. Up to 60 letters:
meet-correction-noted = The correction is noted and stands in the next minutes.
minutes-line = { $words }
minutes-of = Minutes of { $group }, meeting { $number } of { $at }, { $place }.
minutes-present = Present ({ $count }): { $names }
minutes-late = Late: { $names }
minutes-apologies = Apologies: { $names }
minutes-absent = Absent: { $names }
minutes-item = Agenda: { $words }
minutes-correction = Correction to the minutes of meeting { $number }: { $words }
minutes-contributions = { $count ->
        [0] Nobody contributed on this day.
        [one] One contribution on this day: { $amount }.
       *[other] { $count } contributions on this day: { $amount }.
    }
minutes-holds = The group's treasury holds { $amount }.
error-bad-meeting-time = { $reason ->
        [soon] A meeting is called at least a day before.
        [far] That is too far away. Choose a day within half a year.
        [early] Attendance can be taken from one hour before the meeting.
       *[over] It is too late for that.
    }
error-no-meeting = No such meeting.
error-meeting-waits = A meeting is called already. Hold it or call it off first.
error-agenda-full = The agenda has { $most } points. That is enough for one meeting.
error-bad-minutes = { $reason ->
        [unopened] Take attendance first: no minutes without it.
        [confirmed] These minutes are confirmed already.
       *[same] Whoever wrote the minutes cannot confirm them.
    }
sms-meeting = { $group }: meeting { $at }, { $place }. Agenda: { $dialled }
sms-meeting-off = { $group }: the meeting of { $at } is called off.
sms-minutes = { $group }: minutes of meeting { $number } ({ $at }) are confirmed. Present: { $count }. Read them: { $dialled }
