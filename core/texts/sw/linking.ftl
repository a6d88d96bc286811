### Link

link-contact = Karibu Mtaa DAO. Tuma nambari yako ya simu kwa kitufe kilicho hapa chini. Tutakutumia nambari ya mara moja kwa SMS kuhakikisha ni yako.
link-own-contact = Hiyo si nambari yako mwenyewe. Bonyeza kitufe kilicho hapa chini kutuma yako.
link-code = Tumetuma SMS kwa { $phone }. Andika nambari 6 zilizo kwenye SMS:
link-code-wrong = Nambari hiyo si sahihi. { $tries ->
        [one] Umebaki na jaribio 1.
       *[other] Umebaki na majaribio { $tries }.
    }
link-code-expired = Muda wa nambari hiyo umeisha. Rudi na utume nambari yako ya simu tena.
link-code-dead = Umekosea mara nyingi. Tuma /start kupata nambari mpya.
