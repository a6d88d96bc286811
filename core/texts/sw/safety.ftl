### Safety: what waits while an account or its SIM is in doubt

error-signs-later = { $reason ->
        [recovered] Akaunti yako ilirudishwa hivi karibuni. Utaweza kuidhinisha kwa niaba ya wengine tena kuanzia { $at }.
        [sim_swapped] Laini ya nambari yako ilibadilishwa hivi karibuni. Utaweza kuidhinisha kwa niaba ya wengine tena kuanzia { $at }.
       *[closed] Akaunti hii imefungwa kwa usalama. Haiwezi kuidhinisha chochote.
    }

link-held = { $reason ->
        [sim_swapped] Laini ya nambari hii ilibadilishwa hivi karibuni. Kwa usalama wa akaunti, unganisha Telegram kuanzia { $at }. Kwa sasa piga { $dial }.
        [number_idle] Nambari hii haikutumika nasi kwa siku 90. Kwanza piga { $dialled } na uweke PIN yako. Kisha ishiriki tena.
       *[sim_unknown] Tunaangalia laini yako na mtandao wako. Tuma nambari yako tena baada ya dakika chache, au ondoa kwanza Telegram ya zamani kwa simu.
    }
sms-link-refused = Mtaa DAO: mtu alitaka kuunganisha Telegram. Laini yako ilibadilishwa hivi karibuni, kwa hivyo tulikataa. Si wewe? Kiambie kikundi mara moja.
wake-code-sent = Hujatumia nambari hii nasi kwa siku 90. Tunakutumia nambari ya mara moja kwa SMS: ukiipata, piga { $dial } ndani ya dakika 5 na uchague vile vile.
wake-another-sim = Laini ya nambari yako ilibadilishwa tangu ulipotumia hapa mwisho. Ili uingie, wasaidizi wako wathibitishe ni wewe: Akaunti, Nimesahau PIN.
sms-woken = Mtaa DAO: akaunti yako imetumika tena kwa simu au chat iliyokuwa kimya siku { $days }. Si wewe? Badili PIN yako mara moja.
sms-link-idle = Mtaa DAO: mtu alitaka kuunganisha Telegram. Nambari yako haikutumika nasi kwa siku 90, kwa hivyo tulikataa. Si wewe? Kiambie kikundi.
sms-link-undone = Mtaa DAO: laini ya nambari yako ilibadilishwa hivi karibuni, kwa hivyo Telegram iliondolewa tena. Si wewe? Kiambie kikundi mara moja.
sms-few-backup-codes = Mtaa DAO: nambari yako ya dharura imetumika. { $count ->
        [0] Hakuna iliyobaki.
        [one] Imebaki moja.
       *[other] Zimebaki { $count }.
    } Pata mpya: Akaunti, Usalama. Si wewe? Pata mpya mara moja.
too-many-dials = Umepiga mara nyingi sana. Tafadhali piga tena baada ya { $minutes ->
        [one] dakika moja.
       *[other] dakika { $minutes }.
    }
