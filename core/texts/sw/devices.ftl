### Devices

account-devices = Vifaa
devices-menu = Vinavyotumia akaunti yako: simu, Telegram, programu
devices-list = Ona vifaa vyangu
devices-remove = Ondoa kifaa
devices-sign-out = Ondoka kila mahali
devices-title = Vifaa vyako:
device-line = { $number }. { $kind ->
        [mobile] Simu
        [telegram] Telegram
       *[program] Programu
    } { $name }, { $at }
device-line-new = { $number }. { $kind ->
        [mobile] Simu
        [telegram] Telegram
       *[program] Programu
    } { $name }
devices-which = Nambari ya kifaa cha kuondoa, kama orodha ya vifaa vyako inavyoonyesha:
device-removed = Kifaa { $number } kimeondolewa: { $name }. Hakiwezi tena kutumia akaunti yako.
devices-signed-out = Umeondoka kila mahali: programu { $sessions }, funguo { $keys }. PIN yako itaulizwa tena kila mahali.
pin-why-devices = Kuona vifaa vyako
pin-why-remove-device = Ondoa kifaa { $number }
pin-why-sign-out = Ondoka kila mahali
sms-devices = Vifaa vyako: { $devices }
sms-new-program = Mtaa DAO: programu { $name } imeingia kwenye akaunti yako. Kama si wewe, chagua Akaunti, Vifaa, Ondoka kila mahali.
sms-token-reused = Mtaa DAO: programu imeondolewa kwenye akaunti yako, huenda mtu alinakili ufikiaji wake. Si wewe? Chagua Akaunti, Vifaa, Ondoka kila mahali.
sms-new-api-key = Mtaa DAO: ufunguo { $name } sasa unaweza kusoma akaunti yako. Kama si wewe, chagua Akaunti, Vifaa, Ondoka kila mahali.
error-unknown-device = Huna kifaa chenye nambari hii.
error-phone-stays = Hii ni nambari yako ya simu. Haiwezi kuondolewa hapa.
error-not-signed-in = Hujaingia, au muda wako wa kuingia umeisha. Tafadhali ingia tena.
error-prove-again = Jambo hili ni nyeti. Tafadhali thibitisha tena kuwa ni wewe: PIN yako inahitajika ndani ya dakika 5 kabla yake.
error-bad-api-key = { $field ->
        [name] Ufunguo unahitaji jina la herufi 1 hadi 40.
        [permissions] Ufunguo unahitaji ruhusa ambazo tunazo.
        [rate_limit] Ufunguo unaweza kutuma maombi 1 hadi 10000 kwa saa.
        [ip_whitelist] Anwani au mtandao kwenye orodha hausomeki.
       *[expires_at] Ufunguo huisha ndani ya siku 365 kutoka sasa.
    }
error-too-many-keys = Tayari una funguo { $most }. Ondoa mmoja kwanza.
error-unknown-key = Huna ufunguo huo.
