# Kilichoanzwa na hakijakamilika, na majibu yanayokuja baadaye.

unfinished = Una jambo ambalo hukulikamilisha.
unfinished-task = Hukukamilisha: { $task }.
unfinished-amount = { $amount }: { $task }, hukukamilisha.
ussd-late-ready = Ulichoomba kiko tayari. Piga { $dial } kuendelea.
ussd-late-nothing = Ombi lako la mwisho halikufika; hakuna kilichofanyika. Piga { $dial } tena.
ussd-late-failed = Ombi lako la mwisho lilipata tatizo. Piga { $dial } uone matokeo; hakuna kinachofanyika mara mbili.
nothing-to-choose = Hakuna cha kuchagua hapa.
