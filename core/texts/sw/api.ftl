### API

error-bad-request = Ombi hili halisomeki: { $where }.
error-bad-login = Nambari ya simu, PIN au nambari ya mara moja si sahihi, au akaunti imefungwa. Angalia ujumbe wetu kwenye simu yako.
error-second-factor-needed = Programu hii ni mpya. { $method ->
        [sms] Tumetuma nambari ya mara moja kwa SMS: ingia tena kwa nambari hiyo.
       *[authenticator] Ingia tena kwa nambari ya app yako ya uthibitisho.
    }
error-pin-needed-here = Hii ni siri. Ingia kwa PIN yako kuiona.
error-not-permitted = Ufunguo huu si wa jambo hilo.
error-too-many-requests = Maombi ni mengi mno. Tafadhali jaribu tena baada ya sekunde { $wait_seconds }.
error-request-differs = Ufunguo huu wa ombi ulitumika kwa ombi lingine.
error-oauth-stale = Muda wa kuingia umeisha, umetumika tayari, au ulianzwa kwingine. Tafadhali anza tena.
error-account-taken = Akaunti hii imeunganishwa na mwanachama mwingine, au umeunganisha nyingine hapo. Iondoe hiyo kwanza.
error-unknown-connection = Huna akaunti iliyounganishwa hapo.
error-unknown-provider = Kuingia kwa njia hii hakupatikani hapa.
error-provider-says-no = Mtoa huduma hakuthibitisha wewe ni nani. Tafadhali anza tena.
error-bad-mini-app = Telegram haikuthibitisha wewe ni nani, au bado hujaunganisha akaunti yako. Fungua programu tena.
sms-oauth-linked = Mtaa DAO: { $provider } ({ $name }) sasa inaweza kuingia kwako. Kama si wewe, chagua Akaunti, Vifaa, Ondoka kila mahali.
problem-not-found = Hakuna kitu hapa.
problem-method = Hili haliwezi kufanyika hapa.
problem-too-large = Hii ni kubwa mno. Kikomo ni KiB 64.
problem-media-type = Tafadhali tuma JSON.
problem-refused = Ombi hili limekataliwa.
problem-failed = Kuna tatizo kwetu. Pesa yako iko salama.
