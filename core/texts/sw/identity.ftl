### Identity

error-bad-name = { $reason ->
        [empty] Tafadhali andika jina.
        [short] Jina lina angalau herufi 2. Andika jina kamili.
        [long] Jina lina herufi 40 kwa wingi. Lifupishe.
       *[letters] Jina lina herufi, nafasi, nukta, kistari na alama ya ' pekee. Andika tena.
    }
error-weak-pin = { $reason ->
        [repeat] PIN hii inarudia tarakimu zilezile, ni rahisi kukisia. Chagua nyingine.
        [sequence] PIN hii ni tarakimu zinazofuatana, ni rahisi kukisia. Chagua nyingine.
        [keypad] PIN hii ni mstari kwenye vitufe, ni rahisi kukisia. Chagua nyingine.
        [date] PIN hii inafanana na tarehe au mwaka, ni rahisi kukisia. Chagua nyingine.
        [previous] Ulishawahi kutumia PIN hii. Chagua ambayo hujawahi kutumia.
        [phone] PIN hii ni sehemu ya nambari yako ya simu, ni rahisi kukisia. Chagua nyingine.
        [own] PIN hii iko kwenye nambari yako ambayo wengine wanaweza kuijua, ni rahisi kukisia. Chagua nyingine.
        [common] Watu wengi huchagua PIN hii, ni rahisi kukisia. Chagua nyingine.
       *[shape] PIN ina tarakimu 6 kamili. Chagua isiyo PIN yako ya M-PESA.
    }
error-already-registered = Nambari hii ya simu imeshasajiliwa.
error-telegram-taken = Akaunti hii ya Telegram ni ya mwanachama mwingine. Mwombe aiondoe kwanza.
error-too-many-codes = Hakuna nambari nyingine kwa sasa. Jaribu tena baada ya dakika { $wait_minutes }.
error-codes-unavailable = Nambari za SMS haziwezi kutumwa kwa sasa. Tafadhali jaribu tena baadaye.
sms-code = { $purpose ->
        [telegram-link] { $code } ni nambari yako ya Mtaa DAO ya kuunganisha Telegram. Inaisha baada ya dakika 5. Usimpe mtu yeyote, hata afisa wa kikundi.
       *[other] { $code } ni nambari yako ya Mtaa DAO. Inaisha baada ya dakika 5. Usimpe mtu yeyote, hata afisa wa kikundi.
    }
sms-telegram-linked = Mtaa DAO: akaunti ya Telegram { $name } sasa inaweza kutumia akaunti yako. Kama si wewe, mwambie afisa wa kikundi mara moja.
chat-telegram-unlinked = Akaunti hii ya Telegram haijaunganishwa tena na akaunti ya Mtaa DAO.
