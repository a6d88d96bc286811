### Contributions that are due, fines, reminders

charge-contribution = { $dues } { $day }
charge-fine = Faini, { $dues } { $day }
why-fine-late = { $group }: faini { $fine_amount }. { $dues } { $day }: { $missing } haikufika { $late } ({ $rules ->
        [0] kanuni
       *[other] kanuni { $rules }
    }: { $rule }).
why-fine-given = { $group }: faini { $fine_amount }. Sababu: { $because }.
why-contribution = { $group }: { $dues } { $day }. Umelipa { $part }, bado { $missing }. { $rules ->
        [0] Kanuni
       *[other] Kanuni { $rules }
    }.
fine-rule-fixed = { $every ->
        [day] { $fine_amount } kwa siku
        [week] { $fine_amount } kwa wiki
       *[once] { $fine_amount } mara moja
    }
fine-rule-percent = { $every ->
        [day] { $percent }% kwa siku
        [week] { $percent }% kwa wiki
       *[once] { $percent }% mara moja
    }
charge-waived = { $group }: umesamehewa { $owed }, { $missing }. Sababu: { $because }.
contribution-for-you = { $payer } amekulipia { $missing } kwa { $group }. Bado unadaiwa { $owes }.
reminder-before = { $group }: { $dues } { $missing } italipwa { $day }. Piga simu yetu uchague Changa. Ukishalipa, puuza ujumbe huu.
reminder-tomorrow = { $group }: { $dues } { $missing } italipwa kesho, { $day }. Piga simu yetu uchague Changa.
reminder-today = { $group }: { $dues } { $missing } italipwa leo kabla ya 23:59. Piga simu yetu uchague Changa.
reminder-late = { $group }: { $dues } ya { $day } imechelewa, bado { $missing }. Piga simu yetu uchague Changa.

error-too-many-kinds = Kikundi tayari kina aina { $most } za michango. Maliza moja kwanza.
error-bad-contribution-amount = Mchango ni kati ya { $low } na { $high }.
error-kind-not-in-the-past = Michango iliyofunguliwa inabaki ilivyo. Chagua { $day } au baadaye.
error-unknown-contribution-kind = Kikundi hakiombi tena mchango huu.
error-unknown-charge = Kikundi hakijui deni hili. Huenda limelipwa.
error-not-your-own-charge = Afisa mwingine lazima aamue kuhusu deni lako.
error-nothing-to-waive = Hili limesamehewa tayari.
error-bad-reason = Eleza sababu kwa herufi { $low } hadi { $high }.
error-no-outage = Hakuna hitilafu iliyorekodiwa, au mwisho ungekuwa kabla ya mwanzo.
error-outage-open = Kuna hitilafu iliyorekodiwa tangu { $at }, au hii ingeanza baadaye.
