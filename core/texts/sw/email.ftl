### E-mail

account-email = Barua pepe
email-menu = { $has ->
        [0] Weka barua pepe ya kupata taarifa za akaunti yako na ya kuirejesha.
       *[other] Barua pepe yako hupata taarifa za akaunti yako.
    }
email-add = Weka barua pepe
email-change = Badili barua pepe
email-remove = Ondoa barua pepe
email-enter-code = Weka nambari
email-address = Andika barua pepe yako. Unaweza kuandika: jina at gmail dot com
email-sent = Tumetuma nambari kwa { $email }. Ikifika, piga { $dialled }, chagua Weka nambari. Inaisha baada ya saa 24.
email-code = Andika nambari ya tarakimu 6 tuliyotuma kwa { $email }:
email-verified = Barua pepe hii sasa ni yako. Tutaandika huko kitu kikibadilika kwenye akaunti yako.
email-code-expired = Muda wa nambari hiyo umeisha. Weka barua pepe tena upate nyingine.
email-code-dead = Nambari zisizo sahihi zimezidi. Weka barua pepe tena upate nyingine.
email-removed = Barua pepe yako imeondolewa. Hatutaandika huko tena.
email-none = Hakuna barua pepe ya kuondoa.
pin-why-email = Tuma nambari kwa { $shown }
pin-why-email-remove = Ondoa barua pepe yako
error-bad-email = Hiyo si barua pepe. Andika kama jina@gmail.com
email-added-notice = Mtaa DAO: barua pepe { $email } sasa inapata taarifa za akaunti yako. Kama si wewe, badili PIN na umwambie afisa mara moja.
email-removed-notice = Mtaa DAO: barua pepe { $email } haipati tena taarifa za akaunti yako. Kama si wewe, badili PIN yako mara moja.
mail-code-subject = Nambari yako ya Mtaa DAO
mail-code = { $code } ni nambari ya kuthibitisha kwamba barua pepe hii ni yako kwenye Mtaa DAO. Inaisha baada ya saa 24. Kama hukuomba, puuza.
mail-notice-subject = Akaunti yako ya Mtaa DAO
