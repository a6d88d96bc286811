### E-mail

account-email = Barua pepe
email-menu = { $has ->
        [0] Weka barua pepe ya kupata taarifa za akaunti yako na ya kuirejesha.
       *[other] Barua pepe yako hupata taarifa za akaunti yako.
    }
email-add = Weka barua pepe
email-change = Badilisha barua pepe
email-remove = Ondoa barua pepe
email-enter-code = Weka msimbo
email-address = Andika barua pepe yako. Unaweza kuandika: jina at gmail dot com
email-sent = Tumetuma msimbo kwa { $email }. Ukifika, piga tena: Akaunti, Barua pepe, Weka msimbo. Unaisha baada ya saa 24.
email-code = Andika msimbo wa tarakimu 6 tuliotuma kwa { $email }:
email-verified = Barua pepe hii sasa ni yako. Tutaandika huko kitu kikibadilika kwenye akaunti yako.
email-code-expired = Msimbo huo umeisha muda. Weka barua pepe tena upate mwingine.
email-code-dead = Misimbo mingi isiyo sahihi. Weka barua pepe tena upate mwingine.
email-removed = Barua pepe yako imeondolewa. Hatutaandika huko tena.
email-none = Hakuna barua pepe ya kuondoa.
pin-why-email = Tuma msimbo kwa { $shown }
pin-why-email-remove = Ondoa barua pepe yako
error-bad-email = Hiyo si barua pepe. Andika kama jina@gmail.com au: jina at gmail dot com
email-added-notice = Mtaa DAO: barua pepe { $email } sasa inapata taarifa za akaunti yako. Kama si wewe, badilisha PIN na umwambie kiongozi mara moja.
email-removed-notice = Mtaa DAO: barua pepe { $email } haipati tena taarifa za akaunti yako. Kama si wewe, badilisha PIN yako mara moja.
mail-code-subject = Msimbo wako wa Mtaa DAO
mail-code = { $code } ni msimbo wa kuthibitisha kwamba barua pepe hii ni yako kwenye Mtaa DAO. Unaisha baada ya saa 24. Kama hukuomba, puuza.
mail-notice-subject = Akaunti yako ya Mtaa DAO
