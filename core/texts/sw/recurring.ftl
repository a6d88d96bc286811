### Automatic contributions

recurring-notice-wallet = { $group }: mchango wako wa kujirudia { $due_sum } utalipwa kutoka salio lako { $at }. Unaweza kuusitisha.
recurring-notice-mpesa = { $group }: mchango wako wa kujirudia { $due_sum } ni { $at }. Utapata ombi la M-PESA, pamoja na ada.
recurring-paid = { $reference } Imethibitishwa. Mchango wa kujirudia { $amount } kwa { $group }. Salio: { $balance }.
recurring-failed = { $group }: mchango wa kujirudia { $due_sum } haukulipwa: { $reason ->
        [short] salio halitoshi
       *[mpesa] malipo ya M-PESA hayakuja
    }. Tutajaribu tena { $at }.
recurring-stopped = { $group }: mchango wako wa kujirudia { $due_sum } umesimama: umeshindikana mara tatu. Unaweza kuuendeleza tena.
recurring-suspended = { $group }: mchango wako wa kujirudia { $due_sum } umesimama kwa kuwa umesimamishwa. Ukirudi, unaweza kuuendeleza tena.
recurring-completed = { $group }: mchango wako wa kujirudia { $due_sum } umefika mwisho. Malipo yote yamefanyika.

recurring-door = Mchango wa kujirudia
recurring-menu = { $count ->
        [0] { $group }: huna mchango wa kujirudia.
       *[other] { $group }: michango yako ya kujirudia
    }
recurring-line = { $due_sum } { $cadence }{ $state ->
        [paused] , umesitishwa
       *[active] {""}
    }
cadence-daily = kila siku
cadence-weekly = kila wiki
cadence-biweekly = kila wiki mbili
cadence-monthly = kila mwezi
cadence-quarterly = kila miezi mitatu
cadence-yearly = kila mwaka
recurring-new = Anzisha
recurring-amount = Kiasi gani kila mara? { $low } hadi { $high }:
recurring-cadence = Mara ngapi?
recurring-first = Malipo ya kwanza lini?
recurring-first-due = { $at }, siku ya kulipa
recurring-first-tomorrow = Kesho
recurring-first-other = Siku nyingine
recurring-first-day = Siku gani? Kama 5/12:
recurring-bad-day = Hiyo si siku ijayo. Andika kama 5/12.
recurring-method = Kutoka wapi?
method-wallet = Kutoka salio langu
method-mpesa = M-PESA iniulize kila mara
method-mpesa-asks = M-PESA itaomba { $total } kila mara, pamoja na ada
recurring-count = Mara ngapi? Andika nambari, siku ya mwisho kama 5/12, au H bila mwisho:
recurring-bad-end = Andika nambari hadi 500, siku kama 5/12 isiyo kabla ya { $first_day }, au H.
recurring-confirm = Lipa { $amount } { $cadence } kwa { $group }
    Ya kwanza: { $first_day }, { $ends ->
        [never] bila mwisho
        [day] hadi { $last_day }
       *[times] mara { $many }
    }
    { $method }
recurring-stays = Unaendelea kama awali.
recurring-cancelled = Umeghairi. Hakuna kilichoanzishwa.
pin-why-recurring = Mchango wa kujirudia { $amount } kwa { $group_name }
recurring-begun = Umewasha { $amount } { $cadence } kwa { $group }. Ya kwanza: { $first_day }, 09:00.{ $reminded ->
        [no] {""}
       *[yes] {" "}Tutakukumbusha siku tatu kabla.
    }
recurring-one = { $due_sum } { $cadence } kwa { $group }
    { $state ->
        [paused] Umesitishwa
       *[active] Ijayo: { $at }
    }. Umelipa mara { $done }
recurring-pause = Sitisha
recurring-resume = Endelea
recurring-end = Maliza
pause-reason = Kwa nini unasitisha?
pause-reason-money = Sina pesa sasa
pause-reason-travel = Niko safarini
pause-reason-other = Sababu nyingine
pin-why-recurring-change = Mchango wako wa kujirudia
recurring-paused = Umesitisha. Hakuna kitakacholipwa hadi uendelee.
recurring-over = Umefika mwisho: siku yake ya mwisho imepita.
recurring-resumed = Unaendelea. Ijayo: { $at }.
recurring-end-ask = Maliza kabisa?
recurring-ended = Umemaliza. Hakuna kitakacholipwa tena chenyewe.

error-bad-recurring = Hii haiwezi kujirudia. Chagua { $low } hadi { $high } na siku ijayo.
error-too-many-recurring = Tayari una michango { $most } ya kujirudia. Maliza mmoja kwanza.
error-unknown-recurring = Mchango huu wa kujirudia umeisha.
