### Kilichoeleweka

# Majina ya yanayoweza kuandikwa, pale ambapo hakuna menyu iliyo nayo.
task-group = Kikundi
task-repay = Lipa mkopo
task-vouch = Dhamini mkopo
task-pay-dues = Lipa unachodaiwa
task-invitations = Mialiko
task-group-statement = Taarifa ya akaunti ya kikundi

understood = Nimeelewa: { $task }.
understood-in = Nimeelewa: { $task }, { $group }.
understood-filled = Nimeelewa: { $task }, { $filled }.
understood-filled-in = Nimeelewa: { $task }, { $filled }, { $group }.
# Kuna jambo lingine la kusema.
understood-also = { $understood } { $also }
amount-unclear = Kiasi hakikueleweka, tafadhali kiandike tena.
which-group = Kikundi gani?

not-understood = Sijaelewa. Bonyeza kitufe, au andika jambo moja, kwa mfano: { $examples }.
    .short = Sijaelewa. Andika kwa mfano: { $examples }.
could-be-two = Huenda ni "{ $first }" au "{ $second }". Andika moja, kwa mfano: { $examples }.
    .short = "{ $first }" au "{ $second }"? Andika moja.
could-be-three = Huenda ni "{ $first }", "{ $second }" au "{ $third }". Andika moja, kwa mfano: { $examples }.
    .short = "{ $first }", "{ $second }" au "{ $third }"? Andika moja.
examples = salio, weka 500, changa 200, lipa mkopo 300, nadaiwa ngapi, zamu ya nani, mkutano lini, kanuni
    .short = salio, weka 500, zamu ya nani
help-write = Kwenye chat hii unaweza pia kuandika unachotaka: { $examples }. Taja kikundi ukiwa navyo kadhaa. Hakuna kinachofanyika kabla hujathibitisha.
    .short = Unaweza pia kuandika unachotaka: { $examples }.
