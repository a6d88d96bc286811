### People of a group and its rules

error-not-your-role = Ni baadhi ya wanachama tu wanaoweza kufanya hivi, kama { $role }.
error-only-watches = Wewe ni mtazamaji wa kikundi hiki: huna pesa wala kura humo.
error-bad-rule = Hii haiwezi kuwa kanuni ya kikundi. Chagua kati ya { $low } na { $high }.
group-savings = Akiba na mikopo
group-decisions = Maamuzi
group-more = Zaidi
group-doors = { $name }
error-too-many-memberships = Tayari uko katika vikundi { $most }. Ondoka kimoja kabla ya kujiunga na kingine.
error-expelled = Wanachama wa { $group } wamekutoa. Ni mwaliko wa maafisa wake tu unaoweza kukurudisha.
