### Vikundi vinavyovunjwa

error-group-ends = Wanachama wameamua kuvunja kikundi hiki, hivyo hakipokei kipya. Mikopo bado inalipwa.
ending-now = Wanachama wamevunja kikundi hiki. Kilicho nacho kinagawiwa.
ending-waits-loans = Kikundi kinavunjwa. Kitagawa { $count ->
        [one] mkopo mmoja ukiisha.
       *[other] mikopo { $count } ikiisha.
    }
ending-waits-round = Kikundi kinavunjwa. Kitagawa merry ikiisha.
ending-waits-payment = Kikundi kinavunjwa. Kitagawa malipo yaliyo njiani yakiisha.
group-is-closed = { $name } (kimefungwa)
group-was-closed = { $name } kilifungwa kwa { $because } tarehe { $at }. Ulipata { $amount } ya kilichobaki.

sms-group-ends = { $group }: kinavunjwa ({ $because }). Hakuna kipya; mikopo inalipwa. Kisha kilichobaki kinagawiwa na kila mmoja anajulishwa.
sms-group-shared = { $group }: kimegawa { $total }. Uliweka { $mine } kati ya { $after }: { $part }. { $more }Umelipwa: { $amount }. Kikundi kimefungwa.
sms-group-shared-equally = { $group }: kimegawa { $total }, sawa kwa wote: { $part }. { $more }Umelipwa: { $amount }. Kikundi kimefungwa.
group-shared-more = Deni -{ $owed }, kutoka madeni ya wengine +{ $back }, malipo ya ziada +{ $credit }.{" "}
group-shared-no-more = { "" }
