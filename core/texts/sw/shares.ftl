### Shares

error-no-cycle = Kikundi hiki bado hakina kipindi cha hisa. Afisa anaweza kukianzisha.
error-cycle-runs = Tayari kuna kipindi cha hisa kinachoendelea.
error-bad-share-count = Katika mkutano mmoja unaweza kununua hisa 1 hadi { $most }.
error-bought-already = Umeshanunua hisa katika mkutano huu. Utaweza kununua tena kuanzia { $day }.
error-share-out-is-open = Mgao unasubiri maafisa waidhinishe. Hadi hapo hakuna anayenunua hisa.
error-nothing-to-share = Bado hakuna cha kugawa.
error-no-share-out = Hesabu zimebadilika, au mgao umeisha. Tafadhali angalia mgao tena.

door-shares = Hisa
shares-none = { $group } bado hakina hisa. Afisa anaweza kuanzisha kipindi.
shares-begin = Anzisha kipindi
shares-begin-confirm = Anzisha kipindi: { $price } kwa hisa, hadi { $most } kila mkutano. Bei haibadiliki hadi mgao.
pin-why-shares-begin = Anzisha kipindi cha hisa
shares-begun = Kipindi kimeanza. Wanachama wote wamejulishwa.
shares-menu = Hisa za { $group }, kipindi { $number }: { $price } kila moja, hadi { $most } kila mkutano.
shares-buy = Nunua hisa
shares-mine = Hisa zangu
shares-today = Tukigawana leo
shares-out = Mgao
shares-how-many = Unanunua hisa ngapi, 1 hadi { $most }? Moja ni { $price }:
shares-confirm = Lipa { $amount } kwa { $group }
    kwa hisa { $shares }, kila moja { $price }
pin-why-shares-buy = Nunua hisa { $shares } kwa { $amount }
shares-cancelled = Umeghairi. Hakuna pesa iliyotoka.
shares-bought = { $reference } Imethibitishwa. Umenunua hisa { $shares } za { $group } kwa { $amount }. Sasa una { $owned }. Salio: { $balance }.
shares-own = Una hisa { $shares } za { $group }, ulilipa { $amount }.
shares-today-head = { $group } kikigawana leo: { $amount } kwa hisa { $shares }, { $price } kila moja.
shares-today-mine = Hisa zako { $shares }: { $amount }
shares-today-debt = Madeni yako: { $amount }
shares-today-net = Ungepata { $amount }
shares-today-none = Huna hisa.
shares-today-cash = Iliyo kwenye fungu: { $amount }
shares-today-return = Na { $what ->
        [fines] faini zilizolipwa
       *[loan_interest] riba ya mikopo
    }: { $amount }
shares-today-liability = Toa { $what ->
       *[savings] akiba za wanachama zilizomo
    }: { $amount }
shares-out-none = Gawa { $amount } kwa hisa { $shares }, { $price } kila moja? Deni la mtu hutolewa kwenye fungu lake.
shares-out-propose = Pendekeza mgao
shares-out-nothing = Bado hakuna cha kugawa.
shares-out-waits = Mgao wa kipindi { $number }: { $amount } kwa hisa { $shares }.
    Msimbo { $code }
    Wameidhinisha: { $count } kati ya { $needed_approvals }
shares-out-approve = Idhinisha msimbo huu
shares-back = Hisa
pin-why-shares-out = Gawa { $amount }, msimbo { $code }
shares-out-waiting = Umeidhinisha. Inasubiri maafisa wengine: ni lazima waone msimbo { $code }.
shares-out-done = Mgao umefanyika. Kila mtu ana fungu lake kwenye salio lake, na wote wamejulishwa. Kipindi kipya kimeanza.
shares-out-void = Hesabu zimebadilika tangu upendekezwe. Hakuna pesa iliyotoka. Tafadhali pendekeza tena.

sms-shares-begin = { $group }: kipindi cha hisa kimeanza. Hisa ni { $price }; nunua hadi { $most } kila mkutano.
sms-share-out-asked = { $group }: afisa anapendekeza kugawa { $amount }. Msimbo { $code }. Uone: { $dialled }
sms-share-out = { $group }: mgao wa kipindi { $number }: { $amount } kwa hisa { $shares }, { $price } kila moja. Salio la mwisho: mfuko wa jamii { $welfare }, mfuko wa mikopo { $loans }, hazina { $total }. Yakumbukeni.
sms-share-out-mine = { $group }: hisa zako { $shares } zimeleta { $amount }, madeni { $debts }. Kwenye salio lako sasa: { $total }.

leave-shares-back = Hisa ({ $shares }), pesa zako mwenyewe
leave-shares-open = Mgao unasubiri kuidhinishwa; una hisa ndani yake.
